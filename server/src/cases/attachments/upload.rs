//! 上传: begin, part after part, finish. What a part does is decided in `shared`; here it is stored before it is
//! acknowledged.
//!
//! Content whose hash is known already is uploaded all the same: else whoever knows a hash would get the file.

use super::access::attachment_access;
use super::rows::{self, AttachmentRow};
use super::scan::scan_held;
use super::sniff::{is_hopeless, sniff};
use super::store::{self, content_key, part_key};
use super::upload_rows::{self, UploadRow};
use crate::context::{Context, Shared};
use crate::kernel::failure::Failure;
use crate::store::audit_trail::AuditRecord;
use bytes::Bytes;
use shared::api::attachments::{Attachment, BeginUpload, FinishUpload, SendPart, UploadProgress};
use shared::api::problem::{Problem, code};
use shared::kernel::attachment::{FileKind, ScanState};
use shared::kernel::content_hash::ContentHash;
use shared::kernel::ids::{AttachmentId, CaseId};
use shared::kernel::people::Actor;
use shared::kernel::upload::{PartStep, ReceivedPart, UploadRefusal, UploadState};
use sqlx::AnyConnection;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Files put together at the same time: each stands in memory as a whole.
static ASSEMBLIES: Semaphore = Semaphore::const_new(2);
/// Longest wait for a turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// `POST …/attachments`: repeating it answers how far the upload has come.
pub async fn begin(context: Shared, actor: Actor, request: BeginUpload) -> Result<UploadProgress, Failure> {
    context.count(&context.upload_rate, &actor.account, "上传")?;
    let mut write = context.db.write(&format!("attachments {}", context.tenant())).await?;
    attachment_access(&context, write.connection(), &actor, &request.case).await?.may_write?;
    let id = &request.attachment;
    if let Some(row) = rows::attachment(&context, write.connection(), id).await? {
        let same = row.case == request.case && row.by_account == actor.account;
        let same = same && row.line.hash == request.hash && row.line.size == request.size;
        return if same { Ok(complete(&context, &row)) } else { Err(UploadRefusal::OtherUpload.into()) };
    }
    if let Some(upload) = upload_rows::upload(&context, write.connection(), id).await? {
        let same = upload.is_begun_by(&actor, &request);
        return if same { Ok(progress(upload.state)) } else { Err(UploadRefusal::OtherUpload.into()) };
    }
    let used = rows::usage(&context, write.connection(), &request.case).await?;
    let limits = &context.attachments.limits;
    limits.check_begin(&request.name, request.size, used)?;
    let state = UploadState { size: request.size, received: 0, part: limits.part };
    upload_rows::insert_upload(&context, write.connection(), &actor, &request, state).await?;
    write.commit_unaudited().await?;
    Ok(progress(state))
}

fn progress(state: UploadState) -> UploadProgress {
    UploadProgress { received: state.received, size: state.size, part: state.part }
}

/// The progress of what is finished.
fn complete(context: &Context, row: &AttachmentRow) -> UploadProgress {
    let size = row.line.size;
    UploadProgress { received: size, size, part: context.attachments.limits.part }
}

/// The person's own upload to a case they may change.
async fn own_upload(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    case: &CaseId,
    id: &AttachmentId,
) -> Result<Option<UploadRow>, Failure> {
    attachment_access(context, connection, actor, case).await?.may_write?;
    let upload = upload_rows::upload(context, connection, id).await?;
    Ok(upload.filter(|upload| upload.case == *case && upload.by_account == actor.account))
}

/// The person's own attachment, where the upload is finished already.
async fn own_attachment(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    case: &CaseId,
    id: &AttachmentId,
) -> Result<AttachmentRow, Failure> {
    let row = rows::attachment(context, connection, id).await?;
    let own = row.filter(|row| row.case == *case && row.by_account == actor.account && !row.removed);
    own.ok_or_else(|| Failure::unknown("次上传；它可能已完成、已移除或过期"))
}

