//! Notifications.

pub mod notices;
pub mod outbox;
