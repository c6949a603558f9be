//! 对话框: modal, with the browser's own focus trap; Esc closes it.

use leptos::html;
use leptos::prelude::*;

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
            // Fails only where it is open already.
            let _ = dialog.show_modal();
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
