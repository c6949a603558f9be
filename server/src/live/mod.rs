//! 实时更新: streams that say at once what happened. Whatever happens only wakes them; each then reads the database
//! after its own last number, so nothing is missed, doubled or out of order, whichever node it came through.

pub mod account;
pub mod request;

use crate::context::Context;
use crate::failure::Failure;
use crate::mount::{Shared, session_token};
use crate::sessions;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Serialize;
use shared::people::Actor;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::watch;

/// How often a stream looks by itself: for a session that ran out, and in case a wake was lost.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// What a stream tells, from where it got to.
trait Feed: Send + 'static {
    type Event: Serialize + Send;

    /// What happened since, each with the id a browser comes back with; `None` when this person may no longer
    /// listen.
    fn look(
        &mut self,
        context: &Context,
        actor: &Actor,
    ) -> impl Future<Output = Result<Option<Told<Self::Event>>, Failure>> + Send;
}

type Told<E> = VecDeque<(u64, E)>;

struct Listener<F: Feed> {
    context: Shared,
    token: String,
    feed: F,
    waiting: Told<F::Event>,
    changed: watch::Receiver<()>,
    closing: watch::Receiver<bool>,
}

/// Who asks for a stream, with the token it lives by.
async fn listener(context: &Context, headers: &HeaderMap) -> Result<(String, Actor), Failure> {
    let token = session_token(context, headers).ok_or_else(Failure::sign_in)?;
    let actor = sessions::actor(context, &token).await?.ok_or_else(Failure::sign_in)?;
    Ok((token, actor))
}

/// The number a reconnecting browser got to.
fn resumed(headers: &HeaderMap) -> Option<&str> {
    headers.get("last-event-id")?.to_str().ok()
}

/// Streams a feed, woken by its subject, for as long as the session of `token` lasts.
fn serve<F: Feed>(context: Shared, token: String, subject: &str, feed: F) -> Response {
    let hub = context.db.hub();
    let (changed, closing) = (hub.listen(subject), hub.closing());
    let listener = Listener { context, token, feed, waiting: VecDeque::new(), changed, closing };
    let events = stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok::<Event, Infallible>(event), listener))
    });
    let stream = Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)));
    // A proxy that collects a reply before passing it on would hold the events back.
    ([("x-accel-buffering", "no")], stream).into_response()
}

impl<F: Feed> Listener<F> {
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
            let actor = sessions::peek(&self.context, &self.token).await.ok()??;
            self.waiting = self.feed.look(&self.context, &actor).await.ok()??;
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
}
