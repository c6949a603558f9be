//! 单独申请 (Art. 5): reading them and carrying out their commands. Without the bureau's signed opinion one does not
//! exist for finance.

use crate::cases::history::history;
use crate::cases::request_store;
use crate::cases::store::{self, StoredCase};
use crate::context::Context;
use crate::http::failure::Failure;
use crate::http::routing::Shared;
use shared::api::separates::{
    Onward, ReadSeparate, ReadSeparates, SeparateLine, SeparateView, SeparatesView,
};
use shared::cases::Kind;
use shared::cases::authority::{Capability, available_commands, may, permit, visible};
use shared::cases::kernel::Stage;
use shared::cases::kernel::Verb;
use shared::cases::separate::SeparateApplication;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::people::Actor;
use shared::policy::art18_validity;
use sqlx::AnyConnection;

/// `GET /api/separates/{fiscal_year}`.
pub async fn list(context: Shared, actor: Actor, request: ReadSeparates) -> Result<SeparatesView, Failure> {
    may(&actor, Capability::SeeSeparate)?;
    let year = FiscalYear(i32::from(request.fiscal_year));
    let mut connection = context.db.reader().acquire().await?;
    let departments = request_store::departments(&context, &mut connection).await?;
    let filed = store::of_year::<SeparateApplication>(&context, &mut connection, year).await?;
    let line = |StoredCase { case, since }: StoredCase<SeparateApplication>| {
        let case = case.read_by(&actor);
        SeparateLine {
            department_name: departments
                .iter()
                .find(|department| department.id == case.department)
                .map_or_else(|| case.department.to_string(), |department| department.name.clone()),
            separate: case.id,
            system: case.claim.system,
            amount: case.claim.amount,
            stage: case.stage,
            number: case.opinion.map(|opinion| opinion.number),
            since,
        }
    };
    Ok(SeparatesView {
        fiscal_year: year,
        lines: filed.into_iter().filter(|filed| visible(&actor, &filed.case)).map(line).collect(),
        may_open: may(&actor, Capability::OpenSeparate).is_ok() && art18_validity::edition_for(year).is_ok(),
    })
}

/// `GET /api/separate-requests/{separate}`.
pub async fn read(context: Shared, actor: Actor, request: ReadSeparate) -> Result<SeparateView, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let today = context.clock().today();
    let stored = store::load::<SeparateApplication>(&context, &mut connection, &request.separate).await?;
    let separate = stored.map(|stored| stored.case).filter(|separate| visible(&actor, separate));
    let separate = separate.ok_or_else(|| Failure::unknown("份单独申请"))?;
    permit(&actor, &separate, Verb::Read, today)?;
    Ok(SeparateView {
        today,
        department_name: request_store::department_name(&context, &mut connection, &separate.department)
            .await?
            .unwrap_or_else(|| separate.department.to_string()),
        offers: available_commands(&actor, &separate, today),
        history: history(&context, &mut connection, Kind::Separate, &separate.id).await?,
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
