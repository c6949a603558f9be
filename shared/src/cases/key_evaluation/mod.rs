//! 重点评价 (Art. 13): by the bureau or by finance, with a plan, work papers, evidence, a sample, the department's comments and a
//! report.

mod comment;
mod draw;
mod flow;
pub mod form;
mod listing;
mod paper;
mod rules;
mod table;
mod tree;

pub use flow::{Command, Event, KeyEvaluation, Stage};
pub use rules::judge;
