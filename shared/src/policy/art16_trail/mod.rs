//! 审计留痕 (Art. 16): one shape for every log, heads kept outside, and what a check of all of them finds.

pub mod alerts;
mod entry;
mod findings;
mod statements;
mod verify;

pub use entry::{ChainHead, ChainedRecord, TrailEntry, TrailKey, chain_link_1, sealed};
pub use findings::{TrailExit, TrailFinding, TrailReport};
pub use statements::{KEY_ACT, NamedEntry, RowDigests};
pub use verify::{AUDIT_LOG, FrozenThing, StoredTrail, TrailWalk, verify};
