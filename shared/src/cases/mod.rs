//! 办理流程: the workflow is a function of values. The language says what can be done, the authority table who
//! may do it when, and each kind of case decides what then happens.

pub mod approval;
pub mod authority;
pub mod consolidation;
pub mod language;
pub mod mid_term_plan;
pub mod notices;
pub mod request;
pub mod review;
pub mod separate;
mod stage;
mod verb;
