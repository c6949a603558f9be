//! The stream of one request: everyone who has it open hears of every edit and every step of the case.

use super::{Feed, Told, listener, resumed, serve};
use crate::cases;
use crate::context::Context;
use crate::failure::Failure;
use crate::hub;
use crate::mount::Shared;
use crate::{operations, review};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use shared::api::live::LiveEvent;
use shared::ids::RequestId;
use shared::people::Actor;
use shared::workflow::authority::{self, permit};
use shared::workflow::language::Verb;
use std::collections::BTreeMap;

struct Requested {
    request: RequestId,
    seq: u64,
    /// The revision told last; `None` at first, so that every stream begins by saying where the case stands.
    revision: Option<u64>,
    /// The review's entry told last.
    reviewed: u64,
}

/// `GET …/stream?after=`.
pub async fn stream(
    State(context): State<Shared>,
    request: Result<Path<String>, PathRejection>,
    query: Result<Query<BTreeMap<String, String>>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let request = request.map(|Path(text)| RequestId::new(text)).ok().filter(RequestId::well_formed);
    let request = request.ok_or_else(|| Failure::unknown("份申请"))?;
    let Query(query) = query.map_err(|_| Failure::malformed(400, "查询参数不合要求。"))?;
    let (token, actor) = listener(&context, &headers).await?;
    let mut connection = context.db.reader().acquire().await?;
    let case = cases::visible(&context, &mut connection, &actor, request.as_str()).await?.case;
    permit(&actor, &case, Verb::Read, context.clock().today())?;
    drop(connection);
    let after = resumed(&headers).or_else(|| query.get("after").map(String::as_str)).unwrap_or("0");
    let seq = after.parse().map_err(|_| Failure::malformed(422, "`after` 应为非负整数。"))?;
    let subject = hub::request(context.tenant(), &request);
    Ok(serve(context, token, &subject, Requested { request, seq, revision: None, reviewed: 0 }))
}

impl Feed for Requested {
    type Event = LiveEvent;

    async fn look(&mut self, context: &Context, actor: &Actor) -> Result<Option<Told<LiveEvent>>, Failure> {
        let mut told = Told::new();
        let mut connection = context.db.reader().acquire().await?;
        let case = cases::visible(context, &mut connection, actor, self.request.as_str()).await?.case;
        if authority::sees_live(actor, &case) {
            let entries =
                operations::after(context.tenant(), &mut connection, &self.request, self.seq).await?;
            for entry in entries {
                self.seq = entry.seq;
                told.push_back((entry.seq, LiveEvent::Edited { entry }));
            }
        }
        if self.revision != Some(case.revision) {
            self.revision = Some(case.revision);
            let moved = LiveEvent::Moved { revision: case.revision, stage: case.stage };
            told.push_back((self.seq, moved));
        }
        let reviewed = review::latest(context.tenant(), &mut connection, &self.request).await?;
        if self.reviewed != reviewed {
            self.reviewed = reviewed;
            told.push_back((self.seq, LiveEvent::Reviewed { seq: reviewed }));
        }
        Ok(Some(told))
    }
}
