//! 批复 (Art. 4, 11).

mod effects;
mod flow;
mod notice;

pub use flow::{ApprovalBatch, Candidate, Command, Event, Facts, require_each_once};
pub use notice::{Economic, Notice, NoticeLine, economics};

#[cfg(test)]
mod tests;
