//! 用户评价 (Art. 8): grades the people of a department give the service of a contract.

mod flow;
mod listing;
mod survey;

pub use flow::{Command, Event, Stage, UserEvaluation};
