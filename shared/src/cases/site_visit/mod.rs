//! 现场评价 (Art. 13): assigned to evaluators, filled on a tablet that may be offline, handed in as manifests; the server decides
//! which of them is the record.

mod assignment;
mod flow;
pub mod form;
mod listing;
mod manifest;
mod paper;
mod rules;
mod table;

pub use flow::{Command, Event, SiteVisit, Stage};
pub use manifest::{Manifest, ManifestSignature, ManifestState, SIGNED_BY_UNIT};
pub use rules::{judge, person_fact};
