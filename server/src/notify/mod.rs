//! Notifications.

pub mod notices;
