//! The part of a stream about the request its window has open: every edit, every step of the case and of its review.

use crate::cases::request_store;
use crate::cases::review;
use crate::context::Context;
use crate::documents::operations;
use crate::kernel::failure::Failure;
use shared::api::live::LiveEvent;
use shared::cases::authority::permit;
use shared::cases::kernel::Verb;
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
    /// Starts after operation `seq`.
    ///
    /// # Errors
    /// When this person may not read the request.
    pub async fn from(
        context: &Context,
        connection: &mut AnyConnection,
        actor: &Actor,
        request: CaseId,
        seq: u64,
    ) -> Result<RequestFeed, Failure> {
        let case = request_store::visible(context, connection, actor, request.as_str()).await?.case;
        permit(actor, &case, Verb::Read, context.clock().today())?;
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
        let case =
            request_store::visible(context, &mut *connection, actor, self.request.as_str()).await?.case;
        if shared::cases::request::sees_live(actor, &case) {
            let entries =
                operations::after(context.tenant(), &mut *connection, &self.request, self.seq).await?;
            for entry in entries {
                self.seq = entry.seq;
                events.push((entry.seq, LiveEvent::Edited { entry }));
            }
        }
        if self.revision != Some(case.revision) {
            self.revision = Some(case.revision);
            events.push((self.seq, LiveEvent::Moved { revision: case.revision, stage: case.stage }));
        }
        let reviewed = review::latest(context.tenant(), connection, &self.request).await?;
        if self.reviewed != reviewed {
            self.reviewed = reviewed;
            events.push((self.seq, LiveEvent::Reviewed { seq: reviewed }));
        }
        Ok(events)
    }
}
