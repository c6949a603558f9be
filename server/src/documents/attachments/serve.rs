//! 清单、移除与下载. A file is served under a policy that keeps it from being a page of this site, whatever it holds.

use super::access::attachment_access;
use super::rows::{self, AttachmentRow};
use super::scan::{Scanned, scan_held};
use super::store::content_key;
use super::sweep::release;
use super::upload::discard;
use super::upload_rows;
use crate::audit::trail::AuditRecord;
use crate::context::Context;
use crate::http::failure::Failure;
use crate::http::routing::Shared;
use axum::body::{Body, Bytes};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use futures_util::stream::try_unfold;
use futures_util::{Stream, TryStreamExt};
use shared::api::attachments::{AttachmentList, ReadAttachments, RemoveAttachment};
use shared::kernel::attachment::{FileKind, ScanState};
use shared::kernel::content_hash::{ContentHash, ContentHasher};
use shared::kernel::ids::{AttachmentId, CaseId};
use shared::kernel::people::Actor;
use shared::kernel::refusal::Refusal;
use shared::kernel::upload::UploadRefusal;

/// No script, no form, no origin of ours, nothing loaded.
const SANDBOX: &str = "sandbox; default-src 'none'";
/// The same inside a frame of our own page, where the browser's viewer shows a PDF. A `sandbox` attribute on the frame would
/// keep Chromium's viewer from starting; this header does not.
const FRAMED: &str = "sandbox; default-src 'none'; frame-ancestors 'self'";

/// How a file is handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Serving {
    /// To be saved.
    Download,
    /// In the page; pictures and PDF only.
    Preview,
}

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

/// `GET …/file` and `GET …/preview`.
pub async fn file(
    context: &Context,
    actor: &Actor,
    case: &CaseId,
    id: &AttachmentId,
    serving: Serving,
) -> Result<Response, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    attachment_access(context, &mut connection, actor, case).await?;
    let row = rows::attachment(context, &mut connection, id).await?;
    drop(connection);
    let row = row.filter(|row| row.case == *case && (!row.removed || row.frozen));
    let row = row.ok_or_else(|| Failure::unknown("个附件"))?;
    require_clear(context, &row).await?;
    let line = row.line;
    if serving == Serving::Preview && !line.kind.is_previewable() {
        return Err(Failure::unknown("个预览；这种文件请下载后打开"));
    }
    let content = context.attachments.store.read(&content_key(context.tenant(), &line.hash)).await?;
    let headers = headers(&line.name, line.kind, line.size, serving)?;
    Ok((headers, Body::from_stream(verified(Box::pin(content), line.hash))).into_response())
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

fn headers(name: &str, kind: FileKind, size: u64, serving: Serving) -> Result<HeaderMap, Failure> {
    let way = if serving == Serving::Preview { "inline" } else { "attachment" };
    let extension = kind.extensions().first().copied().unwrap_or_default();
    let encoded = shared::api::escaped(name);
    // The plain name is for programs that know no `filename*` (RFC 6266).
    let disposition = format!("{way}; filename=\"attachment.{extension}\"; filename*=UTF-8''{encoded}");
    let disposition = HeaderValue::from_str(&disposition).map_err(anyhow::Error::from)?;
    let framed = serving == Serving::Preview && kind == FileKind::Pdf;
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind.media_type()));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(size));
    headers.insert(CONTENT_DISPOSITION, disposition);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    let policy = if framed { FRAMED } else { SANDBOX };
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    if framed {
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    }
    Ok(headers)
}

type Piece = std::io::Result<Bytes>;

/// The content as it comes, the last piece only after the whole was hashed: altered content never arrives complete.
fn verified<S>(content: S, expected: ContentHash) -> impl Stream<Item = Piece>
where
    S: Stream<Item = Piece> + Unpin,
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
        let pieces: Vec<Piece> = pieces.iter().map(|piece| Ok(Bytes::from_static(piece))).collect();
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
