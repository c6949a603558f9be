//! 快捷键 of the whole page: F8 to the next problem, undo and redo.

use super::context::RequestContext;
use super::section::Section;
use super::side::jump_to_next;
use crate::form_ui::sheet::undo;
use leptos::ev;
use leptos::prelude::*;

pub fn listen(work: RequestContext) {
    undo::listen(work.sheet);
    let handle = window_event_listener(ev::keydown, move |event| {
        if event.key() == "F8" && !event.default_prevented() && !event.is_composing() {
            event.prevent_default();
            jump_to_next(work, !event.shift_key());
        }
    });
    on_cleanup(move || handle.remove());
    show_what_was_restored(work);
}

/// Undo and redo act on the whole request: what they changed in another part is shown there.
fn show_what_was_restored(work: RequestContext) {
    Effect::new(move |_| {
        let Some(cell) = work.sheet.restored.get() else { return };
        work.sheet.restored.set(None);
        let part = work.sheet.read(|session| Section::of(session.plan(), cell.table));
        if work.section.get_untracked() != part {
            work.go_to_cell(cell);
        }
    });
}
