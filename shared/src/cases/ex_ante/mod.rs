//! 事前绩效评估 (Art. 10): of a new system or of grown expenses, before a request is reported; and the gate that asks for it.

mod flow;
pub mod form;
mod gate;
mod listing;
mod paper;
mod submission;

pub use flow::{Command, Event, ExAnte, ObjectKind, Stage};
pub use gate::{
    EvaluatedObject, Submission, SubmittedSystem, objects_of, require_evaluation, require_evaluations,
};
pub use submission::{SystemAmounts, submission_of, system_codes};
