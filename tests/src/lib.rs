//! The world a story plays in: a real server on a database of its own, and people who speak to it over HTTP.

mod desk;
mod world;

pub use desk::{Answer, Desk, Draft, fresh_id};
pub use world::{Database, World, on_each_database};
