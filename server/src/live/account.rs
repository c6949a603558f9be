//! The stream of one account: what it is told, and how much of it is unread.

use super::{Feed, Told, listener, resumed, serve};
use crate::context::Context;
use crate::failure::Failure;
use crate::hub;
use crate::mount::Shared;
use crate::notices;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use shared::api::notices::NoticeEvent;
use shared::ids::AccountId;
use shared::people::Actor;

struct Addressed {
    account: AccountId,
    seq: u64,
    /// The number told last; `None` at first, so that every stream begins with it.
    unread: Option<usize>,
}

/// `GET /api/notices/stream`.
pub async fn stream(State(context): State<Shared>, headers: HeaderMap) -> Result<Response, Failure> {
    let (token, actor) = listener(&context, &headers).await?;
    let seq = match resumed(&headers) {
        Some(after) => {
            after.parse().map_err(|_| Failure::malformed(422, "`Last-Event-ID` 应为非负整数。"))?
        }
        None => {
            let mut connection = context.db.reader().acquire().await?;
            notices::latest(&context, &mut connection, &actor.account).await?
        }
    };
    let subject = hub::account(context.tenant(), &actor.account);
    Ok(serve(context, token, &subject, Addressed { account: actor.account, seq, unread: None }))
}

impl Feed for Addressed {
    type Event = NoticeEvent;

    async fn look(&mut self, context: &Context, actor: &Actor) -> Result<Option<Told<NoticeEvent>>, Failure> {
        if actor.account != self.account {
            return Ok(None);
        }
        let mut told = Told::new();
        let mut connection = context.db.reader().acquire().await?;
        for (seq, notice) in notices::after(context, &mut connection, &self.account, self.seq).await? {
            self.seq = seq;
            told.push_back((seq, NoticeEvent::Told { notice }));
        }
        let unread = notices::unread(context, &mut connection, actor).await?;
        if self.unread != Some(unread) {
            self.unread = Some(unread);
            told.push_back((self.seq, NoticeEvent::Unread { unread }));
        }
        Ok(Some(told))
    }
}
