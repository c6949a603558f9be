//! Views over many cases.

pub mod deadlines;
pub mod desk;
pub mod live;
pub mod notices;
pub mod reminders;
pub mod setup;
