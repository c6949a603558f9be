//! 绩效监控 (Art. 12): one case by the department and one by the bureau per approved request and period; both bind.

mod flow;
pub mod form;
mod listing;
mod paper;

pub use flow::{Command, Event, Monitoring, Side, Stage};
