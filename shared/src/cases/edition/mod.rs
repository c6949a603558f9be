//! 政策版本 (Art. 18): one change of the register of editions, drafted by one person and confirmed by another.

mod case;
mod command;
pub mod draft;
mod effects;
mod flow;
pub mod form;
mod listing;
mod play;
mod table;

pub use case::{EditionCase, Event, Trial};
pub use command::{Command, Facts};
pub use flow::{EditionChange, EditionEvent, EditionFacts, EditionStage, RegisterChange};

#[cfg(test)]
mod tests;
