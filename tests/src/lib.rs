//! The world a story plays in: a real server on a database of its own, and people who speak to it over HTTP.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a story fails by panicking")]

mod copy;
mod desk;
pub mod files;
pub mod office;
mod outward;
pub mod release;
mod seed;
mod worked_year;
mod world;

pub use copy::DatabaseCopy;
pub use desk::{Answer, Desk, Draft, fresh_id};
pub use outward::webhook;
pub use worked_year::{LISTENS, setting_of, worked_file};
pub use world::{Database, World, on_each_database};
