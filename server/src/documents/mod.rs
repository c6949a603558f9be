//! Documents: drafts, operations, frozen versions and their sums, attachments.

pub mod attachments;
pub mod draft;
pub mod forms;
pub mod op_limits;
pub mod operations;
pub mod sums;
pub mod versions;
