//! The part of a stream about its account: its notices and how many of them are unread.

use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::notify::notices;
use shared::api::notices::NoticeEvent;
use shared::kernel::people::Actor;
use sqlx::AnyConnection;

pub struct AccountFeed {
    /// Number of the last notice sent.
    pub notice: u64,
    /// The number of unread notices sent last; `None` at first, so that every stream sends it.
    unread: Option<usize>,
}

impl AccountFeed {
    /// Starts after notice `after`, or from now on.
    pub async fn from(
        context: &Context,
        connection: &mut AnyConnection,
        actor: &Actor,
        after: Option<u64>,
    ) -> Result<AccountFeed, Failure> {
        let notice = match after {
            Some(notice) => notice,
            None => notices::latest(context, connection, &actor.account).await?,
        };
        Ok(AccountFeed { notice, unread: None })
    }

    /// What happened since the last read, each with the number of the last notice.
    pub async fn read(
        &mut self,
        context: &Context,
        connection: &mut AnyConnection,
        actor: &Actor,
    ) -> Result<Vec<(u64, NoticeEvent)>, Failure> {
        let mut events = Vec::new();
        for (seq, notice) in notices::after(context, &mut *connection, &actor.account, self.notice).await? {
            self.notice = seq;
            events.push((seq, NoticeEvent::Arrived { notice }));
        }
        let unread = crate::read_models::notices::unread(context, connection, actor).await?;
        if self.unread != Some(unread) {
            self.unread = Some(unread);
            events.push((self.notice, NoticeEvent::Unread { unread }));
        }
        Ok(events)
    }
}
