//! 实时更新: the stream of a window, which says at once what happened. Whatever happens only wakes it; it then reads the
//! database after its own last numbers, so nothing is missed, doubled or out of order, whichever node it came through.

mod account;
mod request;

use crate::http::failure::Failure;
use crate::http::routing::{Shared, session_token};
use crate::identity::sessions;
use crate::notify::change_bus;
use account::Addressed;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use request::Requested;
use serde::Serialize;
use shared::api::live::LiveEvent;
use shared::api::notices::NoticeEvent;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Actor;
use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::watch;

/// How often a stream looks by itself: for a session that ran out, and in case a wake was lost.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// What an event says, as its `data`.
#[derive(Serialize)]
#[serde(untagged)]
enum Happened {
    Account(NoticeEvent),
    Request(LiveEvent),
}

/// A stream and where it got to.
struct Window {
    context: Shared,
    token: String,
    actor: Actor,
    account: Addressed,
    request: Option<Requested>,
    /// Each with the id a browser comes back with.
    waiting: VecDeque<(String, Happened)>,
    told: watch::Receiver<()>,
    changed: Option<watch::Receiver<()>>,
    closing: watch::Receiver<bool>,
}

/// `GET /api/live?since=&request=&after=`.
pub async fn stream(
    State(context): State<Shared>,
    query: Result<Query<BTreeMap<String, String>>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let token = session_token(&context, &headers).ok_or_else(Failure::sign_in)?;
    let actor = sessions::actor(&context, &token).await?.ok_or_else(Failure::sign_in)?;
    let Query(query) = query.map_err(|_| Failure::malformed(400, "查询参数不合要求。"))?;
    let resumed = got_to(headers.get("last-event-id").and_then(|id| id.to_str().ok()).unwrap_or_default())?;
    let since = got_to(query.get("since").map(String::as_str).unwrap_or_default())?;
    let after = query.get("after").map_or(Ok(0), |after| after.parse());
    let after: u64 = after.map_err(|_| Failure::malformed(422, "`after` 应为非负整数。"))?;
    let mut connection = context.db.reader().acquire().await?;
    let told = resumed.or(since).map(|(told, _)| told);
    let account = Addressed::from(&context, &mut connection, &actor, told).await?;
    let request = match query.get("request").map(|id| CaseId::new(id.clone())) {
        Some(request) if request.well_formed() => {
            let seq = resumed.map_or(after, |(_, seq)| seq);
            Some(Requested::from(&context, &mut connection, &actor, request, seq).await?)
        }
        Some(_) => return Err(Failure::unknown("份申请")),
        None => None,
    };
    drop(connection);
    let (hub, tenant) = (context.db.hub(), context.tenant());
    let window = Window {
        told: hub.listen(&change_bus::account(tenant, &actor.account)),
        changed: request.as_ref().map(|of| hub.listen(&change_bus::request(tenant, &of.request))),
        closing: hub.closing(),
        token,
        actor,
        account,
        request,
        waiting: VecDeque::new(),
        context: context.clone(),
    };
    let events = stream::unfold(window, |mut window| async move {
        let event = window.next().await?;
        Some((Ok::<Event, Infallible>(event), window))
    });
    let stream = Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)));
    // A proxy that collects a reply before passing it on would hold the events back.
    Ok(([("x-accel-buffering", "no")], stream).into_response())
}

/// The numbers of an event id, `NOTICE.OPERATION`; `None` where there is none.
fn got_to(id: &str) -> Result<Option<(u64, u64)>, Failure> {
    if id.is_empty() {
        return Ok(None);
    }
    let numbers = id.split_once('.').and_then(|(told, seq)| Some((told.parse().ok()?, seq.parse().ok()?)));
    let numbers = numbers
        .ok_or_else(|| Failure::malformed(422, "`Last-Event-ID` 与 `since` 应为两个非负整数，以点相连。"))?;
    Ok(Some(numbers))
}

impl Window {
    /// The next event; `None` ends the stream: the session ran out or the server closes. The browser then
    /// connects again and is told why.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if *self.closing.borrow() {
                return None;
            }
            if let Some((id, event)) = self.waiting.pop_front() {
                let data = serde_json::to_string(&event).ok()?;
                return Some(Event::default().id(id).data(data));
            }
            self.told.mark_unchanged();
            if let Some(changed) = &mut self.changed {
                changed.mark_unchanged();
            }
            let actor = sessions::peek(&self.context, &self.token).await.ok()??;
            if actor.account != self.actor.account {
                return None;
            }
            self.look(&actor).await.ok()?;
            if !self.waiting.is_empty() {
                continue;
            }
            tokio::select! {
                told = self.told.changed() => told.ok()?,
                changed = heard(&mut self.changed) => changed.ok()?,
                closing = self.closing.changed() => closing.ok()?,
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
    }

    async fn look(&mut self, actor: &Actor) -> Result<(), Failure> {
        let mut connection = self.context.db.reader().acquire().await?;
        let seq = self.request.as_ref().map_or(0, |of| of.seq);
        for (told, event) in self.account.look(&self.context, &mut connection, actor).await? {
            self.waiting.push_back((format!("{told}.{seq}"), event));
        }
        let told = self.account.told;
        if let Some(request) = &mut self.request {
            for (seq, event) in request.look(&self.context, &mut connection, actor).await? {
                self.waiting.push_back((format!("{told}.{seq}"), event));
            }
        }
        Ok(())
    }
}

/// Waits for a change; without a subject there is never one.
async fn heard(changed: &mut Option<watch::Receiver<()>>) -> Result<(), watch::error::RecvError> {
    match changed {
        Some(changed) => changed.changed().await,
        None => std::future::pending().await,
    }
}
