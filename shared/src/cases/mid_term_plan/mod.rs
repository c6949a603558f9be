//! 中期财政规划 (Art. 3).

mod effects;
mod flow;
mod play;

pub use flow::{Command, Event, Facts, LONGEST_REASON, LaterYears, MidTermPlan, Outlook, OutlookLine};

#[cfg(test)]
mod tests;
