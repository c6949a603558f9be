//! The only file that knows the tables `uploads` and `upload_parts`.

use super::rows::stored_hash;
use crate::cases::request_store::{from_i64, to_i64};
use crate::context::Context;
use crate::http::failure::Failure;
use shared::api::attachments::{BeginUpload, UnfinishedUpload};
use shared::kernel::attachment::AttachmentPlace;
use shared::kernel::content_hash::ContentHash;
use shared::kernel::ids::{AccountId, AttachmentId, CaseId};
use shared::kernel::people::Actor;
use shared::kernel::upload::UploadState;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

/// An upload under way.
#[derive(Clone, Debug)]
pub struct UploadRow {
    pub id: AttachmentId,
    pub case: CaseId,
    pub place: AttachmentPlace,
    pub name: String,
    pub hash: ContentHash,
    pub state: UploadState,
    pub by_account: AccountId,
}

impl UploadRow {
    /// Whether this begins the same upload.
    pub fn is_begun_by(&self, actor: &Actor, begin: &BeginUpload) -> bool {
        self.by_account == actor.account
            && self.case == begin.case
            && self.place == begin.place
            && self.name == begin.name
            && self.state.size == begin.size
            && self.hash == begin.hash
    }

    pub fn unfinished(self) -> UnfinishedUpload {
        let UploadRow { id, place, name, hash, state, .. } = self;
        UnfinishedUpload { id, place, name, size: state.size, hash, received: state.received }
    }

    fn read(row: &AnyRow) -> Result<UploadRow, Failure> {
        Ok(UploadRow {
            id: AttachmentId::new(row.try_get::<String, _>("id")?),
            case: CaseId::new(row.try_get::<String, _>("case_id")?),
            place: serde_json::from_str(&row.try_get::<String, _>("place")?)?,
            name: row.try_get("name")?,
            hash: stored_hash(row.try_get("hash")?)?,
            state: UploadState {
                size: from_i64(row.try_get("size")?),
                received: from_i64(row.try_get("received")?),
                part: from_i64(row.try_get("part")?),
            },
            by_account: AccountId::new(row.try_get::<String, _>("by_account")?),
        })
    }
}

/// An upload by its id.
pub async fn upload(
    context: &Context,
    connection: &mut AnyConnection,
    id: &AttachmentId,
) -> Result<Option<UploadRow>, Failure> {
    let row = sqlx::query("select * from uploads where tenant = $1 and id = $2")
        .bind(context.tenant())
        .bind(id.as_str())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(UploadRow::read).transpose()
}

/// The uploads of one person to one case, oldest first.
pub async fn uploads_of(
    context: &Context,
    connection: &mut AnyConnection,
    case: &CaseId,
    account: &AccountId,
) -> Result<Vec<UploadRow>, Failure> {
    let rows = sqlx::query(
        "select * from uploads where tenant = $1 and case_id = $2 and by_account = $3 order by touched, id",
    )
    .bind(context.tenant())
    .bind(case.as_str())
    .bind(account.as_str())
    .fetch_all(connection)
    .await?;
    rows.iter().map(UploadRow::read).collect()
}

/// The uploads that nobody touched since `oldest` (Unix seconds).
pub async fn silent_uploads(
    context: &Context,
    connection: &mut AnyConnection,
    oldest: i64,
) -> Result<Vec<AttachmentId>, Failure> {
    let ids: Vec<String> = sqlx::query_scalar("select id from uploads where tenant = $1 and touched < $2")
        .bind(context.tenant())
        .bind(oldest)
        .fetch_all(connection)
        .await?;
    Ok(ids.into_iter().map(AttachmentId::new).collect())
}

pub async fn insert_upload(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    begin: &BeginUpload,
    state: UploadState,
) -> Result<(), Failure> {
    sqlx::query(
        "insert into uploads (tenant, id, case_id, place, name, size, hash, part, received, by_account, touched) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(context.tenant())
    .bind(begin.attachment.as_str())
    .bind(begin.case.as_str())
    .bind(serde_json::to_string(&begin.place)?)
    .bind(begin.name.as_str())
    .bind(to_i64(state.size))
    .bind(begin.hash.as_str())
    .bind(to_i64(state.part))
    .bind(to_i64(state.received))
    .bind(actor.account.as_str())
    .bind(context.clock().seconds())
    .execute(connection)
    .await?;
    Ok(())
}

/// Hash of the part stored at an offset.
pub async fn part_at(
    context: &Context,
    connection: &mut AnyConnection,
    id: &AttachmentId,
    offset: u64,
) -> Result<Option<ContentHash>, Failure> {
    let found: Option<String> =
        sqlx::query_scalar("select hash from upload_parts where tenant = $1 and upload = $2 and start = $3")
            .bind(context.tenant())
            .bind(id.as_str())
            .bind(to_i64(offset))
            .fetch_optional(connection)
            .await?;
    found.map(stored_hash).transpose()
}

/// Offset and hash of every part, in order.
pub async fn parts(
    context: &Context,
    connection: &mut AnyConnection,
    id: &AttachmentId,
) -> Result<Vec<(u64, ContentHash)>, Failure> {
    let rows: Vec<(i64, String)> = sqlx::query_as(
        "select start, hash from upload_parts where tenant = $1 and upload = $2 order by start",
    )
    .bind(context.tenant())
    .bind(id.as_str())
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(|(start, text)| Ok((from_i64(start), stored_hash(text)?))).collect()
}

/// Adds a part and says how far the upload has come.
pub async fn append_part(
    context: &Context,
    connection: &mut AnyConnection,
    id: &AttachmentId,
    offset: u64,
    hash: &ContentHash,
    received: u64,
) -> Result<(), Failure> {
    sqlx::query("insert into upload_parts (tenant, upload, start, hash) values ($1, $2, $3, $4)")
        .bind(context.tenant())
        .bind(id.as_str())
        .bind(to_i64(offset))
        .bind(hash.as_str())
        .execute(&mut *connection)
        .await?;
    sqlx::query("update uploads set received = $1, touched = $2 where tenant = $3 and id = $4")
        .bind(to_i64(received))
        .bind(context.clock().seconds())
        .bind(context.tenant())
        .bind(id.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// Ends an upload; `false` when it had ended already.
pub async fn delete_upload(
    context: &Context,
    connection: &mut AnyConnection,
    id: &AttachmentId,
) -> Result<bool, Failure> {
    sqlx::query("delete from upload_parts where tenant = $1 and upload = $2")
        .bind(context.tenant())
        .bind(id.as_str())
        .execute(&mut *connection)
        .await?;
    let done = sqlx::query("delete from uploads where tenant = $1 and id = $2")
        .bind(context.tenant())
        .bind(id.as_str())
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// The ids of all uploads under way.
pub async fn upload_ids(
    context: &Context,
    connection: &mut AnyConnection,
) -> Result<Vec<AttachmentId>, Failure> {
    let ids: Vec<String> = sqlx::query_scalar("select id from uploads where tenant = $1")
        .bind(context.tenant())
        .fetch_all(connection)
        .await?;
    Ok(ids.into_iter().map(AttachmentId::new).collect())
}
