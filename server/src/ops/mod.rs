//! Start and stop, health, demonstration.

pub mod backfill;
pub mod demo;
pub mod health;
pub mod ledger_verify;
pub mod offline;
pub mod start;
pub mod verify;
