//! Notifications, change bus and live streams.

pub mod change_bus;
pub mod live;
pub mod notices;
