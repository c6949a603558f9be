//! 验收 (Art. 7): what was delivered of a contract; Σ confirmed quantity of a row is what a settlement may verify.

mod flow;
mod listing;
mod paper;

pub use flow::{Acceptance, Command, Event, Stage, accepted};
