//! 审计: the trail of what was done, and its verification.

pub mod trail;
pub mod verify;
