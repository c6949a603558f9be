//! 内容存储: bytes by key in a folder or an S3 bucket, through `object_store`. The only file that knows which.
//!
//! Content stands under its SM3, per tenant; parts of uploads stand apart from it until they are put together.

use super::settings::{AttachmentSettings, S3Settings};
use crate::kernel::failure::Failure;
use anyhow::Context as _;
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ClientOptions, ObjectStore, ObjectStoreExt, RetryConfig};
use shared::kernel::content_hash::ContentHash;
use shared::kernel::ids::AttachmentId;
use shared::kernel::upload::UploadRefusal;
use std::error::Error;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

/// How long one transfer to or from S3 may take.
const TRANSFER: Duration = Duration::from_secs(120);
const CONNECT: Duration = Duration::from_secs(5);
const RETRIES: usize = 2;

pub struct AttachmentStore {
    objects: Arc<dyn ObjectStore>,
    /// The folder, where it is one.
    folder: Option<PathBuf>,
}

/// An object that a listing found.
pub struct Found {
    pub key: Path,
    /// Unix seconds.
    pub modified: i64,
}

/// Where the content of this hash stands.
pub fn content_key(tenant: &str, hash: &ContentHash) -> Path {
    let (shelf, _) = hash.as_str().split_at(2);
    Path::from_iter([tenant, "content", shelf, hash.as_str()])
}

/// Where all content stands.
pub fn contents(tenant: &str) -> Path {
    Path::from_iter([tenant, "content"])
}

/// Where the parts of all uploads stand.
pub fn all_parts(tenant: &str) -> Path {
    Path::from_iter([tenant, "parts"])
}

/// Where the parts of one upload stand. Its id is hashed, because ids may hold any characters.
pub fn parts(tenant: &str, upload: &AttachmentId) -> Path {
    let folder = ContentHash::of(upload.as_str().as_bytes());
    Path::from_iter([tenant, "parts", folder.as_str()])
}

/// Where one part stands. The hash is in its name, so that two senders of one offset never overwrite each other.
pub fn part_key(tenant: &str, upload: &AttachmentId, offset: u64, hash: &ContentHash) -> Path {
    parts(tenant, upload).join(format!("{offset}-{hash}"))
}

impl AttachmentStore {
    pub fn open(settings: &AttachmentSettings, database: &str) -> anyhow::Result<AttachmentStore> {
        match settings.store.as_deref() {
            Some(url) if url.starts_with("s3://") => {
                let s3 = settings.s3.as_ref();
                bucket(url, s3.context("附件存于 s3:// 时须给出 S3 服务地址、区域与密钥")?)
            }
            Some(folder) => in_folder(PathBuf::from(folder)),
            None => in_folder(folder_next_to(database)),
        }
    }

    /// Stores bytes; they are durable when this returns.
    pub async fn put(&self, key: &Path, bytes: Bytes) -> Result<(), Failure> {
        self.objects.put(key, bytes.into()).await.map(drop).map_err(failure)
    }

    /// All bytes of an object; `None` when there is no such.
    pub async fn get(&self, key: &Path) -> Result<Option<Bytes>, Failure> {
        match self.objects.get(key).await {
            Ok(found) => found.bytes().await.map(Some).map_err(failure),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failure(error)),
        }
    }

    /// The bytes of an object as they come.
    pub async fn read(
        &self,
        key: &Path,
    ) -> Result<impl futures_util::Stream<Item = std::io::Result<Bytes>> + Send + use<>, Failure> {
        let found = self.objects.get(key).await.map_err(failure)?;
        Ok(found.into_stream().map_err(std::io::Error::other))
    }

    pub async fn exists(&self, key: &Path) -> Result<bool, Failure> {
        match self.objects.head(key).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(failure(error)),
        }
    }

    /// Deletes an object; one that is gone already is no failure.
    pub async fn delete(&self, key: &Path) -> Result<(), Failure> {
        match self.objects.delete(key).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failure(error)),
        }
    }

    pub async fn list(&self, below: &Path) -> Result<Vec<Found>, Failure> {
        let found = self.objects.list(Some(below)).map(|found| {
            found.map(|meta| Found { key: meta.location, modified: meta.last_modified.timestamp() })
        });
        found.try_collect().await.map_err(failure)
    }

    /// Deletes everything below a key.
    pub async fn delete_below(&self, below: &Path) -> Result<(), Failure> {
        for found in self.list(below).await? {
            self.delete(&found.key).await?;
        }
        Ok(())
    }

    /// Deletes files that a crash left half written before `oldest` (Unix seconds); listings leave them out. S3 keeps
    /// nothing of a put that was cut.
    pub async fn sweep_half_written(&self, oldest: i64) -> Result<(), Failure> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        let swept = tokio::task::spawn_blocking(move || half_written(&folder, oldest)).await;
        Ok(swept.map_err(anyhow::Error::from)?.map_err(anyhow::Error::from)?)
    }
}

