//! 实时更新: the stream of one window. A change only wakes the stream; it then reads the database after the numbers it
//! sent last. Nothing is missed, doubled or out of order, through whichever server the change came.

mod account;
pub mod feed;
mod request;

use crate::context::Shared;
use crate::http::caller::Subscriber;
use crate::kernel::failure::Failure;
use crate::kernel::places::TakenPlace;
use crate::store::change_bus;
use account::AccountFeed;
use futures_util::{Stream, stream};
use request::RequestFeed;
use shared::api::live::{DeskEvent, OpenStream, WindowEvent};
use shared::kernel::calendar::Date;
use shared::kernel::people::Actor;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::watch;

/// A stream also reads at this interval, to notice the end of its session and a wake-up that was lost.
const POLL_INTERVAL: Duration = Duration::from_secs(30);

/// What a window was last sent of desks.
struct DeskFeed {
    changed: watch::Receiver<()>,
    /// The day on which it was last sent; `None` when it is due.
    sent_on: Option<Date>,
}

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
    /// What waits for whom, for a window that may show a desk: one without a request open.
    desk: Option<DeskFeed>,
    closing: watch::Receiver<bool>,
    /// Number of the last operation put into `pending`, 0 without a request.
    sent_seq: u64,
    /// What is to be read: at first, after a wake-up and at the interval.
    account_due: bool,
    request_due: bool,
    /// Given back when the stream ends.
    _place: TakenPlace,
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
    let of_account = change_bus::account(context.tenant(), &actor.account);
    let place = context.streams.take(actor.account.as_str());
    let place = place.ok_or_else(|| Failure::too_many(5, "同一账号打开的窗口过多，请关闭不用的窗口。"))?;
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
        account_changed: hub.listen(&of_account),
        _place: place,
        request_changed: request.as_ref().map(|of| hub.listen(&change_bus::request(tenant, &of.request))),
        desk: request
            .is_none()
            .then(|| DeskFeed { changed: hub.listen(&change_bus::desks(tenant)), sent_on: None }),
        closing: hub.closing(),
        account_due: true,
        request_due: true,
        sent_seq: request.as_ref().map_or(0, |of| of.seq),
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
            // Before the read: a change that comes meanwhile is read next time.
            let account_due = std::mem::take(&mut self.account_due) | take_change(&mut self.account_changed);
            let request_woke = self.request_changed.as_mut().is_some_and(take_change);
            let request_due = std::mem::take(&mut self.request_due) | request_woke;
            let actor = self.subscriber.current(&self.context).await.ok()??;
            self.read(&actor, account_due, request_due).await.ok()?;
            self.read_desk();
            if !self.pending.is_empty() {
                continue;
            }
            tokio::select! {
                changed = self.account_changed.changed() => {
                    changed.ok()?;
                    self.account_due = true;
                }
                changed = changed_or_never(self.request_changed.as_mut()) => {
                    changed.ok()?;
                    self.request_due = true;
                }
                changed = changed_or_never(self.desk.as_mut().map(|desk| &mut desk.changed)) => {
                    changed.ok()?;
                    if let Some(desk) = &mut self.desk {
                        desk.sent_on = None;
                    }
                }
                closing = self.closing.changed() => closing.ok()?,
                () = tokio::time::sleep(POLL_INTERVAL) => (self.account_due, self.request_due) = (true, true),
            }
        }
    }

    /// Reads what happened since the last read, of what is due. A step of the case can change what is unread, because it ends
    /// a reminder.
    async fn read(&mut self, actor: &Actor, account_due: bool, request_due: bool) -> Result<(), Failure> {
        let mut of_request = (Vec::new(), false);
        if let Some(request) = self.request.as_mut().filter(|_| request_due) {
            of_request = request.read(&self.context, actor).await?;
        }
        let (events, moved) = of_request;
        if account_due || moved {
            let mut connection = self.context.db.reader().acquire().await?;
            let seq = self.sent_seq;
            for (notice, event) in self.account.read(&self.context, &mut connection, actor).await? {
                self.pending.push_back((format!("{notice}.{seq}"), WindowEvent::Account(event)));
            }
        }
        let notice = self.account.notice;
        for (seq, event) in events {
            self.sent_seq = seq;
            self.pending.push_back((format!("{notice}.{seq}"), event));
        }
        Ok(())
    }
}

impl Window {
    /// Says that desks changed: at first, after a wake-up and once on every day.
    fn read_desk(&mut self) {
        let Some(desk) = &mut self.desk else { return };
        let today = self.context.clock().today();
        if take_change(&mut desk.changed) || desk.sent_on != Some(today) {
            desk.sent_on = Some(today);
            let id = format!("{}.{}", self.account.notice, self.sent_seq);
            self.pending.push_back((id, WindowEvent::Desk(DeskEvent::DeskChanged {})));
        }
    }
}

/// Whether it woke since it was last asked.
fn take_change(changed: &mut watch::Receiver<()>) -> bool {
    let has = changed.has_changed().unwrap_or(true);
    changed.mark_unchanged();
    has
}

async fn changed_or_never(changed: Option<&mut watch::Receiver<()>>) -> Result<(), watch::error::RecvError> {
    match changed {
        Some(changed) => changed.changed().await,
        None => std::future::pending().await,
    }
}
