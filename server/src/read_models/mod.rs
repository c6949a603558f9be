//! Views over many cases.

pub mod desk;
