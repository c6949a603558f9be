//! 结果应用 (Art. 14): what the result of an evaluated year means for a later budget; finance decides, never the formula.

mod flow;
pub mod form;
mod gate;
mod listing;
mod paper;

pub use flow::{Application, Command, Event, Stage, copied_in};
pub use gate::require_decided;
