//! Where notices go in a story: an office system at an address.

use std::time::Duration;

/// Sends to this address, looking for what has to leave ten times a second.
pub fn webhook(address: &str) -> server::OutwardSettings {
    server::OutwardSettings {
        webhook: Some(server::WebhookSettings {
            address: address.into(),
            template: server::WebhookTemplate::read("plain").unwrap(),
            secret: Some("shared".into()),
        }),
        interval: Duration::from_millis(100),
        ..server::OutwardSettings::default()
    }
}
