//! 审计日志: append-only, each entry chained to the one before by SM3, so that a changed or missing entry shows.

use crate::db::digest;
use crate::failure::Failure;
use shared::people::Actor;
use sqlx::AnyConnection;

/// One line of the trail.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    pub tenant: &'a str,
    pub at: String,
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

impl<'a> Entry<'a> {
    pub fn by(actor: &'a Actor, at: String, act: impl Into<String>, subject: &'a str) -> Entry<'a> {
        Entry {
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

    pub fn detail(self, detail: impl Into<String>) -> Entry<'a> {
        Entry { detail: detail.into(), ..self }
    }
}

/// Appends inside the caller's transaction, which holds the trail's lock.
pub async fn append(connection: &mut AnyConnection, entry: &Entry<'_>) -> Result<(), Failure> {
    let last: Option<(i64, String)> =
        sqlx::query_as("select seq, hash from audit_trail where tenant = $1 order by seq desc limit 1")
            .bind(entry.tenant)
            .fetch_optional(&mut *connection)
            .await?;
    let (seq, previous) = last.map_or((1, String::new()), |(seq, hash)| (seq + 1, hash));
    let hash = digest(&[
        &previous,
        &seq.to_string(),
        &entry.at,
        entry.account,
        entry.name,
        entry.role,
        &entry.act,
        entry.subject,
        &entry.detail,
    ]);
    sqlx::query(
        "insert into audit_trail (tenant, seq, at, account, name, role, act, subject, detail, previous, hash) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(entry.tenant)
    .bind(seq)
    .bind(&entry.at)
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
