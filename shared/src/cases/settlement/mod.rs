//! 结算评审 (Art. 7, 8): what a contract comes to after verification, assessment and penalties. One per contract.

mod flow;
mod listing;
mod paper;
mod rules;
mod table;

pub use flow::{Claim, Command, Event, Settlement, Stage, VerifiedRow};
pub use table::{Scores, SettledLine, missing_materials, scores, total};
