//! 单独申请 (Art. 5): reading them and carrying out their commands. Without the bureau's signed opinion one does not
//! exist for finance.

use crate::cases::request_store;
use crate::cases::store::{self, AnyCase, StoredCase};
use crate::cases::transition::{self, CommandContext, Outcome};
use crate::context::Context;
use crate::http::failure::Failure;
use crate::http::routing::Shared;
use crate::store::Write;
use shared::api::separates::{
    Onward, ReadSeparate, ReadSeparates, SeparateLine, SeparateView, SeparatesView,
};
use shared::cases::authority::{Capability, available_commands, may, permit, visible};
use shared::cases::language::{Kind, Stage, Verb};
use shared::cases::notices::separate_notifications;
use shared::cases::separate::{Event, SeparateApplication, decide, evolve};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Actor;
use shared::policy::art18_validity;
use sqlx::AnyConnection;

/// `GET /api/separates/{fiscal_year}`.
pub async fn list(context: Shared, actor: Actor, request: ReadSeparates) -> Result<SeparatesView, Failure> {
    may(&actor, Capability::SeeSeparate)?;
    let year = FiscalYear(i32::from(request.fiscal_year));
    let mut connection = context.db.reader().acquire().await?;
    let departments = request_store::departments(&context, &mut connection).await?;
    let filed =
        store::of_year::<SeparateApplication>(&context, &mut connection, Kind::Separate, year).await?;
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
    let separate = match store::find(&context, &mut connection, &request.separate).await? {
        Some(AnyCase::Separate(separate)) if visible(&actor, separate.as_ref()) => *separate,
        _ => return Err(Failure::unknown("份单独申请")),
    };
    permit(&actor, &separate, Verb::Read, today)?;
    Ok(SeparateView {
        today,
        department_name: request_store::department_name(&context, &mut connection, &separate.department)
            .await?
            .unwrap_or_else(|| separate.department.to_string()),
        offers: available_commands(&actor, &separate, today),
        history: transition::history::<Event>(&context, &mut connection, &separate.id).await?,
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

/// Begins one for the actor's own department.
pub fn open(actor: &Actor, id: &CaseId, year: FiscalYear) -> Result<AnyCase, Failure> {
    may(actor, Capability::OpenSeparate)?;
    art18_validity::edition_for(year)?;
    let department = actor.department.clone().ok_or_else(|| Failure::unknown("个部门"))?;
    Ok(AnyCase::Separate(Box::new(SeparateApplication::new(id.clone(), department, year))))
}

/// A command of a separate request.
pub async fn execute(
    context: &Context,
    write: &mut Write,
    order: &CommandContext<'_>,
    before: SeparateApplication,
) -> Result<Outcome, Failure> {
    let CommandContext { actor, request, .. } = order;
    let today = context.clock().today();
    let permit = permit(actor, &before, request.command.verb(), today)?;
    let event = decide(&before, &permit, &request.command, today)?;
    let after = evolve(before.clone(), &event);
    if let Event::OpinionDrafted { opinion } = &event {
        let number = &opinion.number;
        if store::number_taken(context, write.connection(), Kind::Separate, number, &after.id).await? {
            return Err(Failure::exists(&format!("文号 {number} 已用于另一份意见，请核对文号。")));
        }
    }
    let signed = matches!(event, Event::OpinionSigned { .. } | Event::DecisionSigned { .. });
    let version = u32::from(after.opinion.as_ref().is_some_and(|opinion| opinion.signed.is_some()))
        + u32::from(after.decision.as_ref().is_some_and(|decision| decision.signed.is_some()));
    if signed {
        // What carries a leader's name is frozen as it was signed.
        store::freeze(context, write.connection(), actor, &after.id, version, &after).await?;
    }
    let done = Outcome::new(before.stage, after.stage, after.revision, version, &[&event])?;
    let done = done.telling(separate_notifications(&after, &event));
    store::update(context, write.connection(), &AnyCase::Separate(Box::new(after)), before.revision).await?;
    Ok(done)
}
