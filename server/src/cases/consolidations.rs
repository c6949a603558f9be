//! 整体预算: gathering what is accepted from the sums kept with each version, and carrying out the commands of a
//! compilation. Reporting one moves all its requests in the same transaction.

use crate::cases::history::history_for;
use crate::cases::request_store;
use crate::cases::store;
use crate::context::{Context, Shared};
use crate::documents::editions;
use crate::documents::sums::{self, VersionSums};
use crate::documents::versions;
use crate::identity::departments::{self, Department, Departments};
use crate::kernel::failure::Failure;
use shared::api::consolidation::{CompilationLine, ConsolidationView, ReadConsolidation};
use shared::cases::authority::{Capability, available_commands, may, visible};
use shared::cases::consolidation::Consolidation;
use shared::cases::consolidation::budget::{ConsolidatedBudget, Gathered, Gathering};
use shared::cases::kernel::{CaseKind, Stage};
use shared::cases::request::RequestCase;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::people::Actor;
use shared::policy::art04_calendar;
use sqlx::AnyConnection;

/// `GET /api/consolidations/{fiscal_year}`.
pub async fn read(
    context: Shared,
    actor: Actor,
    request: ReadConsolidation,
) -> Result<ConsolidationView, Failure> {
    may(&actor, Capability::SeeConsolidation)?;
    let (year, today) = (FiscalYear(i32::from(request.fiscal_year)), context.clock().today());
    let mut connection = context.db.reader().acquire().await?;
    let edition = editions::serving(&context, &mut connection, year).await?;
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
            versions::frozen::<ConsolidatedBudget>(&context, &mut connection, &c.id, c.version).await?
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
        Some(c) => history_for(&context, &mut connection, &actor, &c.head()).await?,
        None => Vec::new(),
    };
    Ok(ConsolidationView {
        today,
        fiscal_year: year,
        deadline: art04_calendar::consolidation_deadline(&edition, year),
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

pub fn accepted(stage: Stage) -> bool {
    stage == Stage::Accepted
}

pub fn next_number(all: &[Consolidation]) -> u32 {
    all.iter().map(|c| c.number).max().unwrap_or(0) + 1
}

pub async fn of_year(
    context: &Context,
    connection: &mut AnyConnection,
    year: FiscalYear,
) -> Result<Vec<Consolidation>, Failure> {
    let filed = store::of_year::<Consolidation>(context, connection, year).await?;
    Ok(filed.into_iter().map(|filed: store::StoredCase<Consolidation>| filed.case).collect())
}

/// The requests whose stage counts, from the sums of each version, with the requests they were read from.
pub async fn gather(
    context: &Context,
    connection: &mut AnyConnection,
    year: FiscalYear,
    number: u32,
    counts: fn(Stage) -> bool,
) -> Result<(ConsolidatedBudget, Vec<RequestCase>), Failure> {
    let edition = editions::serving(context, &mut *connection, year).await?.document().to_string();
    let stored = request_store::of_year(context, &mut *connection, year).await?;
    let Departments { open, closed, .. } = departments::registry(context, &mut *connection).await?;
    // A closed department counts in the years it has a request in, and is missing in none.
    let is_live = |case: &RequestCase| case.stage != Stage::Withdrawn;
    let has_request =
        |d: &Department| stored.iter().any(|of| of.case.department == d.id && is_live(&of.case));
    let departments = open.into_iter().chain(closed.into_iter().filter(has_request));
    let departments: Vec<_> = departments.map(|department| (department.id, department.name)).collect();
    let mut frozen_sums = sums::of_year(context, connection, year).await?;
    let cases: Vec<RequestCase> = stored.into_iter().map(|stored| stored.case).collect();
    let requests = cases.iter().map(|case| {
        let VersionSums { sums, last_year } = frozen_sums.remove(&case.id).unwrap_or_default();
        Gathered { case: case.clone(), sums, last_year }
    });
    let gathering =
        Gathering { fiscal_year: year, number, edition, departments, requests: requests.collect() };
    Ok((gathering.gather(counts), cases))
}
