//! 案卷一览: the cases a person may see, of one kind or of all, as lines of a list. Every kind goes through the same filter,
//! order and limit.

use crate::cases::store::{self, ListedCase};
use crate::cases::{department_names, money, nudge_rows};
use crate::context::{Context, Shared};
use crate::documents::editions;
use crate::kernel::failure::Failure;
use shared::api::cases::{CasesView, ListedDepartment, MOST_LINES, Opening, ReadCases};
use shared::cases::Kind;
use shared::cases::authority::may;
use shared::cases::listed_kind::ListedKind;
use shared::cases::listing::{CaseLine, ListQuery, ListedStage, Sort, select};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::people::Actor;
use shared::policy::art04_calendar::year_in_hand;
use sqlx::AnyConnection;
use std::collections::BTreeSet;

/// `GET /api/cases`.
pub async fn list(context: Shared, actor: Actor, request: ReadCases) -> Result<CasesView, Failure> {
    let query = query(&request)?;
    let mut connection = context.db.reader().acquire().await?;
    // Of every year, so that the years to choose from are those the person may see something of.
    let mut lines = readable(&context, &mut connection, &actor, request.kind).await?;
    let years: BTreeSet<FiscalYear> = lines.iter().filter_map(|line| line.fiscal_year).collect();
    lines.retain(|line| is_of_year(line, &request));
    let departments = lines.iter().filter_map(|line| {
        Some(ListedDepartment { id: line.department.clone()?, name: line.department_name.clone()? })
    });
    let departments = departments.collect::<BTreeSet<ListedDepartment>>();
    let stages = stages(&lines, &request);
    let lines = select(lines, &query);
    let total = lines.len();
    let before = usize::from(request.page.unwrap_or(1)).saturating_sub(1).saturating_mul(MOST_LINES);
    Ok(CasesView {
        lines: lines.into_iter().skip(before).take(MOST_LINES).collect(),
        total,
        kinds: ListedKind::all().into_iter().filter(|kind| kind.is_for(&actor)).collect(),
        stages,
        departments: departments.into_iter().collect(),
        years: years.into_iter().rev().collect(),
        opens: opens(&context, &mut connection, &actor, &request).await?,
    })
}

/// The lines of a list with nothing cut off, for its export.
pub async fn whole_list(
    context: &Context,
    actor: &Actor,
    request: &ReadCases,
) -> Result<Vec<CaseLine>, Failure> {
    let query = query(request)?;
    let mut connection = context.db.reader().acquire().await?;
    let mut lines = readable(context, &mut connection, actor, request.kind).await?;
    lines.retain(|line| is_of_year(line, request));
    Ok(select(lines, &query))
}

/// The cases of a kind, or of all, that this person may read: those of the offices as they were begun, then those of the
/// execution of a budget as they came to their stage.
async fn readable(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    kind: Option<ListedKind>,
) -> Result<Vec<CaseLine>, Failure> {
    let mut lines = match kind {
        None => office_lines(context, connection, actor, None).await?,
        Some(ListedKind::Office(kind)) => office_lines(context, connection, actor, Some(kind)).await?,
        Some(ListedKind::Execution(_)) => Vec::new(),
    };
    lines.extend(match kind {
        None => money::pages::lines(context, connection, actor, None).await?,
        Some(ListedKind::Execution(kind)) => {
            money::pages::lines(context, connection, actor, Some(kind)).await?
        }
        Some(ListedKind::Office(_)) => Vec::new(),
    });
    department_names::into_lines(context, &mut *connection, &mut lines).await?;
    let nudged = nudge_rows::counts(context, connection).await?;
    for line in &mut lines {
        line.nudges = nudged.get(line.id.as_str()).map_or(0, |count| count.times);
    }
    Ok(lines)
}

async fn office_lines(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    kind: Option<Kind>,
) -> Result<Vec<CaseLine>, Failure> {
    let mut listed = store::listed(context, connection, kind).await?;
    let today = context.clock().today();
    listed.retain(|listed| listed.case.permit_read(actor, today).is_ok());
    Ok(listed.into_iter().map(|case| line(case, actor)).collect())
}

/// A case as a line of the list of this person.
fn line(listed: ListedCase, actor: &Actor) -> CaseLine {
    let ListedCase { case, since, department_name } = listed;
    let case = case.read_by(actor);
    let head = case.head();
    CaseLine {
        id: head.id,
        kind: head.kind.into(),
        fiscal_year: Some(head.fiscal_year),
        department: head.department,
        department_name,
        stage: head.stage.into(),
        number: head.number,
        title: head.title,
        label: case.label(),
        cells: case.cells(),
        since,
        nudges: 0,
    }
}

/// Whether the line is of the year asked for; what belongs to no year is of every year.
fn is_of_year(line: &CaseLine, request: &ReadCases) -> bool {
    match (fiscal_year(request), line.fiscal_year) {
        (Some(asked), Some(own)) => asked == own,
        (None, _) | (_, None) => true,
    }
}

fn fiscal_year(request: &ReadCases) -> Option<FiscalYear> {
    request.fiscal_year.map(|year| FiscalYear(i32::from(year)))
}

/// The stages of the lines and the one asked for, in the order of the kind.
fn stages(lines: &[CaseLine], request: &ReadCases) -> Vec<ListedStage> {
    let Some(kind) = request.kind else { return Vec::new() };
    let asked = request.stage.as_deref().and_then(|word| ListedStage::find(kind, word));
    let stages = lines.iter().map(|line| line.stage.clone()).chain(asked);
    stages.collect::<BTreeSet<ListedStage>>().into_iter().collect()
}

/// What the request narrows the list to.
fn query(request: &ReadCases) -> Result<ListQuery, Failure> {
    let sort = request.sort.as_deref().map(|word| {
        let unknown = || Failure::malformed(422, format!("`sort`：没有“{word}”这一栏。"));
        Sort::read(word, request.kind).ok_or_else(unknown)
    });
    if let Some(word) = &request.stage {
        let kinds = request.kind.map_or_else(ListedKind::all, |kind| vec![kind]);
        if !kinds.into_iter().any(|kind| ListedStage::find(kind, word).is_some()) {
            return Err(Failure::malformed(422, format!("`stage`：没有“{word}”这个状态。")));
        }
    }
    Ok(ListQuery {
        stage: request.stage.clone(),
        department: request.department.clone(),
        search: request.search.clone().unwrap_or_default(),
        sort: sort.transpose()?,
    })
}

/// How this person begins a case of the kind; a form is of the year asked for, or of the one in hand.
async fn opens(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    request: &ReadCases,
) -> Result<Option<Opening>, Failure> {
    let kind = match request.kind {
        None => return Ok(None),
        Some(ListedKind::Execution(kind)) => {
            let command = money::pages::opening(context, connection, actor, kind).await?;
            return Ok(command.map(Opening::Command));
        }
        Some(ListedKind::Office(kind)) => kind,
    };
    let Some(right) = kind.opened_by() else { return Ok(None) };
    let register = editions::register(context, connection).await?;
    let year = match fiscal_year(request) {
        Some(year) => year,
        None => year_in_hand(&register, context.clock().today()),
    };
    let opens = may(actor, right).is_ok() && register.edition_for(year).is_ok();
    Ok(opens.then_some(Opening::Form(year)))
}
