//! What a stream tells of its account: what it is told, and how much of it is unread.

use super::Happened;
use crate::context::Context;
use crate::http::failure::Failure;
use crate::notify::notices;
use shared::api::notices::NoticeEvent;
use shared::kernel::people::Actor;
use sqlx::AnyConnection;

pub struct Addressed {
    /// Number of the last notice told of.
    pub told: u64,
    /// The number told last; `None` at first, so that every stream says it.
    unread: Option<usize>,
}

impl Addressed {
    /// From after notice `told` on, or from now on.
    pub async fn from(
        context: &Context,
        connection: &mut AnyConnection,
        actor: &Actor,
        told: Option<u64>,
    ) -> Result<Addressed, Failure> {
        let told = match told {
            Some(told) => told,
            None => notices::latest(context, connection, &actor.account).await?,
        };
        Ok(Addressed { told, unread: None })
    }

    /// What was told since.
    pub async fn look(
        &mut self,
        context: &Context,
        connection: &mut AnyConnection,
        actor: &Actor,
    ) -> Result<Vec<(u64, Happened)>, Failure> {
        let mut told = Vec::new();
        for (seq, notice) in notices::after(context, &mut *connection, &actor.account, self.told).await? {
            self.told = seq;
            told.push((seq, Happened::Account(NoticeEvent::Told { notice })));
        }
        let unread = notices::unread(context, connection, actor).await?;
        if self.unread != Some(unread) {
            self.unread = Some(unread);
            told.push((self.told, Happened::Account(NoticeEvent::Unread { unread })));
        }
        Ok(told)
    }
}
