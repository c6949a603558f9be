//! 申请页 `/requests/:id`: a department's request is filled in, submitted, reviewed and answered on one page.
//!
//! This file reads the request, opens it and reads it again in place when the case moves on. `workplace` shows it.

mod banners;
mod changes;
mod chunks;
mod commands;
mod content;
mod context;
mod files;
mod head;
mod import;
mod keys;
mod load;
mod missing;
mod record;
mod returned;
mod review;
mod section;
mod side;
mod submit;
mod targets;
mod tasks;
mod totals;
mod workplace;

use crate::kernel::chunks::fetch_ahead;
use crate::kernel::router::Route;
use crate::kernel::session::SignedIn;
use context::Lasting;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;
use load::LoadedRequest;
use missing::Missing;
use shared::api::problem::Problem;
use shared::kernel::ids::CaseId;
use std::sync::Arc;
use workplace::Workplace;

/// How far the page has come.
#[derive(Clone)]
enum State {
    Reading,
    Open(Arc<LoadedRequest>),
    Failed(Problem),
}

/// How long an opening that was replaced lives on, in milliseconds: handlers of the elements that leave the page with
/// it may still run and read its signals.
const FAREWELL_MS: u32 = 1_000;

/// The page.
pub fn request_page() -> AnyView {
    let signed = expect_context::<SignedIn>();
    let route = expect_context::<Route>();
    let (request, version) = (route.case("request"), route.number::<u32>("version"));
    let asked = Memo::new(move |_| (request.get(), version.get()));
    let lasting = Lasting::new(route);
    let state = RwSignal::new(State::Reading);
    let owner = Owner::current().unwrap_or_default();
    Effect::new(move |before: Option<(CaseId, Option<u32>)>| {
        lasting.reads.track();
        let now = asked.get();
        let Some(me) = signed.me.get_untracked() else { return now };
        if before.as_ref().is_some_and(|before| *before != now) {
            lasting.notice.set(None);
            state.set(State::Reading);
        }
        let ((request, version), wanted) = (now.clone(), now.clone());
        let owner = owner.clone();
        spawn_local(async move {
            // What is being typed is delivered before the request is read again.
            if let State::Open(open) = state.get_untracked() {
                open.flush().await;
            }
            let outcome = load::open(request, version, me.actor.account, owner).await;
            if asked.try_get_untracked().is_some_and(|now| now == wanted) {
                replace(state, outcome);
            }
        });
        now
    });
    view! {
        {move || match state.get() {
            State::Reading => view! { <p class="rq-reading" role="status">"正在打开申请…"</p> }.into_any(),
            State::Failed(problem) => view! { <Missing problem lasting/> }.into_any(),
            State::Open(open) => view! { <Workplace open lasting/> }.into_any(),
        }}
    }
    .into_any()
}

fn replace(state: RwSignal<State>, outcome: Result<LoadedRequest, Problem>) {
    let next = match outcome {
        Ok(open) => {
            fetch_ahead(chunks::soon_needed);
            State::Open(Arc::new(open))
        }
        Err(problem) => State::Failed(problem),
    };
    let Some(before) = state.try_update(|state| std::mem::replace(state, next)) else { return };
    Timeout::new(FAREWELL_MS, move || drop(before)).forget();
}
