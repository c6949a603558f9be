//! 清理: what uploads and removals leave behind, and the upkeep that runs along with the server.

use super::rows;
use super::scan::scan_all_held;
use super::store::{all_parts, content_key, contents, parts};
use super::upload::discard;
use super::upload_rows;
use crate::context::{Context, Shared};
use crate::kernel::failure::Failure;
use shared::kernel::content_hash::ContentHash;
use std::time::Duration;
use tokio::task::JoinHandle;

/// How often held attachments are scanned again.
const RETRY: Duration = Duration::from_secs(60);
/// Retries between two sweeps of uploads, and between two searches for what a crash left: the latter lists the whole store.
const HOUR: u64 = 60;
const DAY: u64 = 24 * HOUR;

/// The upkeep task; it ends when this is stopped.
pub struct Upkeep(JoinHandle<()>);

impl Upkeep {
    pub fn stop(&self) {
        self.0.abort();
    }
}

/// Scans what is held every minute, sweeps silent uploads every hour and what a crash left every day, all of it at once at
/// the start.
pub async fn upkeep(context: Shared) -> Upkeep {
    if let Err(failure) = sweep_uploads(&context, context.clock().seconds()).await {
        // A store that is away is swept later.
        tracing::warn!(?failure, "unfinished uploads were not swept");
    }
    Upkeep(tokio::spawn(async move {
        let mut clock = tokio::time::interval(RETRY);
        for round in 0_u64.. {
            clock.tick().await;
            let now = context.clock().seconds();
            let mut done = scan_all_held(&context).await;
            if round % HOUR == 0 {
                done = done.and(sweep_uploads(&context, now).await);
            }
            if round % DAY == 0 {
                done = done.and(sweep_orphans(&context, now).await);
            }
            if let Err(failure) = done {
                tracing::warn!(?failure, "the upkeep of attachments did not finish");
            }
        }
    }))
}

/// Unix seconds before which what is unfinished at `now` is given up.
fn oldest(context: &Context, now: i64) -> i64 {
    now - i64::from(context.attachments.limits.unfinished_hours) * 3600
}

/// Throws away the uploads that have been silent for too long at `now` (Unix seconds).
pub async fn sweep_uploads(context: &Context, now: i64) -> Result<(), Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let silent = upload_rows::silent_uploads(context, &mut connection, oldest(context, now)).await?;
    drop(connection);
    for upload in silent {
        discard(context, &upload).await?;
    }
    Ok(())
}

/// Deletes parts and content that no row needs, which a crash left. What is younger may belong to an act under way.
pub async fn sweep_orphans(context: &Context, now: i64) -> Result<(), Failure> {
    let oldest = oldest(context, now);
    let store = &context.attachments.store;
    let tenant = context.tenant();
    // Listed before the rows are read: what comes between is young.
    let left = store.list(&all_parts(tenant)).await?;
    let stored = store.list(&contents(tenant)).await?;
    let mut connection = context.db.reader().acquire().await?;
    let live = upload_rows::upload_ids(context, &mut connection).await?;
    let live: Vec<_> = live.iter().map(|id| parts(tenant, id)).collect();
    let needed = rows::needed_hashes(context, &mut connection).await?;
    drop(connection);
    for part in left.into_iter().filter(|part| part.modified < oldest) {
        if !live.iter().any(|upload| part.key.prefix_matches(upload)) {
            store.delete(&part.key).await?;
        }
    }
    for content in stored.into_iter().filter(|content| content.modified < oldest) {
        let hash = content.key.filename().map(str::to_string).map(ContentHash::try_from);
        if let Some(Ok(hash)) = hash
            && !needed.contains(hash.as_str())
        {
            release(context, &hash).await?;
        }
    }
    store.sweep_half_written(oldest).await
}

/// Deletes content that no attachment needs any more. Under the lock that storing an attachment takes, so that neither misses
/// the other.
pub async fn release(context: &Context, hash: &ContentHash) -> Result<(), Failure> {
    let mut write = context.db.write(&format!("content {} {hash}", context.tenant())).await?;
    if !rows::is_needed(context, write.connection(), hash).await? {
        context.attachments.store.delete(&content_key(context.tenant(), hash)).await?;
    }
    write.commit_unaudited().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::attachments::store::part_key;
    use crate::cases::attachments::testing;
    use bytes::Bytes;
    use shared::kernel::ids::AttachmentId;

    #[tokio::test]
    async fn what_a_crash_left_is_swept_when_it_is_old_and_not_before() {
        let (context, folder) = testing::context("orphans").await;
        let (tenant, store) = (context.tenant(), &context.attachments.store);
        let hash = ContentHash::of(b"abc");
        let part = part_key(tenant, &AttachmentId::new("a"), 0, &hash);
        let content = content_key(tenant, &hash);
        for key in [&part, &content] {
            store.put(key, Bytes::from_static(b"abc")).await.unwrap();
        }
        let now = context.clock().seconds();
        sweep_orphans(&context, now + 23 * 3600).await.unwrap();
        assert!(store.exists(&part).await.unwrap() && store.exists(&content).await.unwrap());
        sweep_orphans(&context, now + 25 * 3600).await.unwrap();
        assert!(!store.exists(&part).await.unwrap() && !store.exists(&content).await.unwrap());
        testing::end(context, folder).await;
    }
}
