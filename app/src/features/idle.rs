//! 屏幕锁定: without input for as long as a session may idle, the page is covered and the session ends on the server. Nothing
//! of the page is taken away: typed text, selection, scroll and open dialogs are under the cover as they were.

use crate::kernel::api;
use crate::kernel::local_storage::{self, Key};
use crate::kernel::session::SignedIn;
use crate::sync_client;
use crate::ui::{Toast, show_toast};
use gloo_timers::callback::Interval;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::session::SignOut;
use std::cell::Cell;

/// How often the time without input is looked at, and how often input is noted for the other tabs, in milliseconds.
const LOOK_MS: u32 = 1_000;
const NOTE_MS: u64 = 5_000;
/// The warning comes this long before the cover.
const WARN_MS: u64 = 60_000;

thread_local! {
    /// When this tab had its last input, and when it last noted one for the others, in milliseconds since 1970. Whole ones:
    /// reading a float from text would bring 12 KB of tables.
    static LAST_INPUT: Cell<u64> = const { Cell::new(0) };
    static NOTED: Cell<u64> = const { Cell::new(0) };
    static WARNED: Cell<bool> = const { Cell::new(false) };
}

/// Watches for input in all tabs of this browser, which share one session.
pub fn watch(signed: SignedIn, toast: Toast) {
    note();
    window_event_listener(ev::keydown, move |_| note_unless(signed));
    window_event_listener(ev::pointerdown, move |_| note_unless(signed));
    window_event_listener(ev::pointermove, move |_| note_unless(signed));
    window_event_listener(ev::wheel, move |_| note_unless(signed));
    // Somebody signed in or unlocked here or in another tab.
    Effect::new(move |_| {
        if signed.me.with(Option::is_some) && !signed.locked.get() {
            note();
        }
    });
    local_storage::follow_other_tabs(&Key::LastInput, move |_| {
        if signed.locked.get_untracked() {
            // The tab that was unlocked has begun a session for all.
            spawn_local(async move { drop(signed.look().await) });
        }
    });
    // Lives as long as the page.
    Interval::new(LOOK_MS, move || look(signed, toast)).forget();
}

fn now() -> u64 {
    js_sys::Date::now() as u64
}

/// Input under the cover is the password, and keeps no other tab open.
fn note_unless(signed: SignedIn) {
    if !signed.locked.get_untracked() {
        note();
    }
}

fn note() {
    let now = now();
    LAST_INPUT.set(now);
    WARNED.set(false);
    if now.saturating_sub(NOTED.get()) >= NOTE_MS {
        NOTED.set(now);
        // Where nothing is stored, each tab counts for itself.
        local_storage::write(&Key::LastInput, &now.to_string());
    }
}

fn look(signed: SignedIn, toast: Toast) {
    let idle = signed.me.with_untracked(|me| me.as_ref().map(|me| u64::from(me.idle_minutes) * 60_000));
    let Some(idle) = idle.filter(|_| !signed.locked.get_untracked()) else { return };
    let elsewhere = local_storage::read(&Key::LastInput).and_then(|text| text.parse().ok()).unwrap_or(0);
    let without = now().saturating_sub(LAST_INPUT.get().max(elsewhere));
    if without >= idle {
        lock(signed);
    } else if without + WARN_MS >= idle && !WARNED.replace(true) {
        show_toast(toast, "一分钟内没有操作将锁定屏幕，已填写的内容不会丢失");
    }
}

fn lock(signed: SignedIn) {
    signed.locked.set(true);
    spawn_local(async move {
        // What does not arrive ends by idling on the server as well.
        let _ = api::once_of(SignOut {}).await;
        sync_client::forget_read_but(None).await;
    });
}
