//! 单独申请 (Art. 5).

mod effects;
mod flow;
pub mod form;
mod state;
mod table;

pub use flow::{Command, Facts};
pub use state::{Claim, Decision, Event, Opinion, SeparateApplication, Signed};

#[cfg(test)]
mod tests;
