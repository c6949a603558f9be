//! 页面, one file or folder each.

pub mod request;
pub mod sign_in;
