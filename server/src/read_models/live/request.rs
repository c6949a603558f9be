//! What a stream tells of the case its window has open: every edit and every step of the case, as far as this person may
//! see it.

use super::feed::CaseFeed;
use crate::cases::store;
use crate::context::Context;
use crate::kernel::failure::Failure;
use shared::api::live::{LiveEvent, WindowEvent};
use shared::cases::kernel::CaseHead;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Actor;
use sqlx::AnyConnection;
use std::sync::Arc;

pub struct RequestFeed {
    pub request: CaseId,
    /// Number of the last operation sent.
    pub seq: u64,
    feed: Arc<CaseFeed>,
    /// The revision sent last; `None` at first, so that every stream sends it.
    revision: Option<u64>,
    /// Number of the review entry sent last.
    reviewed: u64,
}

impl RequestFeed {
    /// From after operation `seq` on, for whoever may read the case.
    pub async fn from(
        context: &Context,
        connection: &mut AnyConnection,
        actor: &Actor,
        request: CaseId,
        seq: u64,
    ) -> Result<RequestFeed, Failure> {
        let case = store::visible(context, connection, actor, &request).await?;
        case.permit_read(actor, context.clock().today())?;
        let feed = context.case_feeds.of(context, &request);
        Ok(RequestFeed { request, seq, feed, revision: None, reviewed: 0 })
    }

    /// What happened since the last read, each with the number of the last operation; and whether the case moved.
    pub async fn read(
        &mut self,
        context: &Context,
        actor: &Actor,
    ) -> Result<(Vec<(u64, WindowEvent)>, bool), Failure> {
        let mut events = Vec::new();
        let news = self.feed.news(context, self.seq).await?;
        if !news.case.visible_to(actor) {
            return Err(Failure::unknown("份案卷"));
        }
        if news.case.showing_version(actor).is_none() {
            for edit in news.edits {
                self.seq = edit.seq;
                events.push((edit.seq, WindowEvent::Encoded(edit.json)));
            }
        }
        let CaseHead { revision, stage, .. } = news.case.head();
        let moved = self.revision != Some(revision);
        if moved {
            self.revision = Some(revision);
            events.push((self.seq, WindowEvent::Request(LiveEvent::Moved { revision, stage })));
        }
        if self.reviewed != news.reviewed {
            self.reviewed = news.reviewed;
            events.push((self.seq, WindowEvent::Request(LiveEvent::Reviewed { seq: news.reviewed })));
        }
        Ok((events, moved))
    }
}
