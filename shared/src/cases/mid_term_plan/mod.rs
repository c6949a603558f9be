//! 中期财政规划 (Art. 3).

mod effects;
mod flow;

pub use flow::{
    Command, Event, Facts, LONGEST_REASON, LaterYears, MidTermPlan, Outlook, OutlookLine, REASON_AT_LEAST,
};

#[cfg(test)]
mod tests;
