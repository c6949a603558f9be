//! 审计: how the trail of what was done is read.

pub mod trail;
