//! 启用密钥: the first entry with a code. It names where every log ends and states every row that is there, so that what was
//! written before there was a key is covered from now on.

use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::store::audit_key::{self, AuditKeyMissing, Seal};
use crate::store::audit_trail::AuditRecord;
use crate::store::covered::{COVERED, Written};
use crate::store::{Database, KeySource, logs};
use shared::kernel::ids::TenantId;
use shared::kernel::timestamp::Timestamp;
use shared::policy::art16_trail::{KEY_ACT, RowDigests};
use std::path::Path;

/// Rows that one entry states: an entry is read into memory whole.
const ROWS_OF_ENTRY: usize = 5_000;
/// Act of the entries that state further rows.
const BASELINE_ACT: &str = "audit.baseline";

/// Makes the first entries with a code, once per tenant.
pub async fn adopt(context: &Context) -> Result<(), Failure> {
    let tenant = context.tenant();
    let mut write = context.db.write(&format!("audit {tenant}")).await?;
    if logs::AUDIT.last_key(write.connection(), tenant).await?.is_some() {
        return Ok(());
    }
    let columns = context.db.columns(write.connection()).await?;
    let mut written = Written::default();
    for log in logs::ALL {
        log.link_old(write.connection(), tenant, &columns).await?;
        if log.owner.is_some() {
            written.entries.extend(log.ends(write.connection(), tenant).await?);
        }
    }
    let mut rows = RowDigests::new();
    for covered in &COVERED {
        rows.extend(covered.things(write.connection(), tenant, &columns).await?);
    }
    let rows: Vec<(String, String)> = rows.into_iter().collect();
    let mut chunks = rows.chunks(ROWS_OF_ENTRY);
    written.rows = chunks.next().unwrap_or_default().iter().cloned().collect();
    let at = context.clock().stamp();
    let key = context.db.seal().id().to_string();
    write.append_stated(AuditRecord::of_system(tenant, at, KEY_ACT).detail(key), written).await?;
    for chunk in chunks {
        let stated = Written { entries: Vec::new(), rows: chunk.iter().cloned().collect() };
        write.append_stated(AuditRecord::of_system(tenant, at, BASELINE_ACT), stated).await?;
    }
    write.commit_unaudited().await
}

/// Replaces the key: an entry by the old key names the new one, which makes the codes from then on. No server may run on
/// the database meanwhile. Answers the id of the new key.
///
/// # Errors
/// The old key is not the one of the last entry.
pub async fn rotate(
    database: &str,
    tenant: &TenantId,
    old: Option<&Path>,
    new: &Path,
    at: Timestamp,
) -> anyhow::Result<String> {
    let old = old.map_or_else(|| audit_key::default_file(database), Path::to_path_buf);
    anyhow::ensure!(audit_key::read(&old)?.is_some(), AuditKeyMissing::new(&old, "", None));
    let db = Database::open(database, KeySource { tenant: tenant.as_str(), file: &old }).await?;
    let key = match audit_key::read(new)? {
        Some(key) => key,
        None => audit_key::make(new)?,
    };
    let id = key.id();
    let rotated = announce(&db, tenant.as_str(), Seal::new(key), at).await;
    db.close().await;
    rotated.map_err(|failure| anyhow::anyhow!("{failure:?}"))?;
    Ok(id)
}

/// The announcement by the old key, and the first entry by the new one, so that a server goes on with it.
async fn announce(db: &Database, tenant: &str, new: Seal, at: Timestamp) -> Result<(), Failure> {
    let mut write = db.write(&format!("audit {tenant}")).await?;
    let record = AuditRecord::of_system(tenant, at, KEY_ACT).detail(new.id());
    write.append_stated(record.clone(), Written::default()).await?;
    write.seal_with(new);
    write.append_stated(record, Written::default()).await?;
    write.commit_unaudited().await
}
