//! Start and demonstration.

pub mod demo;
pub mod offline;
pub mod start;
