//! 界面部件: components that several pages share. They know no page and no server.

mod dialog;
mod failure;
mod field;
mod focus;
mod notice;
mod sign_in_code;
mod toast;

pub use dialog::{Dialog, open_modal, opened_modals};
pub use failure::go_to_first_wrong;
pub use field::Field;
pub use focus::{focus_soon, stay_near};
pub use notice::Notice;
pub use sign_in_code::SignInCode;
pub use toast::{Toast, ToastLine, show_toast};
