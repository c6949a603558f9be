//! Views over many cases.

pub mod desk;
pub mod live;
pub mod notices;
pub mod setup;
