//! Documents: drafts, operations, frozen versions and their sums.

pub mod draft;
pub mod editions;
pub mod forms;
pub mod op_limits;
pub mod operations;
pub mod sums;
pub mod versions;
