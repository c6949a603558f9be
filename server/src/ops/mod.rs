//! Start and demonstration.

pub mod demo;
pub mod start;
