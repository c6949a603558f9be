//! 界面部件: the few parts that several pages share. The browser's own dialog traps the focus and gives it back.

mod boxed;
mod dialog;
mod field;
mod notice;
mod said;
mod wrong;

pub use boxed::{each, flag, on_press, part, when, wording};
pub use dialog::Dialog;
pub use field::Field;
pub use notice::Notice;
pub use said::{Said, SaidLine, say};
pub use wrong::go_to_first_wrong;
