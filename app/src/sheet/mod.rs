//! 表单: the form engine's face in the browser.

pub mod store;
