//! 单点登录: the buttons that lead to a service outside, and the page it leads back to.

use crate::kernel::api;
use crate::kernel::local_storage::{self, Key};
use crate::kernel::router::Route;
use crate::kernel::session::SignedIn;
use crate::ui::{Field, Notice, SignInCode};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::problem::code::{CONFIRM_PASSWORD, WRONG_PASSWORD};
use shared::api::sso::{BeginSso, FinishSso, ReadSso, SsoOffer, SsoProtocol};

/// A button for each service that is set up.
#[component]
pub fn SsoButtons() -> impl IntoView {
    let offers = RwSignal::new(Vec::<SsoOffer>::new());
    let problem = RwSignal::new(None);
    spawn_local(async move {
        // Without an answer people sign in by their password.
        if let Ok(read) = api::call(ReadSso {}).await {
            offers.try_set(read.offers);
        }
    });
    let begin = move |protocol: SsoProtocol| {
        problem.set(None);
        spawn_local(async move {
            match api::call(BeginSso { protocol }).await {
                Ok(begun) => leave_for(&begun.address, &begun.attempt),
                Err(failure) => drop(problem.try_set(Some(failure))),
            }
        });
    };
    let button = move |offer: SsoOffer| {
        view! {
            <button type="button" data-sso=offer.protocol.word() on:click=move |_| begin(offer.protocol)>
                {format!("用{}登录", offer.label)}
            </button>
        }
    };
    view! {
        <Notice problem/>
        {move || offers.get().into_iter().map(button).collect_view()}
    }
}

/// Goes to the service, and notes the attempt and where the person was.
fn leave_for(address: &str, attempt: &str) {
    let location = window().location();
    let (path, query) = (location.pathname().unwrap_or_default(), location.search().unwrap_or_default());
    local_storage::write(&Key::Sso, &format!("{attempt} {path}{query}"));
    // It fails only for an address that no browser can read.
    let _ = location.set_href(address);
}

/// What the service sent along, for the attempt this browser began; and where the person was then.
fn returned(route: Route) -> (FinishSso, String) {
    let value = |name| route.text(name).get_untracked();
    let noted = local_storage::read(&Key::Sso).unwrap_or_default();
    let (attempt, from) = noted.split_once(' ').unwrap_or_default();
    let from = if from.starts_with('/') && !from.starts_with("/sso/") { from } else { "/" };
    let request = FinishSso {
        attempt: attempt.to_string(),
        state: value("state").unwrap_or_default(),
        proof: value("code").or_else(|| value("ticket")).unwrap_or_default(),
        issuer: value("iss"),
        password: None,
        code: None,
    };
    (request, from.to_string())
}

/// The page a service leads back to: signs in with what it sent along, and asks for the password of an account that it names
/// for the first time, and for the 动态口令 of an account that has one.
#[component]
pub fn SsoPage() -> impl IntoView {
    let signed = expect_context::<SignedIn>();
    let (request, from) = returned(expect_context::<Route>());
    let (request, from) = (StoredValue::new(request), StoredValue::new(from));
    let code = SignInCode::new();
    let problem = RwSignal::new(None);
    let (busy, asked) = (RwSignal::new(false), RwSignal::new(false));
    let (password, needs_password) = (RwSignal::new(String::new()), RwSignal::new(false));
    let finish = move || {
        busy.set(true);
        problem.set(None);
        let typed = Some(password.get_untracked()).filter(|typed| !typed.is_empty());
        let request = FinishSso { password: typed, code: code.given(), ..request.get_value() };
        spawn_local(async move {
            match signed.enter(request).await {
                Ok(()) => {
                    local_storage::remove(&Key::Sso);
                    // In the place of this page, whose address serves once. It fails only for an address of another origin.
                    let _ = window().location().replace(&from.get_value());
                }
                Err(refused) => {
                    let was_asked = needs_password.try_get_untracked().unwrap_or_default();
                    let about_password =
                        refused.code == CONFIRM_PASSWORD || (was_asked && refused.code == WRONG_PASSWORD);
                    if about_password {
                        needs_password.try_set(true);
                        password.try_set(String::new());
                    }
                    asked.try_set(code.asks(&refused) || about_password);
                    problem.try_set(Some(refused));
                    busy.try_set(false);
                }
            }
        });
    };
    finish();
    let again = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        finish();
    };
    view! {
        <main class="alone">
            <form on:submit=again novalidate=true>
                <h1>"单点登录"</h1>
                <p class="quiet" role="status" hidden=move || !busy.get()>"正在登录…"</p>
                <Notice problem/>
                <Show when=move || needs_password.get()>
                    <Field label="密码" name="password" value=password kind="password"
                        autocomplete="current-password"/>
                </Show>
                {code.field()}
                <button class="primary" hidden=move || !asked.get() disabled=busy>"登录"</button>
                <a class="button" href="/" data-act="back-to-sign-in">"回到登录页"</a>
            </form>
        </main>
    }
}
