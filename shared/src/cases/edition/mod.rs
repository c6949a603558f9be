//! 政策版本 (Art. 18): one change of the register of editions, drafted by one person and confirmed by another.

mod flow;

pub use flow::{EditionChange, EditionEvent, EditionFacts, EditionStage, RegisterChange};
