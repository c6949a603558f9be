//! 办理流程: the workflow is a function of values. The language says what can be done, the authority table who
//! may do it when, and `decide` what then happens.

pub mod authority;
pub mod decide;
pub mod language;
