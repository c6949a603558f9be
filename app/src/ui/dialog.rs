//! 对话框: modal, with the browser's own focus trap; Esc closes it.

use leptos::html;
use leptos::prelude::*;
use web_sys::HtmlDialogElement;

thread_local! {
    /// Counts the modal dialogs opened so far; made by the first who asks, for as long as the page lives.
    static OPENED: ArcRwSignal<u64> = ArcRwSignal::new(0);
}

/// Counts the modal dialogs opened so far, for what has to stay above them.
pub fn opened_modals() -> ArcReadSignal<u64> {
    OPENED.with(ArcRwSignal::read_only)
}

/// Opens a dialog as modal.
pub fn open_modal(dialog: &HtmlDialogElement) {
    // Fails only where it is open already.
    let _ = dialog.show_modal();
    OPENED.with(|opened| opened.update(|opened| *opened += 1));
}

/// Shown while `open` is true; its content is built anew each time.
#[component]
pub fn Dialog(
    /// Its heading and accessible name.
    #[prop(into)]
    title: Signal<String>,
    /// Unique on the page.
    name: &'static str,
    open: RwSignal<bool>,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let (Some(dialog), wanted) = (node.get(), open.get()) else { return };
        if wanted && !dialog.open() {
            open_modal(&dialog);
        } else if !wanted && dialog.open() {
            dialog.close();
        }
    });
    let heading = format!("dialog-{name}");
    let id = heading.clone();
    view! {
        <dialog class="dialog" node_ref=node data-dialog=name aria-labelledby=heading
            on:close=move |_| open.set(false)>
            <h2 id=id>{title}</h2>
            {move || if open.get() { children() } else { ().into_any() }}
        </dialog>
    }
}
