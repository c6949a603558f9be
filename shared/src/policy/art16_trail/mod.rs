//! 审计留痕 (Art. 16): one shape for every log, heads kept outside, and what a check of all of them finds.

mod entry;
mod findings;
mod verify;

pub use entry::{ChainHead, ChainedRecord, TrailEntry, TrailKey, chain_link_1, sealed};
pub use findings::{TrailExit, TrailFinding, TrailReport};
pub use verify::{FrozenThing, StoredTrail, verify};
