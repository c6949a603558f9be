//! 重新登录: the form that renews a session that ran out, next to the page in use or on its cover.

use crate::kernel::session::SignedIn;
use crate::ui::{Field, Notice, SignInCode, opened_modals};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::kernel::ids::AccountId;

/// Does not take the focus from the field being typed into. Over a modal dialog, beneath which nothing can be reached, it
/// is modal itself.
#[component]
pub fn Renewal(account: StoredValue<AccountId>) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let modals = opened_modals();
    Effect::new(move |_| {
        modals.track();
        let Some(dialog) = node.get() else { return };
        if is_over_a_dialog() {
            dialog.close();
            // Fails only where it is open already.
            let _ = dialog.show_modal();
        }
    });
    // Esc closes what is modal: it stays, and gives the page back where no other dialog holds it.
    let closed = move |_| {
        let Some(dialog) = node.get_untracked().filter(|dialog| !dialog.open()) else { return };
        if is_over_a_dialog() {
            // Fails only where it is open already.
            let _ = dialog.show_modal();
        } else {
            dialog.set_open(true);
        }
    };
    view! {
        <dialog class="renewal" open=true node_ref=node role="alertdialog" aria-labelledby="renewal-title" data-renewal="true"
            on:close=closed>
            <h2 id="renewal-title">"请重新登录"</h2>
            <p class="quiet">"登录已过期，或办理付款、启用政策版本、账号事项前须再次验证身份。可以继续填写，内容都在本机；登录后自动送达。"</p>
            <RenewalForm account/>
        </dialog>
    }
}

fn is_over_a_dialog() -> bool {
    document().query_selector("dialog[open]:not([data-renewal])").is_ok_and(|beneath| beneath.is_some())
}

/// Signs the same account in again, in place; another account gets its own page.
#[component]
pub fn RenewalForm(account: StoredValue<AccountId>) -> impl IntoView {
    let signed = expect_context::<SignedIn>();
    let account = RwSignal::new(account.get_value().to_string());
    let password = RwSignal::new(String::new());
    let code = SignInCode::new();
    let problem = RwSignal::new(None);
    let busy = RwSignal::new(false);
    let renew = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        busy.set(true);
        spawn_local(async move {
            let (name, secret) = (account.get_untracked(), password.get_untracked());
            let outcome = signed.sign_in(name, secret, code.given()).await;
            busy.try_set(false);
            if let Err(refused) = outcome {
                if !code.asks(&refused) {
                    password.try_set(String::new());
                }
                problem.try_set(Some(refused));
            }
        });
    };
    view! {
        <Notice problem/>
        <form on:submit=renew>
            <Field label="账号" name="account" value=account autocomplete="username" readonly=true/>
            <Field label="密码" name="password" value=password kind="password" autocomplete="current-password"/>
            {code.field()}
            <div class="renewal-buttons">
                <button class="primary" disabled=busy>"登录并继续"</button>
                <button type="button" on:click=move |_| signed.leave()>"换账号"</button>
            </div>
        </form>
    }
}
