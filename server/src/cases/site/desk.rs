//! 案头填写: what a desk types into the form of a visit enters the log of the tablets in the transaction of the command, so that they
//! merge with it.

use super::rows;
use crate::cases::money::execute::CarriedOut;
use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::store::Write;
use shared::cases::execution::registry::ExecutionKindName;
use shared::cases::execution::world::ExecutionWorld;
use shared::cases::site_visit::SiteVisit;
use shared::kernel::ids::{AccountId, CaseId};
use shared::sync::site::server::VisitState;
use std::collections::BTreeMap;

/// Brings the logs of the visits that commands changed up to their content, each as an act of who changed it last.
pub async fn follow(
    context: &Context,
    write: &mut Write,
    world: &ExecutionWorld,
    done: &[CarriedOut<'_>],
) -> Result<(), Failure> {
    let mut visits: BTreeMap<&CaseId, &AccountId> = BTreeMap::new();
    for one in done {
        let own = one.cases.iter().filter(|of| of.kind == ExecutionKindName::SiteVisit);
        visits.extend(own.map(|of| (&of.case, &one.actor.account)));
    }
    for (visit, account) in visits {
        let Some(Ok(case)) = world.cases.get(visit).map(|entry| <&SiteVisit>::try_from(&entry.case)) else {
            continue;
        };
        let log = rows::log(write.connection(), context.tenant(), visit).await?;
        let (_, typed) = VisitState::of_log(visit, case, &log, account);
        let at = (visit, context.clock().stamp());
        rows::append(write.connection(), context.tenant(), at, typed.as_slice()).await?;
    }
    Ok(())
}
