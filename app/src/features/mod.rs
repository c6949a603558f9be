//! 页面, one file or folder each.

pub mod accounts;
pub mod bell;
pub mod consolidation;
pub mod desk;
pub mod finance;
pub mod invitation;
pub mod not_found;
pub mod renewal;
pub mod request;
pub mod separate;
pub mod shell;
pub mod sign_in;
