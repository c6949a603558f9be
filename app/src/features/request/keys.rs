//! 快捷键 of the whole page: F8 to the next problem, Ctrl+S, undo and redo.

use super::context::RequestContext;
use super::section::Section;
use super::side::jump_to_next;
use crate::form_ui::sheet::undo;
use crate::ui::{Toast, show_toast};
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;

pub fn listen(work: RequestContext) {
    undo::listen(work.sheet);
    let toast = expect_context::<Toast>();
    let handle = window_event_listener(ev::keydown, move |event| {
        let control = event.ctrl_key() || event.meta_key();
        if control && event.key().eq_ignore_ascii_case("s") && !event.shift_key() && !event.alt_key() {
            // Not the browser's: it would save the page as a file.
            event.prevent_default();
            save(work, toast);
        }
        if event.key() == "F8" && !event.default_prevented() && !event.is_composing() {
            event.prevent_default();
            jump_to_next(work, !event.shift_key());
        }
    });
    on_cleanup(move || handle.remove());
    show_what_was_restored(work);
}

/// 保存: everything is saved by itself; whoever asks is answered once the server has it, or why it has not.
fn save(work: RequestContext, toast: Toast) {
    let Some(live) = work.live else { return };
    if live.save.with_untracked(|state| state.offline) {
        return show_toast(toast, "已暂存本机，连通后自动上传");
    }
    spawn_local(async move {
        match live.flush().await {
            Ok(()) => show_toast(toast, "已保存"),
            Err(problem) => show_toast(toast, format!("尚未保存到服务器：{}", problem.detail)),
        }
    });
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
