//! 导入离线包: operations that were carried by hand, received as if their tablets had sent them. Any number of times.

use super::devices::key_of;
use super::receiving::{ReceivingVisit, SentOperation};
use super::rows;
use crate::context::Shared;
use crate::identity::accounts;
use crate::kernel::failure::Failure;
use crate::store::audit_trail::AuditRecord;
use shared::kernel::ids::{AccountId, DeviceId};
use shared::kernel::people::Actor;
use shared::kernel::refusal::Refusal;
use shared::sync::site::api::ImportSitePackage;
use shared::sync::site::package::{ImportCount, PackedOperation};
use shared::sync::site::receipt::DeviceKey;
use std::collections::BTreeMap;

/// `POST /api/site/visits/{visit}/packages`: by the office that organises the visit, or by who is assigned to it.
pub async fn import(
    context: Shared,
    actor: Actor,
    request: ImportSitePackage,
) -> Result<ImportCount, Failure> {
    let ImportSitePackage { visit, mut operations } = request;
    operations.sort_by(|a, b| (&a.op.device, a.op.seq).cmp(&(&b.op.device, b.op.seq)));
    let sent: Vec<SentOperation<'_>> = operations.iter().map(|of| SentOperation::of(&of.op)).collect();
    let first = sent.first().ok_or_else(|| Failure::malformed(422, "`operations`：离线包里没有操作。"))?;
    let mut connection = context.db.reader().acquire().await?;
    let mut senders: BTreeMap<AccountId, Actor> = BTreeMap::new();
    let mut keys: BTreeMap<DeviceId, DeviceKey> = BTreeMap::new();
    for of in &sent {
        if !senders.contains_key(&of.op.account)
            && let Some(known) = accounts::find(&context, &mut connection, of.op.account.as_str()).await?
        {
            senders.extend(known.actor(&context).map(|actor| (of.op.account.clone(), actor)));
        }
        if keys.contains_key(&of.op.device) {
            continue;
        }
        let row = rows::device(&mut connection, context.tenant(), &of.op.device).await?;
        let Some(row) = row.filter(|row| row.account == of.op.account) else {
            let says = format!("离线包中的设备“{}”没有登记在“{}”名下，请核对。", of.op.device, of.op.account);
            return Err(Refusal::new("site.device", says).into());
        };
        keys.insert(row.device.clone(), key_of(&context, &row)?);
    }
    let is_sealed = |of: &PackedOperation| keys.get(&of.op.device).is_some_and(|key| of.is_sealed_with(key));
    if let Some(of) = operations.iter().find(|of| !is_sealed(of)) {
        let (seq, device) = (of.op.seq, &of.op.device);
        let says = format!("离线包中第 {seq} 条不是设备“{device}”写的，整包没有导入。请从平板重新导出。");
        return Err(Refusal::new("site.package", says).into());
    }
    drop(connection);
    let mut write = context.db.write(&format!("money {}", context.tenant())).await?;
    let begun = ReceivingVisit::begin(&context, write.connection(), (&actor, &visit), &senders, first);
    let mut receiving = begun.await?;
    let case = receiving.case()?;
    let is_organizer = case.organizer == actor.role.office();
    if !is_organizer && !case.is_assigned(&actor.account) {
        return Err(Failure::unknown("次现场评价"));
    }
    let mut count = ImportCount::default();
    for of in &sent {
        let key = keys.get(&of.op.device).ok_or_else(|| anyhow::anyhow!("a device without a key"))?;
        match receiving.take(write.connection(), of, key).await? {
            Some(taken) if taken.is_alarm || taken.receipt.result.needs_attention() => {
                *(if taken.entry.is_some() || taken.is_alarm {
                    &mut count.held
                } else {
                    &mut count.known
                }) += 1;
            }
            Some(taken) if taken.entry.is_some() => count.added += 1,
            Some(_) => count.known += 1,
            None => count.held += 1,
        }
    }
    let act = AuditRecord::by(&actor, context.clock().stamp(), "site.import", visit.as_str());
    receiving.commit(write, act).await?;
    Ok(count)
}
