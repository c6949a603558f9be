//! 绩效自评 (Art. 13): scored by the department, reviewed by the bureau, reported to finance.

mod flow;
pub mod form;

pub use flow::{Command, Event, SelfEvaluation, Stage};
