//! Start and stop, health, demonstration.

pub mod adopt;
pub mod alerts;
pub mod backfill;
pub mod commands;
pub mod demo;
pub mod evidence;
pub mod heads;
pub mod health;
pub mod ledger_verify;
pub mod nightly;
pub mod offline;
pub mod outward;
pub mod purpose;
pub mod rates;
pub mod replay;
pub mod sso;
pub mod start;
pub mod trail_mail;
pub mod verify;
