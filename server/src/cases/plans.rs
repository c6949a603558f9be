//! 中期财政规划: reading a plan and carrying out its commands. The first year is gathered from the annual requests every
//! time, never taken from what was sent.

use crate::cases::consolidations::gather;
use crate::cases::history::history_for;
use crate::cases::store;
use crate::context::{Context, Shared};
use crate::documents::editions;
use crate::documents::versions;
use crate::kernel::failure::Failure;
use shared::api::plans::{PlanLimits, PlanView, ReadPlan};
use shared::cases::authority::{Capability, available_commands, may, visible};
use shared::cases::kernel::{CaseKind, Stage};
use shared::cases::mid_term_plan::{MidTermPlan, Outlook};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::people::{Actor, Office};
use sqlx::AnyConnection;

/// A request counts from its acceptance on, unless finance turned it down.
pub fn counts(stage: Stage) -> bool {
    matches!(stage, Stage::Accepted | Stage::Consolidated | Stage::FinanceReview | Stage::Approved)
}

/// `GET /api/plans/{fiscal_year}`.
pub async fn read(context: Shared, actor: Actor, request: ReadPlan) -> Result<PlanView, Failure> {
    may(&actor, Capability::SeeConsolidation)?;
    let (year, today) = (FiscalYear(i32::from(request.fiscal_year)), context.clock().today());
    let mut connection = context.db.reader().acquire().await?;
    let edition = editions::serving(&context, &mut connection, year).await?;
    let existing = of_year(&context, &mut connection, year).await?;
    let none = existing.is_none();
    let plan = existing.filter(|plan| visible(&actor, plan));
    let version = request.version.or(plan.as_ref().map(|plan| plan.version));
    let frozen = match (&plan, version) {
        (Some(plan), Some(version)) => {
            versions::frozen::<Outlook>(&context, &mut connection, &plan.id, version).await?
        }
        _ => None,
    };
    if frozen.is_none() && (request.version.is_some() || actor.role.office() == Office::Finance) {
        return Err(Failure::unknown("版规划；省局尚未确认中期财政规划"));
    }
    let drafting =
        plan.as_ref().is_some_and(|plan| plan.stage == Stage::Compiling) && request.version.is_none();
    let (frozen, outlook) = match frozen {
        Some((line, outlook)) if !drafting => (Some(line), outlook),
        before => {
            // What was planned before stays with the annual requests as they are now.
            let later = before.map(|(_, outlook)| outlook.later()).unwrap_or_default();
            let (whole, _) = gather(&context, &mut connection, year, 0, counts).await?;
            (None, Outlook::of(&whole, &later))
        }
    };
    Ok(PlanView {
        today,
        fiscal_year: year,
        frozen,
        outlook,
        limits: PlanLimits {
            growth: edition.parameters.growth_limit,
            reason_min: edition.parameters.reason_min,
        },
        versions: plan.as_ref().map_or(0, |plan| plan.version),
        offers: plan.as_ref().map(|plan| available_commands(&actor, plan, today)).unwrap_or_default(),
        may_open: none && may(&actor, Capability::OpenPlan).is_ok(),
        history: match &plan {
            Some(plan) => history_for(&context, &mut connection, &actor, &plan.head()).await?,
            None => Vec::new(),
        },
        plan,
    })
}

pub async fn of_year(
    context: &Context,
    connection: &mut AnyConnection,
    year: FiscalYear,
) -> Result<Option<MidTermPlan>, Failure> {
    let filed = store::of_year::<MidTermPlan>(context, connection, year).await?;
    Ok(filed.into_iter().next().map(|filed| filed.case))
}
