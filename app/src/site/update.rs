//! 新版本: offered when it is on the tablet and nothing waits; until the person takes it, page and files stay one version.

use super::state::Site;
use gloo_timers::callback::Interval;
use js_sys::{Function, Promise, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// How often it is looked whether a newer version has come, in milliseconds.
const LOOK_MS: u32 = 60_000;

/// The worker that waits, if one does.
async fn waiting() -> Option<JsValue> {
    let container = Reflect::get(&window().navigator(), &"serviceWorker".into()).ok()?;
    let registration: Function = Reflect::get(&container, &"getRegistration".into()).ok()?.dyn_into().ok()?;
    let registration: Promise = registration.call1(&container, &"/site".into()).ok()?.dyn_into().ok()?;
    let registration = JsFuture::from(registration).await.ok()?;
    let waiting = Reflect::get(&registration, &"waiting".into()).ok()?;
    waiting.is_object().then_some(waiting)
}

fn take_over(worker: &JsValue) -> Result<(), JsValue> {
    let post: Function = Reflect::get(worker, &"postMessage".into())?.dyn_into()?;
    post.call1(worker, &"take-over".into())?;
    window().location().reload()
}

#[component]
pub fn UpdateOffer() -> impl IntoView {
    let site = expect_context::<Site>();
    let is_here = RwSignal::new(false);
    let look = move || {
        spawn_local(async move {
            let is_waiting = waiting().await.is_some();
            is_here.try_set(is_waiting);
        });
    };
    look();
    let timer = StoredValue::new_local(Interval::new(LOOK_MS, look));
    on_cleanup(move || timer.dispose());
    let has_waiting = move || {
        let waits = |visit: &super::visit::Visit| {
            visit.read(|device| !device.is_saved() || !device.stored().outbox.is_empty())
        };
        site.visits.with(|visits| visits.iter().any(waits))
    };
    let update = move |_| {
        spawn_local(async move {
            if let Some(worker) = waiting().await {
                // It fails only where the browser ends the page anyway.
                let _ = take_over(&worker);
            }
        });
    };
    view! {
        <Show when=move || is_here.get() && !has_waiting()>
            <p class="site-banner" role="status">
                "有新版本。"<button data-act="update" on:click=update>"更新"</button>
            </p>
        </Show>
    }
}
