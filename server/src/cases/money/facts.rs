//! 另行支付: payments, refunds and adjustments of requests that were made outside this ledger, as the treasurer records them.

use super::{command_world, surroundings};
use crate::context::Shared;
use crate::kernel::failure::Failure;
use crate::store::audit_trail::AuditRecord;
use shared::api::performance::RecordMoneyFact;
use shared::cases::performance::world::MoneyFact;
use shared::kernel::people::Actor;

/// `POST /api/money-facts`. Repeating it under the same operation records nothing twice.
pub async fn record(context: Shared, actor: Actor, sent: RecordMoneyFact) -> Result<(), Failure> {
    let RecordMoneyFact { operation, request, kind, on, amount } = sent;
    let tenant = context.tenant();
    let mut write = context.db.write(&format!("money {tenant}")).await?;
    let stored = command_world::of_case(&context, write.connection(), &request).await?;
    let is_approved = stored.world.approved_request(&request).is_some();
    let fact = MoneyFact { on, request, kind, amount };
    fact.require(&actor, is_approved, context.clock().today())?;
    if surroundings::put_fact(write.connection(), tenant, &operation, &fact).await? {
        let at = context.clock().stamp();
        let entry = AuditRecord::by(&actor, at, "money_fact.record", fact.request.as_str());
        write.commit(entry.detail(format!("{} {on} {amount} 元", kind.label()))).await?;
    }
    Ok(())
}
