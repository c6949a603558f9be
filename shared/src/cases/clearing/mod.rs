//! 清算 (Art. 7): what the bureau has had of a department's year is brought level with what was settled.

mod flow;
mod listing;
mod paper;
mod table;

pub use flow::{Clearing, Command, Event, Stage};
pub use table::{ClearedLine, supply_and_return, table, unsettled};
