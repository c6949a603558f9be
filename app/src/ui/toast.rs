//! 简讯: one line that says what was done, at the corner of every page, for a few seconds.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

/// How long a line is shown, in milliseconds.
const SHOWN_MS: u32 = 6_000;

/// The line; provided as a context.
#[derive(Clone, Copy)]
pub struct Toast {
    text: RwSignal<String>,
    timer: StoredValue<Option<Timeout>, LocalStorage>,
}

impl Toast {
    pub fn provide() -> Toast {
        let toast = Toast { text: RwSignal::new(String::new()), timer: StoredValue::new_local(None) };
        provide_context(toast);
        toast
    }
}

/// Shows `text` in place of the line before.
pub fn show_toast(toast: Toast, text: impl Into<String>) {
    toast.text.set(text.into());
    // Replacing the timer cancels the one before.
    toast.timer.set_value(Some(Timeout::new(SHOWN_MS, move || toast.text.set(String::new()))));
}

#[component]
pub fn ToastLine(toast: Toast) -> impl IntoView {
    view! { <div class="toast" role="status">{toast.text}</div> }
}
