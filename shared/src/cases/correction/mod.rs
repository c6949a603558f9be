//! 整改 (Art. 12, 17): opened by a red lamp, planned and done by the department, verified by the bureau; what is not done in
//! time is put to finance.

mod flow;
pub mod form;

pub use flow::{Command, Correction, Event, Stage};
