//! 整体预算: gathering what is accepted from the sums kept with each version, and carrying out the commands of a
//! compilation. Reporting one moves all its requests in the same transaction.

use crate::cases::request_store::{self, StoredRequest};
use crate::cases::store::{self, AnyCase};
use crate::cases::transition::{self, CommandContext, Outcome};
use crate::context::Context;
use crate::documents::sums::{self, VersionSums};
use crate::http::failure::Failure;
use crate::http::routing::Shared;
use crate::store::Write;
use shared::api::consolidation::{CompilationLine, ConsolidationView, ReadConsolidation};
use shared::cases::authority::{Capability, available_commands, may, permit, visible};
use shared::cases::consolidation::budget::{ConsolidatedBudget, Included, Missing};
use shared::cases::consolidation::{Consolidation, Event, Facts, decide, evolve, request_events};
use shared::cases::language::{Case, Command, Kind, Stage};
use shared::cases::notices::consolidation_notifications;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::people::Actor;
use shared::policy::{art04_calendar, art18_validity};
use sqlx::AnyConnection;

/// `GET /api/consolidations/{fiscal_year}`.
pub async fn read(
    context: Shared,
    actor: Actor,
    request: ReadConsolidation,
) -> Result<ConsolidationView, Failure> {
    may(&actor, Capability::SeeConsolidation)?;
    let (year, today) = (FiscalYear(i32::from(request.fiscal_year)), context.clock().today());
    let edition = art18_validity::edition_for(year)?;
    let mut connection = context.db.reader().acquire().await?;
    let all = of_year(&context, &mut connection, year).await?;
    let seen: Vec<&Consolidation> = all.iter().filter(|c| visible(&actor, *c)).collect();
    let compilation = match request.number {
        Some(number) => {
            Some(*seen.iter().find(|c| c.number == number).ok_or_else(|| Failure::unknown("次汇总"))?)
        }
        None => seen.last().copied(),
    };
    let frozen = match compilation {
        Some(c) if c.stage != Stage::Compiling => {
            store::frozen::<ConsolidatedBudget>(&context, &mut connection, &c.id, c.version).await?
        }
        _ => None,
    };
    let may_see_live = actor.role.office() != shared::kernel::people::Office::Finance;
    let (frozen, whole) = match frozen {
        Some((line, whole)) => (Some(line), whole),
        None if may_see_live => {
            let number = compilation.map_or_else(|| next_number(&all), |c| c.number);
            (None, gather(&context, &mut connection, year, number, accepted).await?.0)
        }
        None => return Err(Failure::unknown("次汇总；省局尚未报送整体预算")),
    };
    let history = match compilation {
        Some(c) => transition::history::<Event>(&context, &mut connection, &c.id).await?,
        None => Vec::new(),
    };
    Ok(ConsolidationView {
        today,
        fiscal_year: year,
        deadline: art04_calendar::consolidation_deadline(edition, year),
        offers: compilation.map(|c| available_commands(&actor, c, today)).unwrap_or_default(),
        may_open: may(&actor, Capability::OpenCompilation).is_ok()
            && all.iter().all(|c| c.stage == Stage::Reported),
        numbers: seen.iter().map(|c| line(c)).collect(),
        compilation: compilation.cloned(),
        frozen,
        whole,
        history,
    })
}

fn line(compilation: &Consolidation) -> CompilationLine {
    CompilationLine {
        compilation: compilation.id.clone(),
        number: compilation.number,
        stage: compilation.stage,
        reported_on: compilation.reported_on,
    }
}

fn accepted(stage: Stage) -> bool {
    stage == Stage::Accepted
}

fn next_number(all: &[Consolidation]) -> u32 {
    all.iter().map(|c| c.number).max().unwrap_or(0) + 1
}

pub async fn of_year(
    context: &Context,
    connection: &mut AnyConnection,
    year: FiscalYear,
) -> Result<Vec<Consolidation>, Failure> {
    let filed = store::of_year(context, connection, Kind::Compilation, year).await?;
    Ok(filed.into_iter().map(|filed: store::StoredCase<Consolidation>| filed.case).collect())
}

