//! 登录: account and password.

use crate::session::Signed;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn SignInPage() -> impl IntoView {
    let signed = expect_context::<Signed>();
    let (account, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        spawn_local(async move {
            let _ = signed.sign_in(account.get_untracked(), password.get_untracked()).await;
        });
    };
    view! {
        <form on:submit=submit>
            <input name="account" autocomplete="username" bind:value=account/>
            <input name="password" type="password" autocomplete="current-password" bind:value=password/>
            <button>"登录"</button>
        </form>
    }
}
