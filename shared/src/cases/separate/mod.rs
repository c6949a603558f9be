//! 单独申请 (Art. 5).

mod command;
mod effects;
mod flow;
mod state;

pub use command::{Command, Facts};
pub use flow::complete;
pub use state::{Claim, Decision, Event, LONGEST, Opinion, SeparateApplication, Signed};

#[cfg(test)]
mod tests;
