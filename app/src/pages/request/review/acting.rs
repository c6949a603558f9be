//! 审核的办理: reading the review, trying an act on it as the server will, and sending.

use super::state::Preview;
use crate::api;
use crate::pages::request::work::Work;
use crate::sheet::store::new_id;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;
use shared::api::Endpoint;
use shared::api::problem::Problem;
use shared::api::review::{KeepPending, Look, ReadReview, RememberLook, ReviewView, SendReview};
use shared::ids::{OpId, ThreadId};
use shared::people::Actor;
use shared::refusal::Refusal;
use shared::review::decide::{decide, evolve};
use shared::review::language::{Act, Event, Stamp};
use shared::review::thread::Review;
use shared::workflow::authority::permit;
use std::sync::Arc;

/// Reads the review; one that cannot be read is said in the panel.
pub fn read(work: Work) {
    spawn_local(async move {
        let request = work.view().case.id.clone();
        let outcome = api::call(ReadReview { request }).await;
        take(work, outcome);
    });
}

fn take(work: Work, outcome: Result<ReviewView, Problem>) {
    let reviewing = work.reviewing;
    // The page may have been left meanwhile.
    if reviewing.busy.try_get_untracked().is_none() {
        return;
    }
    match outcome {
        Ok(view) => {
            // The first look is where "since then" begins.
            let first = view.look.is_none();
            reviewing.view.set(Some(Arc::new(view)));
            if first {
                remember(work);
            }
        }
        Err(problem) => reviewing.fault.set(Some(said(&problem))),
    }
}

fn said(problem: &Problem) -> String {
    format!("{}：{}", problem.title, problem.detail)
}

/// What an act would do to a review, or why it would not be done: the server's own decision.
pub fn event(work: Work, actor: &Actor, review: &Review, act: &Act) -> Result<Event, Refusal> {
    let view = work.view();
    let permit = permit(actor, &view.case, act.verb(), view.today)?;
    work.sheet.read(|session| decide(review, &view.case, &permit, act, session))
}

/// The published review with one's own pending acts on it.
pub fn preview(work: Work, actor: &Actor, view: &ReviewView) -> Preview {
    let mut preview = Preview { review: view.review.clone(), ..Preview::default() };
    let version = work.view().case.reported_version;
    for pending in &view.pending {
        let done = event(work, actor, &preview.review, &pending.act);
        if let Ok(event) = &done {
            let stamp =
                Stamp { at: String::new(), by: actor.signature(), office: actor.role.office(), version };
            evolve(&mut preview.review, &stamp, event);
            preview.pending.extend(touched(&pending.act));
        }
        preview.faults.push(done.err().map(|refusal| refusal.message));
    }
    preview
}

/// The threads an act makes or speaks in.
pub fn touched(act: &Act) -> Vec<ThreadId> {
    match act {
        Act::Raise { thread, .. } | Act::Say { thread, .. } => vec![thread.clone()],
        Act::Cut { lines, .. } => lines.iter().map(|line| line.thread.clone()).collect(),
        Act::View { .. } | Act::Score { .. } => Vec::new(),
    }
}

/// Tries an act and keeps it for publishing; `done` is called once it is kept.
pub fn keep(work: Work, act: Act, done: impl Fn() + 'static) {
    if refused(work, &act) {
        return;
    }
    let request = work.view().case.id.clone();
    call(work, KeepPending { request, id: OpId::new(new_id("p")), act: Some(act) }, done);
}

/// Takes a pending act back.
pub fn forget(work: Work, id: OpId) {
    let request = work.view().case.id.clone();
    call(work, KeepPending { request, id, act: None }, || {});
}

/// Publishes acts at once.
pub fn send(work: Work, acts: Vec<Act>, done: impl Fn() + 'static) {
    if acts.iter().any(|act| refused(work, act)) {
        return;
    }
    publish(work, acts, Vec::new(), done);
}

/// 发布 of everything kept.
pub fn publish_pending(work: Work) {
    let Some(view) = work.reviewing.view.get_untracked() else { return };
    let acts = view.pending.iter().map(|pending| pending.act.clone()).collect();
    let published = view.pending.iter().map(|pending| pending.id.clone()).collect();
    publish(work, acts, published, || {});
}

fn publish(work: Work, acts: Vec<Act>, published: Vec<OpId>, done: impl Fn() + 'static) {
    let request = work.view().case.id.clone();
    call(work, SendReview { request, operation: OpId::new(new_id("v")), acts, published }, done);
}

/// 知道了: everything up to the version shown and the review as read has been seen.
pub fn remember(work: Work) {
    let reviewing = work.reviewing;
    let Some(view) = reviewing.view.get_untracked() else { return };
    let shown = work.view();
    let version = shown.showing_version.unwrap_or(shown.case.version);
    let look = RememberLook { request: shown.case.id.clone(), version, seq: view.seq };
    spawn_local(async move {
        let outcome = api::call(look.clone()).await;
        let told = reviewing.view.try_update(|view| {
            if let (Ok(()), Some(view)) = (&outcome, view) {
                let RememberLook { version, seq, .. } = look;
                Arc::make_mut(view).look = Some(Look { version, seq, at: "刚才".to_string() });
            }
        });
        if let (Some(()), Err(problem)) = (told, outcome) {
            reviewing.fault.set(Some(said(&problem)));
        }
    });
}

/// Says why an act would not be done, if it would not.
fn refused(work: Work, act: &Act) -> bool {
    let Some(actor) = untrack(|| work.reviewing.actor()) else { return true };
    let review = work.reviewing.preview.get_untracked();
    let refusal = event(work, &actor, &review.review, act).err();
    work.reviewing.fault.set(refusal.as_ref().map(|refusal| refusal.message.clone()));
    refusal.is_some()
}

/// Calls and reads the review again.
fn call<E>(work: Work, request: E, done: impl Fn() + 'static)
where
    E: Endpoint,
    E::Reply: DeserializeOwned,
{
    let reviewing = work.reviewing;
    if reviewing.busy.get_untracked() {
        return;
    }
    reviewing.busy.set(true);
    reviewing.fault.set(None);
    let id = work.view().case.id.clone();
    // What one does oneself is no news.
    let up_to_date = reviewing.view.with_untracked(|view| {
        view.as_ref().is_some_and(|view| view.look.as_ref().is_some_and(|look| look.seq >= view.seq))
    });
    spawn_local(async move {
        let outcome = api::call(request).await;
        let again = api::call(ReadReview { request: id }).await;
        if reviewing.busy.try_get_untracked().is_none() {
            return;
        }
        take(work, again);
        match outcome {
            Ok(_) => {
                if up_to_date {
                    remember(work);
                }
                done();
            }
            Err(problem) => reviewing.fault.set(Some(said(&problem))),
        }
        reviewing.busy.set(false);
    });
}
