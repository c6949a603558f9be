//! 重新登录: the form that renews a session that ran out, next to the page in use or on its cover.

use super::sign_in_code::SignInCode;
use crate::kernel::session::SignedIn;
use crate::ui::{Field, Notice};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::kernel::ids::AccountId;

/// Does not take the focus from the field being typed into.
#[component]
pub fn Renewal(account: StoredValue<AccountId>) -> impl IntoView {
    view! {
        <section class="renewal" role="alertdialog" aria-modal="false" aria-labelledby="renewal-title" data-renewal="true">
            <h2 id="renewal-title">"登录已过期，请重新登录"</h2>
            <p class="quiet">"可以继续填写，内容都在本机；登录后自动送达。"</p>
            <RenewalForm account/>
        </section>
    }
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
