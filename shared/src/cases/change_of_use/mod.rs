//! 变更用途、追减 (Art. 16): approved money of a department moves to another of its lines, or back.

mod flow;
mod listing;
mod paper;
mod rules;

pub use flow::{ChangeOfUse, Command, Event, Move, Nature, Stage};
