//! 版本: what a command freezes, and `GET …/versions/{version}`.

use crate::cases::attachments::freeze::freeze;
use crate::cases::{operations, store};
use crate::context::{Context, Shared};
use crate::documents::editions;
use crate::documents::versions::{FrozenSnapshot, Judged, Snapshot, load};
use crate::kernel::failure::Failure;
use shared::api::requests::{FrozenVersion, ReadVersion};
use shared::cases::AnyCase;
use shared::cases::kernel::{CaseKind, Stage};
use shared::kernel::people::Actor;
use shared::policy::editions::Edition;
use sqlx::AnyConnection;
use std::sync::Arc;

/// Judges the live content of a case as its next version would freeze it. Only for a command that freezes: what is
/// attached counts as frozen from now on.
pub async fn judge<K: CaseKind>(
    context: &Context,
    connection: &mut AnyConnection,
    case: &K,
) -> Result<Judged, Failure>
where
    AnyCase: From<K>,
{
    let head = case.head();
    let form = context.forms.of(head.kind)?;
    let case = AnyCase::from(case.clone());
    let judging = judging(context, &mut *connection, &case).await?;
    let edition = judging.code();
    let (_, document) = operations::live(context, connection, &case).await?;
    let attachments = freeze(context, connection, &head.id, head.version.saturating_add(1)).await?;
    let snapshot = Snapshot {
        request: head.id,
        department: head.department,
        definition: form.hash.clone(),
        edition: edition.clone(),
        edition_hash: Some(judging.hash().map_err(anyhow::Error::from)?),
        document,
        attachments,
    };
    let frozen = FrozenSnapshot::of(&snapshot)?;
    let document = Arc::new(snapshot.document);
    let evaluation = form.evaluate(&judging, document.clone()).await?;
    Ok(Judged { evaluation, frozen, definition: form.hash.clone(), edition, document })
}

/// The edition that judges the live content of a case: the one serving its year; for a change of the register the one it
/// is made from, because its year may have none.
pub async fn judging(
    context: &Context,
    connection: &mut AnyConnection,
    case: &AnyCase,
) -> Result<Arc<Edition>, Failure> {
    match case {
        AnyCase::Edition(change) => editions::named(context, connection, &change.base).await,
        // What is with an office is judged as it was frozen.
        AnyCase::Request(request) if !matches!(request.stage, Stage::Draft | Stage::Returned) => {
            let (id, year) = (&request.id, request.fiscal_year);
            editions::of_version(context, connection, id, request.version, year).await
        }
        other => editions::serving(context, connection, other.head().fiscal_year).await,
    }
}

/// `GET …/versions/{version}`: a frozen version as it was submitted.
pub async fn read(context: Shared, actor: Actor, request: ReadVersion) -> Result<FrozenVersion, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let case = store::visible(&context, &mut connection, &actor, &request.request).await?;
    case.permit_read(&actor, context.clock().today())?;
    if request.version > case.showing_version(&actor).unwrap_or(case.head().version) {
        return Err(Failure::unknown("个版本"));
    }
    let frozen = load(&context, &mut connection, &request.request, request.version).await?;
    frozen.ok_or_else(|| Failure::unknown("个版本"))
}
