//! 表单: the form engine's face in the browser.

pub mod explained;
pub mod fields;
pub mod follow;
pub mod overlay;
pub mod store;
pub mod undo;
pub mod words;
