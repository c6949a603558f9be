//! 撤销: one undo for everything typed into a document, whatever part of the page has the keyboard. The browser's own undo
//! of an entry knows nothing of it and would type an old text again, so it never runs there.

use super::store::FormSheet;
use leptos::ev::{self, KeyboardEvent};
use leptos::prelude::*;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::Element;

thread_local! {
    /// The documents that listen, by number; a dialog's lies over that of its page.
    static LISTENING: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

fn begin_listening() -> u32 {
    LISTENING.with_borrow_mut(|all| {
        let number = all.iter().max().map_or(0, |last| last + 1);
        all.push(number);
        number
    })
}

fn is_uppermost(number: u32) -> bool {
    LISTENING.with_borrow(|all| all.last() == Some(&number))
}

/// Listens until the calling component is gone; what began to listen last hears alone.
pub fn listen(sheet: FormSheet) {
    let number = begin_listening();
    let keys = window_event_listener(ev::keydown, move |event| {
        let control = event.ctrl_key() || event.meta_key();
        if !control || event.default_prevented() || event.is_composing() || has_own_undo(event.target()) {
            return;
        }
        if !is_uppermost(number) {
            return;
        }
        if let Some(redo) = asked_by(&event) {
            event.prevent_default();
            step(sheet, redo);
        }
    });
    // From the browser's menu.
    let menu = window_event_listener(ev::beforeinput, move |event| {
        let redo = match event.input_type().as_str() {
            "historyUndo" => false,
            "historyRedo" => true,
            _ => return,
        };
        if is_uppermost(number) && !has_own_undo(event.target()) {
            event.prevent_default();
            step(sheet, redo);
        }
    });
    on_cleanup(move || {
        keys.remove();
        menu.remove();
        LISTENING.with_borrow_mut(|all| all.retain(|other| *other != number));
    });
}

fn asked_by(event: &KeyboardEvent) -> Option<bool> {
    match (event.key().to_ascii_lowercase().as_str(), event.shift_key()) {
        ("z", redo) => Some(redo),
        ("y", _) => Some(true),
        _ => None,
    }
}

fn step(sheet: FormSheet, redo: bool) {
    if redo { sheet.redo() } else { sheet.undo() }
}

/// Whether what is typed there is no cell of the document: a search, a remark, the open cell of a grid.
fn has_own_undo(target: Option<web_sys::EventTarget>) -> bool {
    let element = target.and_then(|target| target.dyn_into::<Element>().ok());
    element.is_some_and(|element| {
        let typed_into = matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT");
        typed_into && !element.has_attribute("data-table")
    })
}
