//! Start and stop, health, demonstration.

pub mod demo;
pub mod health;
pub mod start;