/// `POST …/parts/{offset}`.
pub async fn part(
    context: Shared,
    actor: Actor,
    request: SendPart,
    bytes: Vec<u8>,
) -> Result<UploadProgress, Failure> {
    let SendPart { case, attachment: id, offset, sm3: claimed } = request;
    let size = u64::try_from(bytes.len()).map_err(anyhow::Error::from)?;
    if size > context.attachments.limits.part {
        let detail = format!("一个分片最多 {} KB。", context.attachments.limits.part >> 10);
        return Err(Problem::new(413, code::TOO_LARGE, "内容过大", detail).into());
    }
    let mut connection = context.db.reader().acquire().await?;
    let Some(upload) = own_upload(&context, &mut connection, &actor, &case, &id).await? else {
        let row = own_attachment(&context, &mut connection, &actor, &case, &id).await?;
        return Ok(complete(&context, &row));
    };
    let stored = upload_rows::part_at(&context, &mut connection, &id, offset).await?;
    drop(connection);
    let part = ReceivedPart { offset, size, claimed, found: ContentHash::of(&bytes) };
    if upload.state.decide(&part, stored.as_ref())? == PartStep::Repeat {
        return Ok(progress(upload.state));
    }
    if offset == 0 && is_hopeless(&bytes) {
        discard(&context, &id).await?;
        return Err(UploadRefusal::Kind { accepted: context.attachments.limits.accepted() }.into());
    }
    context
        .attachments
        .store
        .put(&part_key(context.tenant(), &id, offset, &part.found), Bytes::from(bytes))
        .await?;
    let mut write = context.db.write(&format!("upload {} {id}", context.tenant())).await?;
    // Another part may have come meanwhile.
    let Some(upload) = own_upload(&context, write.connection(), &actor, &case, &id).await? else {
        return Err(Failure::unknown("次上传；它可能已完成、已移除或过期"));
    };
    let stored = upload_rows::part_at(&context, write.connection(), &id, offset).await?;
    let mut state = upload.state;
    if let PartStep::Append { received } = state.decide(&part, stored.as_ref())? {
        upload_rows::append_part(&context, write.connection(), &id, offset, &part.found, received).await?;
        write.commit_unaudited().await?;
        state.received = received;
    }
    Ok(progress(state))
}

/// `POST …/finish`.
pub async fn finish(context: Shared, actor: Actor, request: FinishUpload) -> Result<Attachment, Failure> {
    let FinishUpload { case, attachment: id } = request;
    let mut connection = context.db.reader().acquire().await?;
    let Some(upload) = own_upload(&context, &mut connection, &actor, &case, &id).await? else {
        return Ok(own_attachment(&context, &mut connection, &actor, &case, &id).await?.line);
    };
    upload.state.check_complete()?;
    let parts = upload_rows::parts(&context, &mut connection, &id).await?;
    drop(connection);
    let permit = tokio::time::timeout(PATIENCE, ASSEMBLIES.acquire()).await;
    let permit = permit.map_err(|_| Failure::try_later(10))?.map_err(anyhow::Error::from)?;
    let (bytes, kind) = match assemble(&context, &upload, parts).await? {
        Ok(sound) => sound,
        Err(refusal) => {
            discard(&context, &id).await?;
            return Err(refusal.into());
        }
    };
    let row = file(&context, &actor, &upload, bytes, kind).await?;
    drop(permit);
    if let Err(failure) = context.attachments.store.delete_below(&store::parts(context.tenant(), &id)).await {
        tracing::warn!(?failure, upload = %id, "parts are left for the sweep");
    }
    if row.line.state == ScanState::Held {
        // Whether or not the scanner answers, the attachment is stored.
        if let Err(failure) = scan_held(&context, &row).await {
            tracing::warn!(?failure, attachment = %id, "an attachment was not scanned");
        }
        let mut connection = context.db.reader().acquire().await?;
        let row = own_attachment(&context, &mut connection, &actor, &case, &id).await?;
        return match row.line.threat {
            Some(threat) => Err(UploadRefusal::Infected { name: row.line.name, threat }.into()),
            None => Ok(row.line),
        };
    }
    Ok(row.line)
}

