//! 审计日志: append-only, each entry chained to the one before by SM3, so that a changed or missing entry
//! shows. The only file that knows the table `audit_trail`.

use crate::cases::request_store::{from_i64, to_i64};
use crate::http::failure::Failure;
use crate::http::routing::Shared;
use crate::store::digest;
use shared::api::audit::{AuditEntry, AuditTrail, PAGE, ReadAuditTrail};
use shared::cases::authority::{Capability, may};
use shared::kernel::people::Actor;
use shared::kernel::timestamp::Timestamp;
use sqlx::AnyConnection;

/// One line of the trail.
#[derive(Clone, Debug)]
pub struct AuditRecord<'a> {
    pub tenant: &'a str,
    pub at: Timestamp,
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
pub async fn append(connection: &mut AnyConnection, entry: &AuditRecord<'_>) -> Result<(), Failure> {
    let last: Option<(i64, String)> =
        sqlx::query_as("select seq, hash from audit_trail where tenant = $1 order by seq desc limit 1")
            .bind(entry.tenant)
            .fetch_optional(&mut *connection)
            .await?;
    let (seq, previous) = last.map_or((1, String::new()), |(seq, hash)| (seq + 1, hash));
    let hash = chained(&previous, seq, entry);
    sqlx::query(
        "insert into audit_trail (tenant, seq, at, account, name, role, act, subject, detail, previous, hash) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(entry.tenant)
    .bind(seq)
    .bind(entry.at.to_string())
    .bind(entry.account)
    .bind(entry.name)
    .bind(entry.role)
    .bind(&entry.act)
    .bind(entry.subject)
    .bind(&entry.detail)
    .bind(previous)
    .bind(hash)
    .execute(connection)
    .await?;
    Ok(())
}

fn chained(previous: &str, seq: i64, entry: &AuditRecord<'_>) -> String {
    let AuditRecord { at, account, name, role, act, subject, detail, .. } = entry;
    digest(&[previous, &seq.to_string(), &at.to_string(), account, name, role, act, subject, detail])
}

type Stored = (i64, String, String, String, String, String, String, String, String, String);

/// `GET /api/audit-trail`.
pub async fn read(context: Shared, actor: Actor, request: ReadAuditTrail) -> Result<AuditTrail, Failure> {
    may(&actor, Capability::ReadAuditTrail)?;
    let rows: Vec<Stored> = sqlx::query_as(
        "select seq, at, account, name, role, act, subject, detail, previous, hash from audit_trail \
         where tenant = $1 and seq < $2 order by seq desc limit $3",
    )
    .bind(context.tenant())
    .bind(request.before.map_or(i64::MAX, to_i64))
    .bind(to_i64(PAGE as u64))
    .fetch_all(context.db.reader())
    .await?;
    let more = rows.last().is_some_and(|oldest| oldest.0 > 1);
    let entry = |(seq, at, account, name, role, act, subject, detail, _, hash): Stored| AuditEntry {
        seq: from_i64(seq),
        at,
        account,
        name,
        role,
        act,
        subject,
        detail,
        hash,
    };
    Ok(AuditTrail { entries: rows.into_iter().map(entry).collect(), more })
}

/// Walks the trail from its first entry; answers how many are intact and, if so, which is the first that is not.
pub async fn verify(connection: &mut AnyConnection, tenant: &str) -> Result<(i64, Option<i64>), Failure> {
    let (mut intact, mut last) = (0, String::new());
    loop {
        let rows: Vec<Stored> = sqlx::query_as(
            "select seq, at, account, name, role, act, subject, detail, previous, hash from audit_trail \
             where tenant = $1 and seq > $2 order by seq limit 1000",
        )
        .bind(tenant)
        .bind(intact)
        .fetch_all(&mut *connection)
        .await?;
        if rows.is_empty() {
            return Ok((intact, None));
        }
        for (seq, at, account, name, role, act, subject, detail, previous, hash) in rows {
            let Ok(at) = at.parse() else { return Ok((intact, Some(intact + 1))) };
            let (account, name, role, subject) = (&*account, &*name, &*role, &*subject);
            let entry = AuditRecord { tenant, at, account, name, role, act, subject, detail };
            if seq != intact + 1 || previous != last || hash != chained(&last, seq, &entry) {
                return Ok((intact, Some(intact + 1)));
            }
            (intact, last) = (seq, hash);
        }
    }
}
