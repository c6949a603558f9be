//! 送达: a batch of one tablet, answered when it is on the disk.

use super::devices::own_key;
use super::receiving::{ReceivingVisit, SentOperation};
use crate::context::{Context, Shared};
use crate::kernel::failure::Failure;
use crate::store::audit_trail::AuditRecord;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use shared::kernel::ids::{AccountId, CaseId, DeviceId};
use shared::kernel::people::Actor;
use shared::kernel::refusal::Refusal;
use shared::sync::site::api::{Joined, PushSiteOperations};
use shared::sync::site::operation::SiteOperation;
use shared::sync::site::receipt::DeviceKey;
use shared::sync::site::transport::PushReply;
use std::collections::BTreeMap;

/// `POST /api/site/visits/{visit}/operations`.
pub async fn push(
    context: Shared,
    actor: Actor,
    request: PushSiteOperations,
) -> Result<Joined<PushReply>, Failure> {
    context.count(&context.save_rate, &actor.account, "送达")?;
    let PushSiteOperations { visit, ops } = request;
    let Some(device) = ops.first().map(|op| op.device.clone()) else {
        return Err(Failure::malformed(422, "`ops`：一次应送 1 至 200 条操作。"));
    };
    if ops.iter().any(|op| op.device != device) {
        return Err(Failure::malformed(422, "`ops`：一次只送一台设备的操作。"));
    }
    if ops.iter().any(|op| op.account != actor.account) {
        let says = "这些内容由另一账号填写，请用填写时的账号登录后送达，或导出离线包导入。";
        return Err(Refusal::new("site.sender", says).into());
    }
    let mut connection = context.db.reader().acquire().await?;
    let key = own_key(&context, &mut connection, &actor, &device).await?;
    drop(connection);
    let senders: BTreeMap<AccountId, Actor> = [(actor.account.clone(), actor.clone())].into();
    let by = Sender { context: &context, actor: &actor, senders: &senders, key: &key, device: &device };
    match by.sends(&visit, &ops).await {
        // One operation the database does not take holds up none before it.
        Err(Failure::Internal(error)) if ops.len() > 1 => {
            tracing::warn!(%error, "a batch is received operation by operation");
            let (first, _) = ops.split_at(1);
            by.sends(&visit, first).await
        }
        answered => answered,
    }
}

/// Who sends, and with which device.
struct Sender<'a> {
    context: &'a Context,
    actor: &'a Actor,
    senders: &'a BTreeMap<AccountId, Actor>,
    key: &'a DeviceKey,
    device: &'a DeviceId,
}

impl Sender<'_> {
    /// Receives operations in one transaction.
    fn sends<'a>(
        &'a self,
        visit: &'a CaseId,
        ops: &'a [SiteOperation],
    ) -> BoxFuture<'a, Result<Joined<PushReply>, Failure>> {
        async move {
            let Sender { context, actor, senders, key, device } = *self;
            let sent: Vec<SentOperation<'_>> = ops.iter().map(SentOperation::of).collect();
            let first = sent.first().ok_or_else(|| anyhow::anyhow!("an empty batch"))?;
            let mut write = context.db.write(&format!("money {}", context.tenant())).await?;
            let begun = ReceivingVisit::begin(context, write.connection(), (actor, visit), senders, first);
            let mut receiving = begun.await?;
            if !receiving.case()?.sent_to.contains(actor.account.as_str()) {
                return Err(Failure::unknown("次现场评价"));
            }
            let (mut receipts, mut is_gap) = (Vec::new(), false);
            for operation in &sent {
                match receiving.take(write.connection(), operation, key).await? {
                    Some(taken) => receipts.push(taken.receipt),
                    None => {
                        is_gap = true;
                        break;
                    }
                }
            }
            let act = AuditRecord::by(actor, context.clock().stamp(), "site.receive", visit.as_str());
            let state = receiving.commit(write, act).await?;
            Ok(Joined { content: state.push_reply(device, key, receipts), is_gap })
        }
        .boxed()
    }
}
