//! 补记: at start, computes the sums of versions that were frozen before sums were stored, with the definition the version
//! was frozen with. Sums that exist are not computed again.

use crate::cases::request_store;
use crate::cases::results;
use crate::context::Context;
use crate::documents::forms;
use crate::documents::sums;
use crate::documents::versions;
use crate::kernel::failure::Failure;
use crate::store::audit_trail::AuditRecord;
use shared::kernel::ids::CaseId;
use std::sync::Arc;

/// Computes the sums of every version without them, each in a transaction of its own. A version that cannot be read is
/// logged and skipped, so that it does not block the others; `omfund verify` names it too.
pub async fn sums(context: &Context) -> Result<(), Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let lacking = sums::lacking(context, &mut connection).await?;
    drop(connection);
    for (request, version) in lacking {
        if let Err(failure) = sums_of(context, &request, version).await {
            tracing::error!(%request, version, ?failure, "the sums of a frozen version cannot be made");
        }
    }
    Ok(())
}

async fn sums_of(context: &Context, request: &CaseId, version: u32) -> Result<(), Failure> {
    let mut write = context.db.write(&format!("request {} {request}", context.tenant())).await?;
    // Another server may have computed them meanwhile.
    if sums::has(context, write.connection(), request, version).await? {
        return Ok(());
    }
    let filed = request_store::load(context, write.connection(), request.as_str()).await?;
    let case = filed.ok_or_else(|| Failure::unknown("份申请"))?.case;
    let frozen = versions::load(context, write.connection(), request, version).await?;
    let frozen = frozen.ok_or_else(|| Failure::unknown("个版本"))?;
    let plan = forms::plan_of(context, write.connection(), &frozen).await?;
    let frozen_sums = forms::with_plan(plan, Arc::new(frozen.document), forms::version_sums).await?;
    if frozen_sums.sums.is_empty() {
        // A version without lines has no sums.
        return Ok(());
    }
    sums::insert(context, write.connection(), request, version, &frozen_sums.sums).await?;
    versions::keep_last_year(context, write.connection(), request, version, frozen_sums.last_year).await?;
    if version == case.version && case.confirmation_stands() == Some(true) {
        let reviewed = results::reviewed_sums(context, write.connection(), &case).await?;
        sums::restate(context, write.connection(), request, version, &reviewed).await?;
    }
    let entry = AuditRecord::of_system(context.tenant(), context.clock().stamp(), "version.sums");
    let entry = AuditRecord { subject: request.as_str(), ..entry };
    write.commit(entry.detail(format!("补记第 {version} 版小计"))).await
}
