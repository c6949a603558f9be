//! 实时更新: everyone who has a request open hears at once when it changes. A change only wakes the streams; each
//! then reads the log after its own last number, so nothing is missed, doubled or out of order, and a change made
//! through another node is found by looking every few seconds.

use crate::cases;
use crate::context::Context;
use crate::failure::Failure;
use crate::mount::{Shared, session_token};
use crate::{operations, sessions};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use shared::api::live::LiveEvent;
use shared::ids::RequestId;
use shared::workflow::authority::{self, permit};
use shared::workflow::language::Verb;
use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// How often a stream looks by itself.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Wakes the streams of a request.
#[derive(Default)]
pub struct Hub {
    requests: Mutex<BTreeMap<RequestId, watch::Sender<u64>>>,
    closing: watch::Sender<bool>,
}

impl Hub {
    pub fn changed(&self, request: &RequestId) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody listening any more: forget it.
        requests.retain(|_, sender| sender.receiver_count() > 0);
        if let Some(sender) = requests.get(request) {
            sender.send_modify(|n| *n += 1);
        }
    }

    fn listen(&self, request: &RequestId) -> watch::Receiver<u64> {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.entry(request.clone()).or_default().subscribe()
    }

    /// Ends all streams, so that a graceful shutdown does not wait for them.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }
}

struct Listener {
    context: Shared,
    token: String,
    request: RequestId,
    seq: u64,
    /// The revision told last; `None` at first, so that every stream begins by saying where the case stands.
    revision: Option<u64>,
    waiting: VecDeque<(u64, LiveEvent)>,
    changed: watch::Receiver<u64>,
    closing: watch::Receiver<bool>,
}

/// `GET …/stream?after=`.
pub async fn stream(
    State(context): State<Shared>,
    request: Result<Path<String>, PathRejection>,
    query: Result<Query<BTreeMap<String, String>>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let request = request.map(|Path(text)| RequestId::new(text)).ok().filter(RequestId::well_formed);
    let request = request.ok_or_else(|| Failure::unknown("份申请"))?;
    let Query(query) = query.map_err(|_| Failure::malformed(400, "查询参数不合要求。"))?;
    let token = session_token(&context, &headers).ok_or_else(Failure::sign_in)?;
    let actor = sessions::actor(&context, &token).await?.ok_or_else(Failure::sign_in)?;
    let mut connection = context.db.reader().acquire().await?;
    let case = cases::visible(&context, &mut connection, &actor, request.as_str()).await?.case;
    permit(&actor, &case, Verb::Read, context.clock().today())?;
    drop(connection);
    let resumed = headers.get("last-event-id").and_then(|v| v.to_str().ok()).map(str::to_string);
    let after = resumed.or_else(|| query.get("after").cloned()).unwrap_or_else(|| "0".into());
    let seq = after.parse().map_err(|_| Failure::malformed(422, "`after` 应为非负整数。"))?;
    let listener = Listener {
        changed: context.live.listen(&request),
        closing: context.live.closing.subscribe(),
        token,
        request,
        seq,
        revision: None,
        waiting: VecDeque::new(),
        context,
    };
    let events = stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok::<Event, Infallible>(event), listener))
    });
    let stream = Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)));
    // A proxy that collects a reply before passing it on would hold the events back.
    Ok(([("x-accel-buffering", "no")], stream).into_response())
}

impl Listener {
    /// The next event; `None` ends the stream: the session ran out or the server closes. The browser then
    /// connects again and is told why.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if *self.closing.borrow() {
                return None;
            }
            if let Some((seq, event)) = self.waiting.pop_front() {
                let data = serde_json::to_string(&event).ok()?;
                return Some(Event::default().id(seq.to_string()).data(data));
            }
            self.changed.mark_unchanged();
            self.look().await.ok()??;
            if !self.waiting.is_empty() {
                continue;
            }
            tokio::select! {
                changed = self.changed.changed() => changed.ok()?,
                closing = self.closing.changed() => closing.ok()?,
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
    }

    /// Collects what happened since; `None` when this person may no longer listen.
    async fn look(&mut self) -> Result<Option<()>, Failure> {
        let context: &Context = &self.context;
        let Some(actor) = sessions::peek(context, &self.token).await? else { return Ok(None) };
        let mut connection = context.db.reader().acquire().await?;
        let case = cases::visible(context, &mut connection, &actor, self.request.as_str()).await?.case;
        if authority::sees_live(&actor, &case) {
            let entries =
                operations::after(context.tenant(), &mut connection, &self.request, self.seq).await?;
            for entry in entries {
                self.seq = entry.seq;
                self.waiting.push_back((entry.seq, LiveEvent::Edited { entry }));
            }
        }
        if self.revision != Some(case.revision) {
            self.revision = Some(case.revision);
            let moved = LiveEvent::Moved { revision: case.revision, stage: case.stage };
            self.waiting.push_back((self.seq, moved));
        }
        Ok(Some(()))
    }
}
