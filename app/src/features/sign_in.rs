//! 登录: account and password, in the place of any page until somebody is signed in.

use super::sso::SsoButtons;
use crate::kernel::api;
use crate::kernel::session::SignedIn;
use crate::ui::{Field, Notice, SignInCode, go_to_first_wrong};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::published::ReadTableChecker;

#[component]
pub fn SignInPage() -> impl IntoView {
    let signed = expect_context::<SignedIn>();
    let (account, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let code = SignInCode::new();
    let problem = RwSignal::new(None);
    let (tried, busy) = (RwSignal::new(false), RwSignal::new(false));
    let missing = move |value: RwSignal<String>, words: &'static str| {
        Signal::derive(move || (tried.get() && value.with(String::is_empty)).then(|| words.to_string()))
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let (name, secret) = (account.get_untracked().trim().to_string(), password.get_untracked());
        if busy.get_untracked() || name.is_empty() || secret.is_empty() {
            go_to_first_wrong();
            return;
        }
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            // After a sign-in this page is gone, and its signals with it.
            let outcome = signed.sign_in(name, secret, code.given()).await;
            busy.try_set(false);
            if let Err(refused) = outcome {
                if !code.asks(&refused) {
                    password.try_set(String::new());
                }
                tried.try_set(false);
                problem.try_set(Some(refused));
            }
        });
    };
    view! {
        <main class="alone">
            <form on:submit=submit novalidate=true>
                <h1>"运维资金管理系统"</h1>
                <p class="quiet">"省级政务信息系统运维资金申报与审核"</p>
                <Notice problem/>
                <Field label="账号" name="account" value=account autocomplete="username" autofocus=true
                    error=missing(account, "请输入账号")/>
                <Field label="密码" name="password" value=password kind="password" autocomplete="current-password"
                    error=missing(password, "请输入密码")/>
                {code.field()}
                <button class="primary" disabled=busy>{move || if busy.get() { "正在登录…" } else { "登录" }}</button>
                <SsoButtons/>
                <PublicChecker/>
            </form>
        </main>
    }
}

/// The way to 公开绩效表核对, where visitors may use it.
#[component]
fn PublicChecker() -> impl IntoView {
    let is_public = RwSignal::new(false);
    spawn_local(async move {
        // Without an answer there is no link; signing in says what is wrong.
        if let Ok(checker) = api::once_of(ReadTableChecker {}).await {
            is_public.try_set(checker.is_public);
        }
    });
    view! {
        <Show when=move || is_public.get()>
            <p><a href="/public/check-table" data-link="check-table">"公开绩效表核对（无须登录）"</a></p>
        </Show>
    }
}
