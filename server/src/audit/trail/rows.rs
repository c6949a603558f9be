//! 审计日志: the table `audit_trail`, one log per tenant.

use super::AuditRecord;
use crate::http::failure::Failure;
use crate::store::append::{ChainColumns, Entry, Log, Verified};
use crate::store::values::{Value, from_i64, to_i64};
use shared::api::audit::{AuditEntry, PAGE};
use sqlx::{AnyConnection, FromRow};

static LOG: Log = Log {
    table: "audit_trail",
    owner: None,
    number: "seq",
    operation: None,
    chain: Some(ChainColumns {
        chain: "hash",
        previous: Some("previous"),
        covers: &["at", "account", "name", "role", "act", "subject", "detail"],
    }),
    columns: &["at", "account", "name", "role", "act", "subject", "detail"],
};

/// Appends inside the caller's transaction, which holds the trail's lock.
pub async fn append(connection: &mut AnyConnection, record: &AuditRecord<'_>) -> Result<(), Failure> {
    let AuditRecord { tenant, at, account, name, role, act, subject, detail } = record;
    let at = at.to_string();
    let values = [at.as_str(), account, name, role, act, subject, detail].map(Value::from).into();
    let mut end = LOG.end(connection, tenant, "").await?;
    end.append(connection, vec![Entry { operation: None, values }]).await?;
    Ok(())
}

#[derive(FromRow)]
struct EntryRow {
    seq: i64,
    at: String,
    account: String,
    name: String,
    role: String,
    act: String,
    subject: String,
    detail: String,
    hash: String,
}

impl From<EntryRow> for AuditEntry {
    fn from(row: EntryRow) -> AuditEntry {
        let EntryRow { seq, at, account, name, role, act, subject, detail, hash } = row;
        AuditEntry { seq: from_i64(seq), at, account, name, role, act, subject, detail, hash }
    }
}

/// The entries before a number, or the newest, at most [`PAGE`], newest first.
pub async fn before(
    connection: &mut AnyConnection,
    tenant: &str,
    number: Option<u64>,
) -> Result<Vec<AuditEntry>, Failure> {
    let rows: Vec<EntryRow> = sqlx::query_as(
        "select seq, at, account, name, role, act, subject, detail, hash from audit_trail \
         where tenant = $1 and seq < $2 order by seq desc limit $3",
    )
    .bind(tenant)
    .bind(number.map_or(i64::MAX, to_i64))
    .bind(to_i64(PAGE as u64))
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(AuditEntry::from).collect())
}

/// Recomputes the chain of the trail.
pub async fn verify(connection: &mut AnyConnection, tenant: &str) -> Result<Verified, Failure> {
    LOG.verify(connection, tenant).await
}
