//! 审核的办理: reads the review, tries an act on it as the server will, and sends it.

use super::state::ActDraft;
use crate::features::request::context::RequestContext;
use crate::kernel::{api, editions, session};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::Endpoint;
use shared::api::problem::{Problem, code};
use shared::api::requests::ReadVersion;
use shared::api::review::{KeepPending, LastViewed, ReadReview, RememberLook, ReviewView, SendReview};
use shared::cases::authority::{Capability, permit};
use shared::cases::kernel::Stage;
use shared::cases::review::batch::{Tried, resting_on, tried};
use shared::cases::review::decide::decide;
use shared::cases::review::language::{Act, Event, Stamp};
use shared::cases::review::thread::Review;
use shared::kernel::ids::OpId;
use shared::kernel::people::Actor;
use shared::kernel::refusal::Refusal;
use shared::policy::editions::register::no_edition;
use std::sync::Arc;

/// Reads the review; the panel shows why it cannot be read.
pub fn read(work: RequestContext) {
    spawn_local(async move {
        let view = work.view();
        let (request, edition) = (view.case.id.clone(), view.edition.clone());
        let outcome = match editions::load(&edition).await {
            Ok(_) => api::call(ReadReview { request }).await,
            Err(problem) => Err(problem),
        };
        take(work, outcome);
    });
}

/// Reads what was returned, for what a rule calls for since. While it cannot be read more cells stay open than the
/// server takes, and its refusal says so.
pub fn read_returned(work: RequestContext) {
    let view = work.view();
    if view.case.stage != Stage::Returned || work.frozen.is_some() {
        return;
    }
    let asked = ReadVersion { request: view.case.id.clone(), version: view.case.version };
    spawn_local(async move {
        if let Ok(version) = api::call(asked).await {
            work.reviewing.returned.try_set(Some(Arc::new(version.document)));
        }
    });
}

fn take(work: RequestContext, outcome: Result<ReviewView, Problem>) {
    let reviewing = work.reviewing;
    // The page may have been left meanwhile.
    if reviewing.busy.try_get_untracked().is_none() {
        return;
    }
    match outcome {
        Ok(view) => {
            // "Since the last look" begins with the first one.
            let first = view.look.is_none();
            reviewing.view.set(Some(Arc::new(view)));
            if first {
                remember(work);
            }
        }
        Err(problem) => reviewing.fault.set(Some(problem_text(&problem))),
    }
}

fn problem_text(problem: &Problem) -> String {
    format!("{}：{}", problem.title, problem.detail)
}

/// The event of an act, or why it is refused: the same decision as the server's.
pub fn event(work: RequestContext, actor: &Actor, review: &Review, act: &Act) -> Result<Event, Refusal> {
    let view = work.view();
    let permit = permit(actor, &view.case, act.verb(), view.today)?;
    let edition = editions::known(&view.edition).ok_or_else(|| no_edition(view.case.fiscal_year))?;
    work.sheet.read(|session| decide(review, &view.case, &permit, act, session, &edition))
}

/// The stamp of this person's acts, without the time.
fn stamp(work: RequestContext, actor: &Actor) -> Stamp {
    let version = work.view().case.reported_version;
    Stamp { at: String::new(), by: actor.signature(), office: actor.role.office(), version }
}

fn trying(work: RequestContext, actor: &Actor, review: &Review, acts: &[&Act]) -> Tried {
    tried(review, &stamp(work, actor), acts.iter().copied(), |review, act| event(work, actor, review, act))
}

/// The published review with this person's pending acts applied.
pub fn preview(work: RequestContext, actor: &Actor, view: &ReviewView) -> Tried {
    trying(work, actor, &view.review, &acts(view))
}

fn acts(view: &ReviewView) -> Vec<&Act> {
    view.pending.iter().map(|pending| &pending.act).collect()
}

fn place(view: &ReviewView, id: &OpId) -> Option<usize> {
    view.pending.iter().position(|pending| pending.id == *id)
}

/// The preview with what is being typed.
pub fn drafted(work: RequestContext, actor: &Actor, preview: &Tried, draft: &ActDraft) -> Tried {
    let view = work.reviewing.view.get_untracked();
    let place = view.as_ref().zip(draft.instead.as_ref()).and_then(|(view, id)| place(view, id));
    let (Some(view), Some(place)) = (view, place) else {
        return trying(work, actor, &preview.review, &[&draft.act]);
    };
    let mut acts = acts(&view);
    acts[place] = &draft.act;
    trying(work, actor, &view.review, &acts)
}

/// The review after the pending acts before this one.
pub fn met_by(work: RequestContext, id: &OpId) -> Review {
    let met = || {
        let (view, actor) = (work.reviewing.view.get()?, work.reviewing.actor()?);
        let place = place(&view, id)?;
        Some(trying(work, &actor, &view.review, &acts(&view)[..place]).review)
    };
    met().unwrap_or_default()
}

/// The pending acts that can be done only after this one, by their place.
pub fn resting(work: RequestContext, id: &OpId) -> Vec<usize> {
    let found = || {
        let (view, actor) = (work.reviewing.view.get()?, work.reviewing.actor()?);
        let at = place(&view, id)?;
        let decide = |review: &Review, act: &Act| event(work, &actor, review, act);
        Some(resting_on(&view.review, &stamp(work, &actor), &acts(&view), at, decide))
    };
    untrack(found).unwrap_or_default()
}

