//! The only file that knows the table `attachments`.

use super::upload_rows::UploadRow;
use crate::cases::request_store::{from_i64, to_i64};
use crate::context::Context;
use crate::http::failure::Failure;
use anyhow::{Context as _, anyhow};
use shared::api::attachments::Attachment;
use shared::kernel::attachment::{FileKind, ScanState, Usage};
use shared::kernel::content_hash::ContentHash;
use shared::kernel::ids::{AccountId, AttachmentId, CaseId};
use shared::kernel::people::{Actor, Office, Role};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use std::collections::BTreeSet;

/// A stored attachment.
#[derive(Clone, Debug)]
pub struct AttachmentRow {
    pub case: CaseId,
    pub line: Attachment,
    pub by_account: AccountId,
    /// Office that attached it, and that may remove it.
    pub office: Office,
    pub frozen: bool,
    pub removed: bool,
}

impl AttachmentRow {
    fn read(row: &AnyRow) -> Result<AttachmentRow, Failure> {
        let word = |column: &str| row.try_get::<String, _>(column);
        let (kind, state, role) = (word("kind")?, word("state")?, word("by_role")?);
        let unknown = |word: &str| anyhow!("an attachment's row says {word:?}");
        Ok(AttachmentRow {
            case: CaseId::new(word("case_id")?),
            line: Attachment {
                id: AttachmentId::new(word("id")?),
                place: serde_json::from_str(&word("place")?)?,
                name: word("name")?,
                size: from_i64(row.try_get("size")?),
                hash: stored_hash(word("hash")?)?,
                kind: FileKind::from_word(&kind).ok_or_else(|| unknown(&kind))?,
                state: ScanState::from_word(&state).ok_or_else(|| unknown(&state))?,
                threat: row.try_get("threat")?,
                by: word("by_name")?,
                at: word("at")?,
            },
            by_account: AccountId::new(word("by_account")?),
            office: Role::from_word(&role).ok_or_else(|| unknown(&role))?.office(),
            frozen: row.try_get::<Option<i64>, _>("frozen_version")?.is_some(),
            removed: row.try_get::<Option<String>, _>("removed_at")?.is_some(),
        })
    }
}

/// A hash as it is stored.
pub fn stored_hash(text: String) -> Result<ContentHash, Failure> {
    Ok(ContentHash::try_from(text).map_err(anyhow::Error::msg).context("a stored hash")?)
}

/// What is attached and under way, for the quotas. What a version froze takes room after it was removed, too.
pub async fn usage(
    context: &Context,
    connection: &mut AnyConnection,
    case: &CaseId,
) -> Result<Usage, Failure> {
    let used: (i64, i64, i64) = sqlx::query_as(
        "select cast(coalesce(sum(case when case_id = $1 then live else 0 end), 0) as bigint), \
         cast(coalesce(sum(case when case_id = $1 then live * size else 0 end), 0) as bigint), \
         cast(coalesce(sum(size), 0) as bigint) from (\
         select case_id, size, case when removed_at is null then 1 else 0 end as live from attachments \
         where tenant = $2 and state <> 'infected' and (removed_at is null or frozen_version is not null) \
         union all select case_id, size, 1 as live from uploads where tenant = $2) as used",
    )
    .bind(case.as_str())
    .bind(context.tenant())
    .fetch_one(connection)
    .await?;
    let (case_count, case_bytes, tenant_bytes) = used;
    Ok(Usage {
        case_count: from_i64(case_count),
        case_bytes: from_i64(case_bytes),
        tenant_bytes: from_i64(tenant_bytes),
    })
}

