//! 采购包 (Art. 6): money of lines reserved for one contract, from the recorded plan through notice and award to archiving.

mod clock;
mod flow;
mod listing;
mod paper;
mod rules;

pub use clock::{Clock, clock};
pub use flow::{Award, Command, Event, Ground, Method, PackageRow, Plan, Procurement, Stage, row_id};
