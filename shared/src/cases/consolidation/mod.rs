//! 整体预算汇总 (Art. 4).

pub mod budget;
mod effects;
mod flow;
mod listing;
mod play;

pub use flow::{Command, Consolidation, Event, Facts};

#[cfg(test)]
mod tests;
