//! 快捷键 of the whole page: F8 to the next problem, undo and redo wherever nobody is typing text.

use super::context::RequestContext;
use super::side::jump_to_next;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

pub fn listen(work: RequestContext) {
    let handle = window_event_listener(ev::keydown, move |event| {
        if event.default_prevented() || event.is_composing() {
            return;
        }
        if event.key() == "F8" {
            event.prevent_default();
            jump_to_next(work, !event.shift_key());
            return;
        }
        if !(event.ctrl_key() || event.meta_key()) || typing_text(&event) {
            return;
        }
        match (event.key().to_ascii_lowercase().as_str(), event.shift_key()) {
            ("z", false) => work.sheet.undo(),
            ("y", _) | ("z", true) => work.sheet.redo(),
            _ => return,
        }
        event.prevent_default();
    });
    on_cleanup(move || handle.remove());
}

/// Whether the key goes into a text of its own, which has its own undo.
fn typing_text(event: &ev::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"))
}
