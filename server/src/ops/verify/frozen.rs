//! 冻结内容: every frozen version and every form definition is hashed anew.

use crate::documents::{forms, versions};
use crate::kernel::failure::Failure;
use crate::store::append::TableColumns;
use shared::policy::art16_trail::{AUDIT_LOG, TrailWalk};
use sqlx::AnyConnection;

/// Answers how many were hashed.
pub async fn walk(
    connection: &mut AnyConnection,
    tenant: &str,
    columns: &TableColumns,
    walk: &mut TrailWalk,
) -> Result<u64, Failure> {
    let mut hashed = 0;
    for table in versions::TABLES.iter().filter(|(table, _)| columns.contains_key(*table)) {
        let (count, changed) = versions::rehash_all(connection, tenant, *table).await?;
        hashed += count;
        for (case, version) in changed {
            let log = format!("case/{case}");
            let last = walk.last(&log);
            walk.thing_changed(&format!("version/{case}/{version}"), (log, last));
        }
    }
    if columns.contains_key("definitions") {
        let (count, changed) = forms::rehash_all(&mut *connection).await?;
        hashed += count;
        let missing = match columns.contains_key("case_versions") {
            true => forms::missing(connection).await?,
            false => Vec::new(),
        };
        for hash in changed.into_iter().chain(missing) {
            walk.thing_changed(&format!("definition/{hash}"), (AUDIT_LOG.to_string(), 0));
        }
    }
    Ok(hashed)
}
