//! 整改 (Art. 12, 17): opened by a red lamp, planned and done by the department, verified by the bureau; what is not done in
//! time is put to finance.

mod flow;
mod follow_up;
pub mod form;
mod listing;
mod paper;

pub use flow::{Command, Correction, Event, Stage};
pub use follow_up::FollowUp;
