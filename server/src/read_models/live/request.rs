//! What a stream tells of the case its window has open: every edit and every step of the case.

use crate::cases::review;
use crate::cases::store;
use crate::context::Context;
use crate::documents::operations;
use crate::kernel::failure::Failure;
use shared::api::live::LiveEvent;
use shared::cases::kernel::CaseHead;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Actor;
use sqlx::AnyConnection;

pub struct RequestFeed {
    pub request: CaseId,
    /// Number of the last operation sent.
    pub seq: u64,
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
        Ok(RequestFeed { request, seq, revision: None, reviewed: 0 })
    }

    /// What happened since the last read, each with the number of the last operation.
    pub async fn read(
        &mut self,
        context: &Context,
        connection: &mut AnyConnection,
        actor: &Actor,
    ) -> Result<Vec<(u64, LiveEvent)>, Failure> {
        let mut events = Vec::new();
        let case = store::visible(context, &mut *connection, actor, &self.request).await?;
        if case.showing_version(actor).is_none() {
            let entries =
                operations::after(context.tenant(), &mut *connection, &self.request, self.seq).await?;
            for entry in entries {
                self.seq = entry.seq;
                events.push((entry.seq, LiveEvent::Edited { entry }));
            }
        }
        let CaseHead { revision, stage, .. } = case.head();
        if self.revision != Some(revision) {
            self.revision = Some(revision);
            events.push((self.seq, LiveEvent::Moved { revision, stage }));
        }
        let reviewed = review::latest(context.tenant(), connection, &self.request).await?;
        if self.reviewed != reviewed {
            self.reviewed = reviewed;
            events.push((self.seq, LiveEvent::Reviewed { seq: reviewed }));
        }
        Ok(events)
    }
}
