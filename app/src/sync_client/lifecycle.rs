//! 生命周期: clients send at once when the network is back or the window comes to the front, and store at once when the
//! page is hidden or left. The browser asks before leaving only where the device does not store.

use super::client;
use leptos::prelude::*;

/// Installs the listeners; called once, at the start.
pub fn wake() {
    let again = || client::all().iter().for_each(|client| client.kick());
    let keep = || {
        client::all().iter().for_each(|client| client.end_typing());
        client::may_end(true);
    };
    window_event_listener(leptos::ev::online, move |_| again());
    window_event_listener(leptos::ev::focus, move |_| again());
    window_event_listener(leptos::ev::pagehide, move |_| keep());
    // From the browser's own store of pages.
    window_event_listener(leptos::ev::pageshow, move |_| client::may_end(false));
    window_event_listener(leptos::ev::beforeunload, move |event| {
        keep();
        if client::all().iter().any(|client| client.would_lose()) {
            event.prevent_default();
        }
        // The person may stay.
        client::may_end(false);
    });
    window_event_listener(leptos::ev::visibilitychange, move |_| {
        if document().hidden() {
            keep();
        } else {
            client::may_end(false);
            again();
        }
    });
}
