//! 处理处分 (Art. 17): suspends payment, takes money back, cuts a later budget. Personnel measures are referrals, a text
//! among the facts.

mod flow;
mod listing;
mod paper;
mod rules;

pub use flow::{Command, Event, Measure, Sanction, Stage, TargetKind};
