//! 登录: by the house's own sessions, at the first use of a tablet and in place when a session has ended.

use crate::site::net;
use crate::site::state::Site;
use crate::ui::{Field, Notice, SignInCode};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::session::SignIn;

/// Signs in with `account` where it is given, else with the one that is typed; calls `done` after it.
#[component]
fn SignInForm(#[prop(optional)] account: Option<String>, done: Callback<()>) -> impl IntoView {
    let is_given = account.is_some();
    let (account, password) = (RwSignal::new(account.unwrap_or_default()), RwSignal::new(String::new()));
    let code = SignInCode::new();
    let (problem, busy) = (RwSignal::new(None), RwSignal::new(false));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (name, secret) = (account.get_untracked().trim().to_string(), password.get_untracked());
        if busy.get_untracked() || name.is_empty() || secret.is_empty() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let sign_in = SignIn { account: name, password: secret, code: code.given() };
            let signed = net::session_of(&sign_in).await;
            busy.try_set(false);
            match signed {
                Ok(_) => done.run(()),
                Err(refused) => {
                    if !code.asks(&refused) {
                        password.try_set(String::new());
                    }
                    problem.try_set(Some(refused));
                }
            }
        });
    };
    view! {
        <form on:submit=submit novalidate=true>
            <Notice problem/>
            <Field label="账号" name="account" value=account autocomplete="username" readonly=is_given/>
            <Field label="密码" name="password" value=password kind="password" autocomplete="current-password"/>
            {code.field()}
            <button class="primary" disabled=busy>{move || if busy.get() { "正在登录…" } else { "登录" }}</button>
        </form>
    }
}

/// The first screen of a tablet nobody is enrolled on.
#[component]
pub fn SignInScreen() -> impl IntoView {
    let site = expect_context::<Site>();
    let done = Callback::new(move |()| spawn_local(site.sign_in_or_enrol()));
    view! {
        <main class="site-alone">
            <h1>"现场评价"</h1>
            <p class="quiet">"首次使用请联网登录并登记本机"</p>
            <SignInForm done/>
            <button data-act="to-unlock" on:click=move |_| spawn_local(site.begin())>"返回"</button>
        </main>
    }
}

/// The session has ended while the tablet is in use: everything stays, and signing in goes on with it.
#[component]
pub fn SignInAgain() -> impl IntoView {
    let site = expect_context::<Site>();
    let is_open = RwSignal::new(false);
    let done = Callback::new(move |()| site.follow_session());
    view! {
        <section class="site-banner" aria-label="重新登录">
            <p>"登录已结束，请以本人账号重新登录后送达；已填写的内容都在本机。"
                <button data-act="sign-in" on:click=move |_| is_open.update(|open| *open = !*open)>"登录"</button>
            </p>
            <Show when=move || is_open.get()>
                <SignInForm account=site.account().map(|account| account.to_string()).unwrap_or_default() done/>
            </Show>
        </section>
    }
}
