//! 批复资金 (Art. 4): the lines a department's year is approved for. Stands for the issued batch; 追加 is one of its own that
//! names what it supplements.

mod flow;
pub mod issued;
mod listing;

pub use flow::{Allocation, Command, Event, Form, Stage, require_edition};
