//! 唤醒: what makes the couriers look again at once: the network is back, the page is looked at again. And what makes
//! them keep at once: the page is being hidden or left. Only where the device does not keep is leaving asked about.

use super::client;
use leptos::prelude::*;

/// Installs the wake-up calls; once, at the start.
pub fn wake() {
    let again = || client::all().iter().for_each(|courier| courier.kick());
    let keep = || client::all().iter().for_each(|courier| courier.end_typing());
    window_event_listener(leptos::ev::online, move |_| again());
    window_event_listener(leptos::ev::focus, move |_| again());
    window_event_listener(leptos::ev::pagehide, move |_| keep());
    window_event_listener(leptos::ev::beforeunload, move |event| {
        if client::all().iter().any(|courier| courier.would_lose()) {
            event.prevent_default();
        }
    });
    window_event_listener(
        leptos::ev::visibilitychange,
        move |_| {
            if document().hidden() { keep() } else { again() }
        },
    );
}
