//! 生命周期: stores at once when the window is hidden or left, sends when the network is back, and locks what nobody uses.

use super::state::{Screen, Site};
use gloo_timers::callback::Timeout;
use leptos::ev;
use leptos::prelude::*;

/// Without input for so long, in milliseconds: locked.
const IDLE_MS: u32 = 600_000;
/// Hidden for so long, in milliseconds: locked.
const HIDDEN_MS: u32 = 300_000;

/// Installs the listeners; called once, at the start.
pub fn watch(site: Site) {
    let save = move || {
        site.visits.with_untracked(|visits| visits.iter().for_each(|visit| visit.save_now()));
    };
    // A window is hidden before the browser freezes it.
    window_event_listener(ev::pagehide, move |_| save());
    window_event_listener(ev::online, move |_| site.follow_session());
    window_event_listener(ev::beforeunload, move |event| {
        save();
        if !site.is_saved() {
            event.prevent_default();
        }
    });
    let idle = StoredValue::new_local(None::<Timeout>);
    let hidden = StoredValue::new_local(None::<Timeout>);
    let lock_if_open = move || {
        if !matches!(site.screen.get_untracked(), Screen::Unlock(_)) {
            site.lock();
        }
    };
    // Replacing a timer cancels the one before.
    let used = move || idle.set_value(Some(Timeout::new(IDLE_MS, lock_if_open)));
    used();
    window_event_listener(ev::keydown, move |_| used());
    window_event_listener(ev::pointerdown, move |_| used());
    window_event_listener(ev::visibilitychange, move |_| {
        if document().hidden() {
            save();
            hidden.set_value(Some(Timeout::new(HIDDEN_MS, lock_if_open)));
        } else {
            hidden.set_value(None);
            site.follow_session();
        }
    });
}
