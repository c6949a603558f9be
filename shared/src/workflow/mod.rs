//! 办理流程: the workflow is a function of values. The language says what can be done, the authority table who
//! may do it when, and each kind of case decides what then happens.

pub mod authority;
pub mod batch;
pub mod compilation;
pub mod decide;
pub mod language;
pub mod notices;
pub mod rolling;
pub mod separate;
mod stage;
mod verb;
pub mod whole;
pub(crate) mod words;
