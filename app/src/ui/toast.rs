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
        let said = Toast { text: RwSignal::new(String::new()), timer: StoredValue::new_local(None) };
        provide_context(said);
        said
    }
}

/// Shows `text` in place of the line before.
pub fn show_toast(said: Toast, text: impl Into<String>) {
    said.text.set(text.into());
    // Replacing the timer cancels the one before.
    said.timer.set_value(Some(Timeout::new(SHOWN_MS, move || said.text.set(String::new()))));
}

#[component]
pub fn SaidLine(said: Toast) -> impl IntoView {
    view! { <div class="toast" role="status">{said.text}</div> }
}
