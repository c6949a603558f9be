//! 单独申请 (Art. 5): what its banner needs beyond the general case page.

use crate::cases::department_names;
use crate::cases::request_store;
use crate::cases::store;
use crate::context::Context;
use crate::context::Shared;
use crate::kernel::failure::Failure;
use shared::api::separates::{Onward, ReadSeparate, SeparateView};
use shared::cases::authority::{Capability, may, permit, visible};
use shared::cases::kernel::{CaseKind, Stage, Verb};
use shared::cases::separate::SeparateApplication;
use shared::kernel::people::Actor;
use sqlx::AnyConnection;

/// `GET /api/separate-requests/{separate}`.
pub async fn read(context: Shared, actor: Actor, request: ReadSeparate) -> Result<SeparateView, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let today = context.clock().today();
    let stored = store::load::<SeparateApplication>(&context, &mut connection, &request.separate).await?;
    let separate = stored.map(|stored| stored.case).filter(|separate| visible(&actor, separate));
    let separate = separate.ok_or_else(|| Failure::unknown("份单独申请"))?;
    permit(&actor, &separate, Verb::Read, today)?;
    Ok(SeparateView {
        department_name: department_names::of_case(&context, &mut connection, &separate.id)
            .await?
            .unwrap_or_else(|| separate.department.to_string()),
        onward: onward(&context, &mut connection, &actor, &separate).await?,
        separate: separate.read_by(&actor),
    })
}

/// What lies within central management goes on as the department's request of the year.
async fn onward(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    separate: &SeparateApplication,
) -> Result<Option<Onward>, Failure> {
    if separate.stage != Stage::WithinScope || may(actor, Capability::OpenRequest).is_err() {
        return Ok(None);
    }
    let filed = request_store::of_year(context, connection, separate.fiscal_year).await?;
    let own = filed
        .into_iter()
        .map(|filed| filed.case)
        .find(|case| case.department == separate.department && case.stage != Stage::Withdrawn);
    Ok(Some(own.map_or(Onward::Begin, |case| Onward::Open(case.id))))
}
