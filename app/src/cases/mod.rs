//! 案卷页的共用部件: what the pages of compilations and batches share. Money in the unit a person chose, commands asked
//! about before they are given, and the record of what was done.

mod attachments;
mod commands;
mod conflicts;
mod dialog;
mod drafts;
mod fields;
mod history;
mod papers;
mod reading;
mod saved;
mod unit;

pub use attachments::AttachmentBox;
pub use commands::{CaseCommands, CommandBar, hash_note};
pub use conflicts::conflicts;
pub use drafts::{StoredDraft, keep_words};
pub use history::History;
pub use papers::Papers;
pub use reading::{CaseLoader, current_year, read_latest, read_page};
pub use saved::Saved;
pub use unit::{Unit, UnitSwitch, shown, signed_percent, unit};
