//! 审计日志: who did what and when. Append-only, each entry chained to the one before by SM3.

mod rows;

pub use rows::{append, verify};

use crate::http::failure::Failure;
use crate::http::routing::Shared;
use shared::api::audit::{AuditTrail, ReadAuditTrail};
use shared::kernel::people::Actor;
use shared::kernel::timestamp::Timestamp;

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

/// `GET /api/audit-trail`.
pub async fn read(context: Shared, _: Actor, request: ReadAuditTrail) -> Result<AuditTrail, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let entries = rows::before(&mut connection, context.tenant(), request.before).await?;
    let more = entries.last().is_some_and(|oldest| oldest.seq > 1);
    Ok(AuditTrail { entries, more })
}