/// The whole file and its type, or why it is not accepted.
async fn assemble(
    context: &Context,
    upload: &UploadRow,
    parts: Vec<(u64, ContentHash)>,
) -> Result<Result<(Bytes, FileKind), UploadRefusal>, Failure> {
    let mut whole = Vec::with_capacity(usize::try_from(upload.state.size).map_err(anyhow::Error::from)?);
    for (offset, hash) in parts {
        let key = part_key(context.tenant(), &upload.id, offset, &hash);
        // A part that is lost shows in the hash of the whole.
        if let Some(bytes) = context.attachments.store.get(&key).await? {
            whole.extend_from_slice(&bytes);
        }
    }
    let expected = upload.hash.clone();
    let looked_at = tokio::task::spawn_blocking(move || {
        let whole = Bytes::from(whole);
        if ContentHash::of(&whole) != expected {
            return Err(UploadRefusal::AlteredWhole);
        }
        let found = sniff(&whole)?;
        Ok((whole, found))
    });
    let found = looked_at.await.unwrap_or_else(|panic| {
        tracing::error!(%panic, "a file stopped the look at its type");
        Err(UploadRefusal::Damaged)
    });
    Ok(found.and_then(|(whole, found)| {
        context.attachments.limits.check_kind(&upload.name, found).map(|kind| (whole, kind))
    }))
}

/// Stores the content, then the row: a row is never without its content.
async fn file(
    context: &Context,
    actor: &Actor,
    upload: &UploadRow,
    bytes: Bytes,
    kind: FileKind,
) -> Result<AttachmentRow, Failure> {
    let key = content_key(context.tenant(), &upload.hash);
    loop {
        context.attachments.store.put(&key, bytes.clone()).await?;
        let mut write = context.db.write(&format!("attachments {}", context.tenant())).await?;
        write.lock(&format!("content {} {}", context.tenant(), upload.hash)).await?;
        // Somebody may have removed the last other attachment with this content, and the content with it.
        if !context.attachments.store.exists(&key).await? {
            continue;
        }
        let (case, id) = (&upload.case, &upload.id);
        if own_upload(context, write.connection(), actor, case, id).await?.is_none() {
            return own_attachment(context, write.connection(), actor, case, id).await;
        }
        let held = context.attachments.scanner.is_some();
        let line = Attachment {
            id: id.clone(),
            place: upload.place.clone(),
            name: upload.name.clone(),
            size: upload.state.size,
            hash: upload.hash.clone(),
            kind,
            state: if held { ScanState::Held } else { ScanState::Clear },
            threat: None,
            by: actor.name.clone(),
            at: context.clock().stamp().to_string(),
        };
        rows::insert(context, write.connection(), actor, upload, &line).await?;
        upload_rows::delete_upload(context, write.connection(), id).await?;
        let entry = AuditRecord::by(actor, context.clock().stamp(), "attachment.add", case.as_str());
        write.commit(entry.detail(format!("附件“{}”（{}）", line.name, line.hash))).await?;
        let (case, by_account, office) = (case.clone(), actor.account.clone(), actor.role.office());
        return Ok(AttachmentRow { case, line, by_account, office, frozen: false, removed: false });
    }
}

/// Throws an upload away with all its parts.
pub async fn discard(context: &Context, id: &AttachmentId) -> Result<(), Failure> {
    let mut write = context.db.write(&format!("upload {} {id}", context.tenant())).await?;
    upload_rows::delete_upload(context, write.connection(), id).await?;
    write.commit_unaudited().await?;
    context.attachments.store.delete_below(&store::parts(context.tenant(), id)).await
}
