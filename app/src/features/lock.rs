//! 锁定画面: the cover over a page without input. A modal dialog, because it lies over every other dialog and makes all
//! beneath it inert; the page comes back as it was.

use super::renewal::RenewalForm;
use crate::kernel::session::SignedIn;
use leptos::html;
use leptos::prelude::*;
use shared::kernel::ids::AccountId;

#[component]
pub fn Lock(account: StoredValue<AccountId>) -> impl IntoView {
    let signed = expect_context::<SignedIn>();
    let node = NodeRef::<html::Dialog>::new();
    let show = move || {
        if let Some(dialog) = node.get_untracked().filter(|dialog| !dialog.open()) {
            // Fails only where it is open already.
            let _ = dialog.show_modal();
        }
    };
    Effect::new(move |_| {
        node.track();
        show();
    });
    // Esc closes a dialog in the end whatever the page says: it is shown again at once.
    let closed = move |_| {
        if signed.locked.get_untracked() {
            show();
        }
    };
    view! {
        <dialog class="lock" node_ref=node data-lock="true" aria-labelledby="lock-title"
            on:cancel=move |event: leptos::ev::Event| event.prevent_default() on:close=closed>
            <h2 id="lock-title">"屏幕已锁定"</h2>
            <p class="quiet">"长时间没有操作。输入密码后回到原处，已填写的内容都在。"</p>
            <RenewalForm account/>
        </dialog>
    }
}
