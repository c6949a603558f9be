//! 界面部件: the few parts that several pages share. The browser's own dialog traps the focus and gives it back.

mod dialog;
mod failure;
mod field;
mod notice;
mod toast;

pub use dialog::Dialog;
pub use failure::go_to_first_wrong;
pub use field::Field;
pub use notice::Notice;
pub use toast::{SaidLine, Toast, show_toast};
