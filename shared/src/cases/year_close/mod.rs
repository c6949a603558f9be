//! 年度关账 (Art. 7): what is left of a year lapses or, where it was never contracted, is carried into the next.

mod flow;
mod listing;
mod paper;
mod rules;

pub use flow::{Carry, Command, Event, Stage, YearClose};
