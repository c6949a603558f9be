//! `GET /api/audit-trail` and what belongs to one entry.

use crate::context::Shared;
use crate::kernel::failure::Failure;
use crate::store::audit_trail::{self, AuditRecord, RelatedBy};
use crate::store::logs::AUDIT;
use shared::api::audit::{AuditEntryView, AuditTrail, PAGE, ReadAuditEntry, ReadAuditTrail, Retention};
use shared::kernel::ids::CaseId;
use shared::kernel::people::{Actor, Role};

/// `GET /api/audit-trail`. That somebody reads the trail is in it, once a page.
pub async fn read(context: Shared, actor: Actor, request: ReadAuditTrail) -> Result<AuditTrail, Failure> {
    let tenant = context.tenant();
    let mut connection = context.db.reader().acquire().await?;
    let mut entries = audit_trail::find(&mut connection, tenant, &request, PAGE as u64 + 1).await?;
    let more = entries.len() > PAGE;
    entries.truncate(PAGE);
    let first = audit_trail::first_at(&mut connection, tenant).await?;
    let trail = AuditTrail {
        entries,
        more,
        count: audit_trail::count(&mut connection, tenant, &request).await?,
        days: audit_trail::days(&mut connection, tenant, &request).await?,
        retention: Retention::between(&first, context.clock().today()),
        alerts: Vec::new(),
    };
    drop(connection);
    let filter = serde_json::to_string(&request)?;
    let entry = AuditRecord::by(&actor, context.clock().stamp(), "audit.read", "audit").detail(filter);
    context.audit(entry).await?;
    Ok(trail)
}

/// `GET /api/audit-trail/entries/{seq}`.
pub async fn open(context: Shared, actor: Actor, request: ReadAuditEntry) -> Result<AuditEntryView, Failure> {
    let tenant = context.tenant();
    let mut connection = context.db.reader().acquire().await?;
    let one = ReadAuditTrail { before: Some(request.seq.saturating_add(1)), ..ReadAuditTrail::default() };
    let found = audit_trail::find(&mut connection, tenant, &one, 1).await?;
    let Some(entry) = found.into_iter().find(|entry| entry.seq == request.seq) else {
        return Err(Failure::unknown("条审计日志"));
    };
    let columns = context.db.columns(&mut connection).await?;
    let chained = AUDIT.entries(&mut connection, tenant, &columns, entry.seq.saturating_sub(1)).await?;
    let Some(stored) = chained.first().filter(|stored| stored.seq == entry.seq) else {
        return Err(Failure::unknown("条审计日志"));
    };
    let session = audit_trail::related(&mut connection, tenant, RelatedBy::Session, &entry).await?;
    let subject = audit_trail::related(&mut connection, tenant, RelatedBy::Subject, &entry).await?;
    let is_case = ["transition.", "review.", "attachment."].iter().any(|act| entry.act.starts_with(act));
    let case = (actor.role == Role::Auditor && (is_case || entry.act.ends_with(".open")))
        .then(|| CaseId::new(entry.subject.clone()));
    Ok(AuditEntryView {
        body: stored.body.clone(),
        previous: stored.previous.clone(),
        mac: stored.mac.clone(),
        next: chained.get(1).map(|next| next.seq),
        session,
        subject,
        case,
        entry,
    })
}
