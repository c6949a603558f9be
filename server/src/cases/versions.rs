//! `GET …/versions/{version}`: a frozen version as it was submitted.

use crate::cases::request_store;
use crate::context::Shared;
use crate::documents::versions::{load, newest_for};
use crate::kernel::failure::Failure;
use shared::api::requests::{FrozenVersion, ReadVersion};
use shared::cases::authority::permit;
use shared::cases::kernel::Verb;
use shared::kernel::people::Actor;

/// `GET …/versions/{version}`.
pub async fn read(context: Shared, actor: Actor, request: ReadVersion) -> Result<FrozenVersion, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let stored = request_store::visible(&context, &mut connection, &actor, request.request.as_str()).await?;
    permit(&actor, &stored.case, Verb::Read, context.clock().today())?;
    if request.version > newest_for(&actor, &stored.case) {
        return Err(Failure::unknown("个版本"));
    }
    let frozen = load(&context, &mut connection, &request.request, request.version).await?;
    frozen.ok_or_else(|| Failure::unknown("个版本"))
}
