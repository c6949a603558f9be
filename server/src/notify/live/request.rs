//! What a stream tells of the request its window has open: every edit and every step of the case.

use super::Happened;
use crate::cases::request_store;
use crate::cases::review;
use crate::context::Context;
use crate::documents::operations;
use crate::http::failure::Failure;
use shared::api::live::LiveEvent;
use shared::cases::authority::permit;
use shared::cases::kernel::Verb;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Actor;
use sqlx::AnyConnection;

pub struct Requested {
    pub request: CaseId,
    /// Number of the last operation told of.
    pub seq: u64,
    /// The revision told last; `None` at first, so that every stream says where the case stands.
    revision: Option<u64>,
    /// The review's entry told last.
    reviewed: u64,
}

impl Requested {
    /// From after operation `seq` on, for whoever may read the request.
    pub async fn from(
        context: &Context,
        connection: &mut AnyConnection,
        actor: &Actor,
        request: CaseId,
        seq: u64,
    ) -> Result<Requested, Failure> {
        let case = request_store::visible(context, connection, actor, request.as_str()).await?.case;
        permit(actor, &case, Verb::Read, context.clock().today())?;
        Ok(Requested { request, seq, revision: None, reviewed: 0 })
    }

    /// What happened since.
    pub async fn look(
        &mut self,
        context: &Context,
        connection: &mut AnyConnection,
        actor: &Actor,
    ) -> Result<Vec<(u64, Happened)>, Failure> {
        let mut told = Vec::new();
        let case =
            request_store::visible(context, &mut *connection, actor, self.request.as_str()).await?.case;
        if shared::cases::request::sees_live(actor, &case) {
            let entries =
                operations::after(context.tenant(), &mut *connection, &self.request, self.seq).await?;
            for entry in entries {
                self.seq = entry.seq;
                told.push((entry.seq, Happened::Request(LiveEvent::Edited { entry })));
            }
        }
        if self.revision != Some(case.revision) {
            self.revision = Some(case.revision);
            let moved = LiveEvent::Moved { revision: case.revision, stage: case.stage };
            told.push((self.seq, Happened::Request(moved)));
        }
        let reviewed = review::latest(context.tenant(), connection, &self.request).await?;
        if self.reviewed != reviewed {
            self.reviewed = reviewed;
            told.push((self.seq, Happened::Request(LiveEvent::Reviewed { seq: reviewed })));
        }
        Ok(told)
    }
}