/// Tries an act and keeps it for publishing; `done` is called once it is kept.
pub fn keep(work: RequestContext, act: Act, done: impl Fn() + 'static) {
    if refused(work, &act) {
        return;
    }
    let pending = KeepPending { request: work.view().case.id.clone(), id: OpId::new(""), act: Some(act) };
    call(work, vec![pending], |pending, id| KeepPending { id: OpId::new(id), ..pending }, done);
}

/// Puts another act in the place of a pending one; `done` is called once it is kept.
pub fn replace(work: RequestContext, id: OpId, act: Act, done: impl Fn() + 'static) {
    let review = untrack(|| met_by(work, &id));
    if refused_on(work, &review, &act) {
        return;
    }
    let request = work.view().case.id.clone();
    call(work, vec![KeepPending { request, id, act: Some(act) }], |pending, _| pending, done);
}

/// Takes pending acts back, the last first, so that none loses the act it depends on.
pub fn forget(work: RequestContext, ids: Vec<OpId>) {
    let request = work.view().case.id.clone();
    let forgotten = |id| KeepPending { request: request.clone(), id, act: None };
    call(work, ids.into_iter().rev().map(forgotten).collect(), |pending, _| pending, || {});
}

/// Publishes acts at once.
pub fn send(work: RequestContext, acts: Vec<Act>, done: impl Fn() + 'static) {
    if acts.iter().any(|act| refused(work, act)) {
        return;
    }
    publish(work, acts, Vec::new(), done);
}

/// 发布 of everything kept.
pub fn publish_pending(work: RequestContext) {
    let Some(view) = work.reviewing.view.get_untracked() else { return };
    let acts = view.pending.iter().map(|pending| pending.act.clone()).collect();
    let published = view.pending.iter().map(|pending| pending.id.clone()).collect();
    publish(work, acts, published, || {});
}

fn publish(work: RequestContext, acts: Vec<Act>, published: Vec<OpId>, done: impl Fn() + 'static) {
    let request = work.view().case.id.clone();
    let sent = SendReview { request, operation: OpId::new(""), acts, published };
    call(work, vec![sent], |sent, id| SendReview { operation: OpId::new(id), ..sent }, done);
}

/// 关闭: remembers that everything up to the version shown and the review read has been seen.
pub fn remember(work: RequestContext) {
    let reviewing = work.reviewing;
    // An auditor changes nothing, not even what the next visit begins from.
    if !session::may_do(Capability::TakePart) {
        return;
    }
    let Some(view) = reviewing.view.get_untracked() else { return };
    let shown = work.view();
    let version = shown.showing_version.unwrap_or(shown.case.version);
    let look = RememberLook { request: shown.case.id.clone(), version, seq: view.seq };
    spawn_local(async move {
        let outcome = api::call(look.clone()).await;
        let replaced = reviewing.view.try_update(|view| {
            if let (Ok(()), Some(view)) = (&outcome, view) {
                let RememberLook { version, seq, .. } = look;
                Arc::make_mut(view).look = Some(LastViewed { version, seq, at: None });
            }
        });
        if let (Some(()), Err(problem)) = (replaced, outcome) {
            reviewing.fault.set(Some(problem_text(&problem)));
        }
    });
}

/// Whether an act would be refused; the panel then shows why.
fn refused(work: RequestContext, act: &Act) -> bool {
    refused_on(work, &work.reviewing.preview.get_untracked().review, act)
}

fn refused_on(work: RequestContext, review: &Review, act: &Act) -> bool {
    let Some(actor) = untrack(|| work.reviewing.actor()) else { return true };
    let refusal = event(work, &actor, review, act).err();
    work.reviewing.fault.set(refusal.as_ref().map(|refusal| refusal.message.clone()));
    refusal.is_some()
}

/// Sends requests one after another as far as they succeed, and reads the review again. `identify` puts a fresh id
/// into a request that needs one; until then the request is all that the person decided.
fn call<E: Endpoint + Clone>(
    work: RequestContext,
    requests: Vec<E>,
    identify: fn(E, String) -> E,
    done: impl Fn() + 'static,
) {
    let reviewing = work.reviewing;
    if reviewing.busy.get_untracked() {
        return;
    }
    reviewing.busy.set(true);
    reviewing.fault.set(None);
    let id = work.view().case.id.clone();
    // This person's own acts are no news to them.
    let up_to_date = reviewing.view.with_untracked(|view| {
        view.as_ref().is_some_and(|view| view.look.as_ref().is_some_and(|look| look.seq >= view.seq))
    });
    spawn_local(async move {
        let mut outcome = Ok(());
        for request in requests {
            let content = request.clone();
            let sending = reviewing.submission.send(&content, move |id| identify(request, id));
            outcome = sending.await.unwrap_or(Err(under_way())).map(drop);
            if outcome.is_err() {
                break;
            }
        }
        let again = api::call(ReadReview { request: id }).await;
        if reviewing.busy.try_get_untracked().is_none() {
            return;
        }
        take(work, again);
        // The panel shows it as `fault`.
        reviewing.submission.problem.set(None);
        match outcome {
            Ok(()) => {
                if up_to_date {
                    remember(work);
                }
                done();
            }
            Err(problem) => reviewing.fault.set(Some(problem_text(&problem))),
        }
        reviewing.busy.set(false);
    });
}

/// Another act of an earlier opening is still being sent.
fn under_way() -> Problem {
    Problem::new(0, code::UNREACHED, "上一项还在办理", "请稍候再试。")
}