/// Begins the year's next compilation; one at a time.
pub async fn open(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    id: &shared::kernel::ids::CaseId,
    year: FiscalYear,
) -> Result<AnyCase, Failure> {
    may(actor, Capability::OpenCompilation)?;
    art18_validity::edition_for(year)?;
    let all = of_year(context, connection, year).await?;
    if all.iter().any(|c| c.stage != Stage::Reported) {
        return Err(Failure::exists("本年度已有正在办理的汇总，请打开它继续办理。"));
    }
    Ok(AnyCase::Compilation(Consolidation::new(id.clone(), year, next_number(&all))))
}

/// The requests whose stage counts, from the sums of each version, with the requests they were read from.
pub async fn gather(
    context: &Context,
    connection: &mut AnyConnection,
    year: FiscalYear,
    number: u32,
    counts: fn(Stage) -> bool,
) -> Result<(ConsolidatedBudget, Vec<Case>), Failure> {
    let edition = art18_validity::edition_for(year)?.document().to_string();
    let filed = request_store::of_year(context, &mut *connection, year).await?;
    let departments = request_store::departments(context, &mut *connection).await?;
    let mut kept = sums::of_year(context, connection, year).await?;
    let (mut included, mut missing) = (Vec::new(), Vec::new());
    for department in departments {
        let of_it =
            |f: &&StoredRequest| f.case.department == department.id && f.case.stage != Stage::Withdrawn;
        let own: Vec<&Case> = filed.iter().filter(of_it).map(|f| &f.case).collect();
        for case in own.iter().filter(|case| counts(case.stage)) {
            let VersionSums { sums, last_year } = kept.remove(&case.id).unwrap_or_default();
            included.push(Included {
                request: case.id.clone(),
                department: department.id.clone(),
                name: department.name.clone(),
                revision: case.revision,
                version: case.version,
                content_hash: case.content_hash.clone().unwrap_or_default(),
                last_year,
                sums,
            });
        }
        let settled = |case: &&Case| {
            matches!(case.stage, Stage::Accepted | Stage::FinanceReview | Stage::Approved | Stage::Rejected)
        };
        if !own.iter().any(settled) {
            missing.push(Missing {
                department: department.id,
                name: department.name,
                stage: own.first().map(|case| case.stage),
                late_until: own.first().and_then(|case| case.late_until),
            });
        }
    }
    let whole = ConsolidatedBudget { fiscal_year: year, number, edition, included, missing };
    Ok((whole, filed.into_iter().map(|f| f.case).collect()))
}

/// A command of a compilation.
pub async fn execute(
    context: &Context,
    write: &mut Write,
    order: &CommandContext<'_>,
    before: Consolidation,
) -> Result<Outcome, Failure> {
    let CommandContext { actor, request, .. } = order;
    let (year, today) = (before.fiscal_year, context.clock().today());
    let permit = permit(actor, &before, request.command.verb(), today)?;
    let edition = art18_validity::edition_for(year)?;
    let (now, requests) = gather(context, write.connection(), year, before.number, accepted).await?;
    let (whole, hash) = if matches!(request.command, Command::Compile {}) {
        let hash = store::sealed(&now)?.1;
        (now, hash)
    } else {
        let frozen =
            store::frozen::<ConsolidatedBudget>(context, write.connection(), &before.id, before.version)
                .await?;
        let (line, whole) = frozen.ok_or_else(|| Failure::unknown("个版本"))?;
        (whole, line.hash)
    };
    let standing = Facts { whole: &whole, hash: &hash, requests: &requests, edition, today };
    let event = decide(&before, &permit, &request.command, standing)?;
    let after = evolve(before.clone(), &event);
    let matter = AnyCase::Compilation(after.clone());
    store::update(context, write.connection(), &matter, before.revision).await?;
    let done = Outcome::new(before.stage, after.stage, after.revision, after.version, &[&event])?;
    let mut done = done.telling(consolidation_notifications(&after, &event));
    match event {
        Event::Compiled { version, .. } => {
            store::freeze(context, write.connection(), actor, &after.id, version, &whole).await?;
        }
        Event::Reported { by, .. } => {
            for line in &whole.included {
                let case = requests.iter().find(|case| case.id == line.request);
                let case = case.ok_or_else(|| Failure::unknown("份申请"))?;
                let events = request_events(&after, &by);
                done = done.telling(transition::cascade(context, write, order, case, &events).await?);
            }
        }
        Event::Confirmed { .. } | Event::SentBack { .. } => {}
    }
    Ok(done)
}