/// Makes an attachment of an upload.
pub async fn insert(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    upload: &UploadRow,
    line: &Attachment,
) -> Result<(), Failure> {
    sqlx::query(
        "insert into attachments (tenant, id, case_id, place, name, size, hash, kind, state, by_account, by_name, \
         by_role, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(context.tenant())
    .bind(line.id.as_str())
    .bind(upload.case.as_str())
    .bind(serde_json::to_string(&line.place)?)
    .bind(line.name.as_str())
    .bind(to_i64(line.size))
    .bind(line.hash.as_str())
    .bind(line.kind.word())
    .bind(line.state.word())
    .bind(actor.account.as_str())
    .bind(line.by.as_str())
    .bind(actor.role.word())
    .bind(line.at.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

/// An attachment by its id, removed or not.
pub async fn attachment(
    context: &Context,
    connection: &mut AnyConnection,
    id: &AttachmentId,
) -> Result<Option<AttachmentRow>, Failure> {
    let row = sqlx::query("select * from attachments where tenant = $1 and id = $2")
        .bind(context.tenant())
        .bind(id.as_str())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(AttachmentRow::read).transpose()
}

/// The attachments of a case that nobody removed, oldest first.
pub async fn of_case(
    context: &Context,
    connection: &mut AnyConnection,
    case: &CaseId,
) -> Result<Vec<AttachmentRow>, Failure> {
    let rows = sqlx::query(
        "select * from attachments where tenant = $1 and case_id = $2 and removed_at is null order by at, id",
    )
    .bind(context.tenant())
    .bind(case.as_str())
    .fetch_all(connection)
    .await?;
    rows.iter().map(AttachmentRow::read).collect()
}

/// The attachments that wait for the scanner, oldest first.
pub async fn held(context: &Context, connection: &mut AnyConnection) -> Result<Vec<AttachmentRow>, Failure> {
    let rows = sqlx::query(
        "select * from attachments where tenant = $1 and state = 'held' and removed_at is null order by at, id",
    )
    .bind(context.tenant())
    .fetch_all(connection)
    .await?;
    rows.iter().map(AttachmentRow::read).collect()
}

/// Writes what the scanner found; `false` when another server was quicker.
pub async fn record_scan(
    context: &Context,
    connection: &mut AnyConnection,
    id: &AttachmentId,
    state: ScanState,
    threat: Option<&str>,
) -> Result<bool, Failure> {
    let done = sqlx::query(
        "update attachments set state = $1, threat = $2, scanned_at = $3 \
         where tenant = $4 and id = $5 and state = 'held'",
    )
    .bind(state.word())
    .bind(threat)
    .bind(context.clock().stamp().to_string())
    .bind(context.tenant())
    .bind(id.as_str())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes an attachment off its case; `false` when it was off already.
pub async fn remove(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    id: &AttachmentId,
) -> Result<bool, Failure> {
    let done = sqlx::query(
        "update attachments set removed_at = $1, removed_by = $2 \
         where tenant = $3 and id = $4 and removed_at is null",
    )
    .bind(context.clock().stamp().to_string())
    .bind(actor.name.as_str())
    .bind(context.tenant())
    .bind(id.as_str())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Marks every attachment of a case that nobody removed as frozen.
pub async fn mark_frozen(
    context: &Context,
    connection: &mut AnyConnection,
    case: &CaseId,
    version: u32,
) -> Result<(), Failure> {
    sqlx::query(
        "update attachments set frozen_version = $1 where tenant = $2 and case_id = $3 and state = 'clear' \
         and removed_at is null and frozen_version is null",
    )
    .bind(i64::from(version))
    .bind(context.tenant())
    .bind(case.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether some attachment needs this content.
pub async fn is_needed(
    context: &Context,
    connection: &mut AnyConnection,
    hash: &ContentHash,
) -> Result<bool, Failure> {
    let needed: i64 = sqlx::query_scalar(
        "select count(*) from attachments where tenant = $1 and hash = $2 and state <> 'infected' \
         and (removed_at is null or frozen_version is not null)",
    )
    .bind(context.tenant())
    .bind(hash.as_str())
    .fetch_one(connection)
    .await?;
    Ok(needed > 0)
}

/// The hashes of all content that some attachment needs.
pub async fn needed_hashes(
    context: &Context,
    connection: &mut AnyConnection,
) -> Result<BTreeSet<String>, Failure> {
    let hashes: Vec<String> = sqlx::query_scalar(
        "select distinct hash from attachments where tenant = $1 and state <> 'infected' \
         and (removed_at is null or frozen_version is not null)",
    )
    .bind(context.tenant())
    .fetch_all(connection)
    .await?;
    Ok(hashes.into_iter().collect())
}
