//! 新建案卷 of the kinds that are begun without anything else: one endpoint for all.

use crate::cases::{facts, store};
use crate::context::Shared;
use crate::identity::departments;
use crate::kernel::failure::Failure;
use crate::store::audit_trail::AuditRecord;
use crate::store::change_bus;
use shared::api::cases::OpenCase;
use shared::cases::authority::may;
use shared::kernel::people::Actor;

/// `POST /api/cases`: repeating it under the same id answers the same.
pub async fn open(context: Shared, actor: Actor, request: OpenCase) -> Result<(), Failure> {
    let OpenCase { case: id, kind, fiscal_year: year } = request;
    // Leave first: whoever may not begin such a case learns nothing of the one that is there.
    kind.opened_by().map_or(Ok(()), |right| may(&actor, right))?;
    let mut write = context.db.write(&format!("cases {} {}", context.tenant(), kind.word())).await?;
    if let Some(department) = &actor.department {
        departments::require_open(&context, write.connection(), department).await?;
    }
    if let Some(known) = store::find(&context, write.connection(), &id).await? {
        let head = known.case.head();
        let same = head.kind == kind && head.fiscal_year == year && known.case.visible_to(&actor);
        return if same { Ok(()) } else { Err(id_taken()) };
    }
    let case = facts::open(&context, write.connection(), &actor, kind, id.clone(), year).await?;
    if !store::insert(&context, write.connection(), &case).await? {
        return Err(id_taken());
    }
    write.changes(change_bus::desks(context.tenant()));
    let act = format!("{}.open", kind.word());
    let entry = AuditRecord::by(&actor, context.clock().stamp(), act, id.as_str());
    write.commit(entry.detail(format!("{} 年度", year.0))).await
}

fn id_taken() -> Failure {
    Failure::exists("案卷编号已被占用，请刷新页面后重试。")
}