/// The store stages `NAME#NUMBER` in the folder of the file it will become.
fn half_written(folder: &std::path::Path, oldest: i64) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        if about.is_dir() {
            half_written(&entry.path(), oldest)?;
        } else if entry.file_name().to_string_lossy().contains('#') {
            let age = about.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
            if i64::try_from(age.as_secs()).unwrap_or(i64::MAX) < oldest {
                std::fs::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}

fn in_folder(folder: PathBuf) -> anyhow::Result<AttachmentStore> {
    let named = || format!("打不开附件目录 {}", folder.display());
    std::fs::create_dir_all(&folder).with_context(named)?;
    let objects = LocalFileSystem::new_with_prefix(&folder).with_context(named)?;
    let objects = objects.with_fsync(true).with_automatic_cleanup(true);
    Ok(AttachmentStore { objects: Arc::new(objects), folder: Some(folder) })
}

fn folder_next_to(database: &str) -> PathBuf {
    let file = database.strip_prefix("sqlite:").map(|path| path.split('?').next().unwrap_or(path));
    file.map_or_else(
        || PathBuf::from("omfund-attachments"),
        |file| PathBuf::from(format!("{file}.attachments")),
    )
}

fn bucket(url: &str, settings: &S3Settings) -> anyhow::Result<AttachmentStore> {
    // Fails only where a provider is installed already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let rest = url.trim_start_matches("s3://").trim_end_matches('/');
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let patience = ClientOptions::new().with_timeout(TRANSFER).with_connect_timeout(CONNECT);
    let patience = patience.with_allow_http(settings.endpoint.starts_with("http://"));
    let objects = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_endpoint(settings.endpoint.trim_end_matches('/'))
        .with_region(&settings.region)
        .with_access_key_id(&settings.access_key)
        .with_secret_access_key(&settings.secret_key)
        .with_client_options(patience)
        .with_retry(RetryConfig { max_retries: RETRIES, ..RetryConfig::default() })
        .build()
        .with_context(|| format!("附件存储 {url} 的设置有误"))?;
    let objects: Arc<dyn ObjectStore> = match prefix {
        "" => Arc::new(objects),
        prefix => Arc::new(PrefixStore::new(objects, Path::from(prefix))),
    };
    Ok(AttachmentStore { objects, folder: None })
}

/// A full store is reported to the person; a store that is away may be tried again.
fn failure(error: object_store::Error) -> Failure {
    if is_full(&error) {
        tracing::error!(%error, "the store of attachments is full");
        return UploadRefusal::StoreFull.into();
    }
    match error {
        object_store::Error::Generic { store: "S3", .. } => {
            tracing::warn!(%error, "the store of attachments is away");
            Failure::try_later(30)
        }
        other => Failure::Internal(other.into()),
    }
}

fn is_full(error: &object_store::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(current) = cause {
        let io = current.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
        if matches!(io, Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded)) {
            return true;
        }
        cause = current.source();
    }
    // What S3 services answer when they have no room.
    let text = error.to_string();
    ["507 Insufficient Storage", "XMinioStorageFull"].iter().any(|sign| text.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full(kind: ErrorKind) -> bool {
        let source = Box::new(std::io::Error::from(kind));
        is_full(&object_store::Error::Generic { store: "LocalFileSystem", source })
    }

    #[test]
    fn a_full_disk_is_told_from_other_failures() {
        assert!(full(ErrorKind::StorageFull) && full(ErrorKind::QuotaExceeded));
        assert!(!full(ErrorKind::PermissionDenied));
    }

    #[tokio::test]
    async fn what_a_crash_left_half_written_is_swept_when_it_is_old() {
        let folder = std::env::temp_dir().join(format!("omfund-half-{}", std::process::id()));
        let store = in_folder(folder.clone()).unwrap();
        let key = content_key("shanxi", &ContentHash::of(b"abc"));
        store.put(&key, Bytes::from_static(b"abc")).await.unwrap();
        let left = folder.join("shanxi").join("left#1");
        std::fs::write(&left, b"ab").unwrap();
        store.sweep_half_written(0).await.unwrap();
        assert!(left.exists(), "it may still be written to");
        store.sweep_half_written(i64::MAX).await.unwrap();
        assert!(!left.exists());
        assert_eq!(store.get(&key).await.unwrap().as_deref(), Some(&b"abc"[..]));
        assert!(store.get(&contents("elsewhere").join("x")).await.unwrap().is_none());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_store_stands_beside_the_database() {
        assert_eq!(
            folder_next_to("sqlite:/data/om.sqlite?mode=rwc"),
            PathBuf::from("/data/om.sqlite.attachments")
        );
        assert_eq!(folder_next_to("postgres://h/om"), PathBuf::from("omfund-attachments"));
    }
}
