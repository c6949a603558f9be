//! 案卷页的共用部件: what the pages of compilations and batches share. Money in the unit a person chose, commands asked
//! about before they are given, and the record of what was done.

mod attachments;
mod commands;
mod dialog;
mod fields;
mod history;
mod reading;
mod unit;

pub use attachments::AttachmentBox;
pub use commands::{CaseCommands, CommandBar, hash_note};
pub use history::History;
pub use reading::{current_year, read_page};
pub use unit::{Unit, UnitSwitch, shown, signed_percent, unit};
