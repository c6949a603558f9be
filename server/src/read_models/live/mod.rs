//! 实时更新: the stream of one window. A change only wakes the stream; it then reads the database after the numbers it
//! sent last. Nothing is missed, doubled or out of order, through whichever server the change came.

mod account;
mod request;

use crate::context::Shared;
use crate::http::caller::Subscriber;
use crate::kernel::failure::Failure;
use crate::store::change_bus;
use account::AccountFeed;
use futures_util::{Stream, stream};
use request::RequestFeed;
use shared::api::live::{OpenStream, WindowEvent};
use shared::kernel::people::Actor;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::watch;

/// A stream also reads at this interval, to notice the end of its session and a wake-up that was lost.
const POLL_INTERVAL: Duration = Duration::from_secs(30);

/// One open stream.
struct Window {
    context: Shared,
    subscriber: Subscriber,
    account: AccountFeed,
    request: Option<RequestFeed>,
    /// Events to send, each with its id.
    pending: VecDeque<(String, WindowEvent)>,
    account_changed: watch::Receiver<()>,
    request_changed: Option<watch::Receiver<()>>,
    closing: watch::Receiver<bool>,
}

/// `GET /api/live`.
pub async fn open(
    context: Shared,
    subscriber: Subscriber,
    opened: OpenStream,
) -> Result<impl Stream<Item = (String, WindowEvent)> + use<>, Failure> {
    let resumed = event_numbers(&subscriber.last_event_id)?;
    let since = event_numbers(&opened.since)?;
    let actor = &subscriber.actor;
    let mut connection = context.db.reader().acquire().await?;
    let notice = resumed.or(since).map(|(notice, _)| notice);
    let account = AccountFeed::from(&context, &mut connection, actor, notice).await?;
    let request = match opened.request {
        Some(request) => {
            let seq = resumed.map_or(opened.after, |(_, seq)| seq);
            Some(RequestFeed::from(&context, &mut connection, actor, request, seq).await?)
        }
        None => None,
    };
    drop(connection);
    let (hub, tenant) = (context.db.hub(), context.tenant());
    let window = Window {
        account_changed: hub.listen(&change_bus::account(tenant, &actor.account)),
        request_changed: request.as_ref().map(|of| hub.listen(&change_bus::request(tenant, &of.request))),
        closing: hub.closing(),
        subscriber,
        account,
        request,
        pending: VecDeque::new(),
        context,
    };
    Ok(stream::unfold(window, |mut window| async move {
        let event = window.next().await?;
        Some((event, window))
    }))
}

/// The numbers of an event id, `NOTICE.OPERATION`; `None` for an empty one.
fn event_numbers(id: &str) -> Result<Option<(u64, u64)>, Failure> {
    if id.is_empty() {
        return Ok(None);
    }
    let numbers =
        id.split_once('.').and_then(|(notice, seq)| Some((notice.parse().ok()?, seq.parse().ok()?)));
    let numbers = numbers
        .ok_or_else(|| Failure::malformed(422, "`Last-Event-ID` 与 `since` 应为两个非负整数，以点相连。"))?;
    Ok(Some(numbers))
}

impl Window {
    /// The next event. `None` ends the stream, because the session is over or the server closes; the browser then
    /// reconnects and learns why.
    async fn next(&mut self) -> Option<(String, WindowEvent)> {
        loop {
            if *self.closing.borrow() {
                return None;
            }
            if let Some(event) = self.pending.pop_front() {
                return Some(event);
            }
            self.account_changed.mark_unchanged();
            if let Some(changed) = &mut self.request_changed {
                changed.mark_unchanged();
            }
            let actor = self.subscriber.current(&self.context).await.ok()??;
            self.read(&actor).await.ok()?;
            if !self.pending.is_empty() {
                continue;
            }
            tokio::select! {
                changed = self.account_changed.changed() => changed.ok()?,
                changed = changed_or_never(&mut self.request_changed) => changed.ok()?,
                closing = self.closing.changed() => closing.ok()?,
                () = tokio::time::sleep(POLL_INTERVAL) => {}
            }
        }
    }

    /// Reads what happened since the last read.
    async fn read(&mut self, actor: &Actor) -> Result<(), Failure> {
        let mut connection = self.context.db.reader().acquire().await?;
        let seq = self.request.as_ref().map_or(0, |of| of.seq);
        for (notice, event) in self.account.read(&self.context, &mut connection, actor).await? {
            self.pending.push_back((format!("{notice}.{seq}"), WindowEvent::Account(event)));
        }
        let notice = self.account.notice;
        if let Some(request) = &mut self.request {
            for (seq, event) in request.read(&self.context, &mut connection, actor).await? {
                self.pending.push_back((format!("{notice}.{seq}"), WindowEvent::Request(event)));
            }
        }
        Ok(())
    }
}

async fn changed_or_never(changed: &mut Option<watch::Receiver<()>>) -> Result<(), watch::error::RecvError> {
    match changed {
        Some(changed) => changed.changed().await,
        None => std::future::pending().await,
    }
}
