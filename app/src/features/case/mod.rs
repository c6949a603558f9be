//! 案卷页 `/cases/:id` and 案卷一览 `/cases`: one page and one list for every kind of case.
//!
//! Here: reading a case, opening its form, and reading it again in place when the case moves on. What is shown is in
//! `page`.

mod begin;
mod form;
mod judgement;
mod list;
mod list_filter;
mod list_view;
mod page;
mod values;

pub use judgement::judgement_page;
pub use list::cases_page;

use crate::form_ui::sheet::store::FormSheet;
use crate::kernel::api;
use crate::kernel::router::Route;
use crate::kernel::session::SignedIn;
use crate::sync_client::{self, FormView, Opened};
use crate::ui::Notice;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;
use page::CasePage;
use shared::api::cases::{CaseView, ReadCase};
use shared::api::problem::Problem;
use shared::api::requests::{ReadDefinition, ReadVersion, VersionLine};
use shared::cases::kernel::CaseHead;
use shared::engine::definition::Definition;
use shared::engine::parameters::Parameters;
use shared::engine::plan::Plan;
use shared::kernel::ids::{AccountId, CaseId};
use std::sync::Arc;

/// A case as it was read, with its form opened.
pub struct LoadedCase {
    pub view: CaseView,
    /// `None` for a kind without a form.
    pub sheet: Option<FormSheet>,
    /// `None` where nothing is sent or heard: without a form and for a frozen version.
    pub live: Option<Opened>,
    /// The frozen version shown instead of the current content.
    pub frozen: Option<VersionLine>,
    /// Signals and streams of this opening end with it.
    _owner: Owner,
}

/// How far the page has come.
#[derive(Clone)]
enum State {
    Reading,
    Open(Arc<LoadedCase>),
    Failed(Problem),
}

/// How long an opening that was replaced lives on, in milliseconds: handlers of elements that leave the page with it
/// may still run and read its signals.
const FAREWELL_MS: u32 = 1_000;

/// The page of one case.
pub fn case_page() -> AnyView {
    let signed = expect_context::<SignedIn>();
    let route = expect_context::<Route>();
    let (case, version) = (route.case("case"), route.number::<u32>("version"));
    let asked = Memo::new(move |_| (case.get(), version.get()));
    let reads = RwSignal::new(0_u64);
    let look = Callback::new(move |()| reads.update(|reads| *reads += 1));
    let state = RwSignal::new(State::Reading);
    let owner = Owner::current().unwrap_or_default();
    Effect::new(move |before: Option<(CaseId, Option<u32>)>| {
        reads.track();
        let now = asked.get();
        let Some(me) = signed.me.get_untracked() else { return now };
        if before.as_ref().is_some_and(|before| *before != now) {
            state.set(State::Reading);
        }
        let ((case, version), wanted) = (now.clone(), now.clone());
        let owner = owner.clone();
        spawn_local(async move {
            // What is being typed is delivered before the case is read over it.
            if let State::Open(open) = state.get_untracked()
                && let Some(live) = open.live
            {
                // What cannot be delivered stays on this device, which the sync client sees to.
                let _ = live.flush().await;
            }
            let outcome = load(case, version, me.actor.account, owner).await;
            if asked.try_get_untracked().is_some_and(|now| now == wanted) {
                replace(state, outcome);
            }
        });
        now
    });
    view! {
        <main class="page case-page">
            {move || match state.get() {
                State::Reading => view! { <p class="quiet" role="status">"正在读取…"</p> }.into_any(),
                State::Failed(problem) => view! {
                    <Notice problem=RwSignal::new(Some(problem))/>
                    <a class="button" href="/">"回到待办"</a>
                }.into_any(),
                State::Open(open) => view! { <CasePage open look/> }.into_any(),
            }}
        </main>
    }
    .into_any()
}

fn replace(state: RwSignal<State>, outcome: Result<LoadedCase, Problem>) {
    let next = match outcome {
        Ok(open) => State::Open(Arc::new(open)),
        Err(problem) => State::Failed(problem),
    };
    let Some(before) = state.try_update(|state| std::mem::replace(state, next)) else { return };
    Timeout::new(FAREWELL_MS, move || drop(before)).forget();
}

/// Reads and opens a case, or one of its frozen versions.
async fn load(
    case: CaseId,
    version: Option<u32>,
    account: AccountId,
    page: Owner,
) -> Result<LoadedCase, Problem> {
    let owner = page.child();
    if let Some(version) = version {
        let view = api::call(ReadCase { case: case.clone() }).await?;
        let frozen = api::call(ReadVersion { request: case, version }).await?;
        let plan = plan(&view.head, &frozen.definition, &frozen.parameters).await?;
        let sheet = owner.with(|| sync_client::open_frozen(plan, frozen.document));
        return Ok(LoadedCase {
            view,
            sheet: Some(sheet),
            live: None,
            frozen: Some(frozen.line),
            _owner: owner,
        });
    }
    let (view, document) = sync_client::load::<CaseView>(case, account.clone()).await?;
    let live = match &view.form {
        Some(form) => {
            let plan = plan(&view.head, &form.definition, &form.parameters).await?;
            Some(owner.with(|| sync_client::open(view.subject(), plan, document, account)).await)
        }
        None => None,
    };
    Ok(LoadedCase { view, sheet: live.map(|live| live.sheet), live, frozen: None, _owner: owner })
}

/// The form that content is written in: the running definition of the kind, or the earlier one that it was frozen with.
async fn plan(head: &CaseHead, hash: &str, parameters: &Parameters) -> Result<Plan, Problem> {
    let is_running = |definition: &Definition| definition.hash().is_ok_and(|running| running == hash);
    let definition = match head.kind.definition().filter(is_running) {
        Some(definition) => definition,
        None => api::call(ReadDefinition { hash: hash.to_string() }).await?,
    };
    sync_client::plan(definition, parameters, head.fiscal_year)
}
