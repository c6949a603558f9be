//! 审计日志: who did what and when; the table `audit_trail`, one log per tenant, each entry chained to the one before by SM3.

use crate::kernel::failure::Failure;
use crate::store::append::{ChainColumns, Entry, LogTable, Verified};
use crate::store::values::{Value, from_i64, to_i64};
use shared::api::audit::{AuditEntry, PAGE};
use shared::kernel::people::Actor;
use shared::kernel::timestamp::Timestamp;
use sqlx::{AnyConnection, FromRow};

static LOG: LogTable = LogTable {
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

/// One line of the trail.
#[derive(Clone, Debug)]
pub struct AuditRecord<'a> {
    pub tenant: &'a str,
    pub at: Timestamp,
    /// Empty where nobody had signed in.
    pub account: &'a str,
    pub name: &'a str,
    pub role: &'a str,
    /// What was done, for example `transition.submit`.
    pub act: String,
    /// What it was done to.
    pub subject: &'a str,
    /// More, as JSON or plain words; never a secret.
    pub detail: String,
}

impl<'a> AuditRecord<'a> {
    pub fn by(actor: &'a Actor, at: Timestamp, act: impl Into<String>, subject: &'a str) -> AuditRecord<'a> {
        AuditRecord {
            tenant: actor.tenant.as_str(),
            at,
            account: actor.account.as_str(),
            name: &actor.name,
            role: actor.role.word(),
            act: act.into(),
            subject,
            detail: String::new(),
        }
    }

    pub fn detail(self, detail: impl Into<String>) -> AuditRecord<'a> {
        AuditRecord { detail: detail.into(), ..self }
    }
}

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

/// Whether the act was ever recorded, for any tenant of this database.
pub async fn has_act(connection: &mut AnyConnection, act: &str) -> Result<bool, Failure> {
    let found: Option<i64> = sqlx::query_scalar("select seq from audit_trail where act = $1 limit 1")
        .bind(act)
        .fetch_optional(connection)
        .await?;
    Ok(found.is_some())
}

/// Recomputes the chain of the trail.
pub async fn verify(connection: &mut AnyConnection, tenant: &str) -> Result<Verified, Failure> {
    LOG.verify(connection, tenant).await
}
