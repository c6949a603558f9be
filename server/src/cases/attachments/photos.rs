//! 现场照片: the bytes of photos that tablets take, by the SHA-256 of the whole. They stand apart from attachments: their list is the form
//! of the visit.

use super::scan::Verdict;
use super::sniff::sniff;
use crate::context::Context;
use crate::kernel::failure::Failure;
use bytes::Bytes;
use object_store::path::Path;
use shared::kernel::content_hash::ContentHash;
use shared::kernel::hash::sha256_hex;
use shared::kernel::ids::CaseId;
use shared::kernel::upload::UploadRefusal;

/// A photo of a visit by its SHA-256.
#[derive(Clone, Copy, Debug)]
pub struct PhotoKey<'a> {
    pub visit: &'a CaseId,
    pub hash: &'a str,
}

impl PhotoKey<'_> {
    fn whole(&self, tenant: &str) -> Path {
        // Ids of cases may hold any characters.
        let visit = ContentHash::of(self.visit.as_str().as_bytes());
        Path::from_iter([tenant, "photos", visit.as_str(), self.hash])
    }

    fn chunks(&self, tenant: &str) -> Path {
        let visit = ContentHash::of(self.visit.as_str().as_bytes());
        Path::from_iter([tenant, "photo-chunks", visit.as_str(), self.hash])
    }
}

/// Makes a chunk durable.
pub async fn put_chunk(
    context: &Context,
    photo: PhotoKey<'_>,
    (offset, sm3): (u64, &ContentHash),
    bytes: Bytes,
) -> Result<(), Failure> {
    let key = photo.chunks(context.tenant()).join(format!("{offset}-{sm3}"));
    context.attachments.store.put(&key, bytes).await
}

/// Puts the chunks together and stores the photo; `false` when its hash is another. The chunks go in both cases.
///
/// # Errors
/// It is no picture, a scanner found something in it, or the scanner is away.
pub async fn assemble(
    context: &Context,
    photo: PhotoKey<'_>,
    chunks: &[(u64, ContentHash)],
) -> Result<Result<bool, UploadRefusal>, Failure> {
    let (tenant, store) = (context.tenant(), &context.attachments.store);
    let mut whole = Vec::new();
    for (offset, sm3) in chunks {
        // A chunk that is lost shows in the hash of the whole.
        if let Some(bytes) = store.get(&photo.chunks(tenant).join(format!("{offset}-{sm3}"))).await? {
            whole.extend_from_slice(&bytes);
        }
    }
    let is_right = sha256_hex(&whole) == photo.hash;
    let judged = if is_right { check(context, &whole).await? } else { Ok(()) };
    if is_right && judged.is_ok() {
        store.put(&photo.whole(tenant), Bytes::from(whole)).await?;
    }
    Ok(judged.map(|()| is_right))
}

/// Deletes the chunks of a photo that is whole or given up.
pub async fn drop_chunks(context: &Context, photo: PhotoKey<'_>) -> Result<(), Failure> {
    context.attachments.store.delete_below(&photo.chunks(context.tenant())).await
}

/// Only pictures, and nothing the scanner finds.
async fn check(context: &Context, whole: &[u8]) -> Result<Result<(), UploadRefusal>, Failure> {
    let accepted = || UploadRefusal::Kind { accepted: context.attachments.limits.accepted() };
    match sniff(whole) {
        Ok(Some(kind)) if kind.is_picture() => {}
        Ok(_) => return Ok(Err(accepted())),
        Err(refusal) => return Ok(Err(refusal)),
    }
    let Some(scanner) = &context.attachments.scanner else { return Ok(Ok(())) };
    match scanner.scan(whole).await {
        Ok(Verdict::Clean) => Ok(Ok(())),
        Ok(Verdict::Infected(threat)) => {
            Ok(Err(UploadRefusal::Infected { name: "现场照片".to_string(), threat }))
        }
        Ok(Verdict::Undecided(answer)) => {
            tracing::warn!(answer, "the virus scanner cannot tell");
            Err(Failure::try_later(60))
        }
        Err(error) => {
            tracing::warn!(%error, "the virus scanner is away");
            Err(Failure::try_later(60))
        }
    }
}
