//! 预拨申请 (Art. 6): money of approved lines goes to the bureau ahead of payment, or back to the treasury whole.

mod flow;
mod listing;
mod paper;
mod rules;

pub use flow::{Advance, Command, Event, Grant, Stage};
