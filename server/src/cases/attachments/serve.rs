//! 清单、移除与下载. A file is served under a policy that keeps it from being a page of this site, whatever it holds.

use super::access::attachment_access;
use super::rows::{self, AttachmentRow};
use super::scan::{Scanned, scan_held};
use super::store::content_key;
use super::sweep::release;
use super::upload::discard;
use super::upload_rows;
use crate::context::{Context, Shared};
use crate::http::reply::{Disposition, FilePiece, StoredFile};
use crate::kernel::failure::Failure;
use crate::store::audit_trail::AuditRecord;
use bytes::Bytes;
use futures_util::stream::try_unfold;
use futures_util::{Stream, TryStreamExt};
use shared::api::attachments::{
    AttachmentList, FetchAttachment, PreviewAttachment, ReadAttachments, RemoveAttachment,
};
use shared::kernel::attachment::{FileKind, ScanState};
use shared::kernel::content_hash::{ContentHash, ContentHasher};
use shared::kernel::ids::{AttachmentId, CaseId};
use shared::kernel::people::Actor;
use shared::kernel::refusal::Refusal;
use shared::kernel::upload::UploadRefusal;

/// `GET …/attachments`.
pub async fn list(
    context: Shared,
    actor: Actor,
    request: ReadAttachments,
) -> Result<AttachmentList, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let access = attachment_access(&context, &mut connection, &actor, &request.case).await?;
    let stored = rows::of_case(&context, &mut connection, &request.case).await?;
    let own = upload_rows::uploads_of(&context, &mut connection, &request.case, &actor.account).await?;
    Ok(AttachmentList {
        attachments: stored.into_iter().map(|row| row.line).collect(),
        unfinished: own.into_iter().map(upload_rows::UploadRow::unfinished).collect(),
        may_write: access.may_write.err(),
        limits: context.attachments.limits.clone(),
    })
}

/// `POST …/remove`: what a version froze stays readable there.
pub async fn remove(context: Shared, actor: Actor, request: RemoveAttachment) -> Result<(), Failure> {
    let RemoveAttachment { case, attachment: id } = request;
    let mut write = context.db.write(&format!("attachments {}", context.tenant())).await?;
    attachment_access(&context, write.connection(), &actor, &case).await?.may_write?;
    let upload = upload_rows::upload(&context, write.connection(), &id).await?;
    if upload.is_some_and(|upload| upload.case == case && upload.by_account == actor.account) {
        drop(write);
        return discard(&context, &id).await;
    }
    let row = rows::attachment(&context, write.connection(), &id).await?;
    let row = row.filter(|row| row.case == case).ok_or_else(|| Failure::unknown("个附件"))?;
    if row.office != actor.role.office() {
        let message = format!("这个附件由{}上传，请由其移除。", row.office.label());
        return Err(Refusal::new("attachment.other_office", message).into());
    }
    if !rows::remove(&context, write.connection(), &actor, &id).await? {
        return Ok(());
    }
    let entry = AuditRecord::by(&actor, context.clock().stamp(), "attachment.remove", case.as_str());
    write.commit(entry.detail(format!("附件“{}”（{}）", row.line.name, row.line.hash))).await?;
    release(&context, &row.line.hash).await
}

/// `GET …/file`: to be saved.
pub async fn file(context: Shared, actor: Actor, request: FetchAttachment) -> Result<StoredFile, Failure> {
    open(&context, &actor, &request.case, &request.attachment, Disposition::Saved).await
}

/// `GET …/preview`: in the page.
pub async fn preview(
    context: Shared,
    actor: Actor,
    request: PreviewAttachment,
) -> Result<StoredFile, Failure> {
    open(&context, &actor, &request.case, &request.attachment, Disposition::InPage).await
}

async fn open(
    context: &Context,
    actor: &Actor,
    case: &CaseId,
    id: &AttachmentId,
    shown: Disposition,
) -> Result<StoredFile, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    attachment_access(context, &mut connection, actor, case).await?;
    let row = rows::attachment(context, &mut connection, id).await?;
    drop(connection);
    let row = row.filter(|row| row.case == *case && (!row.removed || row.frozen));
    let row = row.ok_or_else(|| Failure::unknown("个附件"))?;
    require_clear(context, &row).await?;
    let line = row.line;
    let shown = match (shown, line.kind) {
        (Disposition::InPage, kind) if !kind.is_previewable() => {
            return Err(Failure::unknown("个预览；这种文件请下载后打开"));
        }
        (Disposition::InPage, FileKind::Pdf) => Disposition::InFrame,
        (shown, _) => shown,
    };
    let entry = AuditRecord::by(actor, context.clock().stamp(), "download.attachment", case.as_str());
    context.audit(entry.detail(format!("附件“{}”（{}）", line.name, line.hash))).await?;
    let content = context.attachments.store.read(&content_key(context.tenant(), &line.hash)).await?;
    Ok(StoredFile {
        plain_name: format!("attachment.{}", line.kind.extensions().first().copied().unwrap_or_default()),
        name: line.name,
        content_type: line.kind.media_type(),
        size: line.size,
        shown,
        content: Box::pin(verified(Box::pin(content), line.hash)),
    })
}

/// A held attachment is scanned now, so that whoever asks does not wait for the next round.
async fn require_clear(context: &Context, row: &AttachmentRow) -> Result<(), Failure> {
    let line = &row.line;
    let name = line.name.clone();
    let mut state = line.state;
    if state == ScanState::Held
        && let Scanned::Decided(found) = scan_held(context, row).await?
    {
        state = found;
    }
    match state {
        ScanState::Clear => Ok(()),
        ScanState::Held => Err(UploadRefusal::Held { name }.into()),
        ScanState::Infected => {
            let threat = line.threat.clone().unwrap_or_else(|| "病毒".into());
            Err(UploadRefusal::Infected { name, threat }.into())
        }
    }
}

/// The content as it comes, the last piece only after the whole was hashed: altered content never arrives complete.
fn verified<S>(content: S, expected: ContentHash) -> impl Stream<Item = FilePiece>
where
    S: Stream<Item = FilePiece> + Unpin,
{
    let start = (Some(content), ContentHasher::default(), None::<Bytes>);
    try_unfold(start, move |(content, mut hasher, mut waiting)| {
        let expected = expected.clone();
        async move {
            // The last piece was handed on.
            let Some(mut content) = content else { return Ok(None) };
            while let Some(piece) = content.try_next().await? {
                hasher.update(&piece);
                if let Some(ready) = waiting.replace(piece) {
                    return Ok(Some((ready, (Some(content), hasher, waiting))));
                }
            }
            if hasher.clone().finish() != expected {
                tracing::error!(%expected, "the content of an attachment was altered in the store");
                return Err(std::io::Error::other("altered content"));
            }
            Ok(waiting.map(|last| (last, (None, hasher, None))))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    async fn served(pieces: &[&'static [u8]], hash: ContentHash) -> Result<Vec<u8>, std::io::Error> {
        let pieces: Vec<FilePiece> = pieces.iter().map(|piece| Ok(Bytes::from_static(piece))).collect();
        let all: Vec<Bytes> = verified(stream::iter(pieces), hash).try_collect().await?;
        Ok(all.concat())
    }

    #[tokio::test]
    async fn altered_content_never_arrives_complete() {
        let hash = ContentHash::of(b"abcdef");
        assert_eq!(served(&[b"abc", b"def"], hash.clone()).await.unwrap(), b"abcdef");
        assert!(served(&[b"abc", b"dex"], hash.clone()).await.is_err());
        assert!(served(&[b"abc"], hash).await.is_err());
    }
}
