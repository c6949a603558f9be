//! 单独申请 (Art. 5).

mod command;
mod effects;
mod flow;
pub mod form;
mod letter;
mod listing;
mod play;
mod state;
mod table;

pub use command::{Command, Facts};
pub use state::{Claim, Decision, Event, Opinion, SeparateApplication, Signed};

#[cfg(test)]
mod tests;
