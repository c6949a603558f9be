//! `GET /api/audit-trail`.

use crate::context::Shared;
use crate::kernel::failure::Failure;
use crate::store::audit_trail;
use shared::api::audit::{AuditTrail, ReadAuditTrail};
use shared::kernel::people::Actor;

/// `GET /api/audit-trail`.
pub async fn read(context: Shared, _: Actor, request: ReadAuditTrail) -> Result<AuditTrail, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let entries = audit_trail::before(&mut connection, context.tenant(), request.before).await?;
    let more = entries.last().is_some_and(|oldest| oldest.seq > 1);
    Ok(AuditTrail { entries, more })
}
