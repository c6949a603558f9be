//! 案卷页: one case of any kind as its page opens with it, and the cases a person may see as a list.

use crate::cases::facts::KindFacts;
use crate::cases::history::history_for;
use crate::cases::operations;
use crate::cases::store::{self, ListedCase};
use crate::context::Context;
use crate::context::Shared;
use crate::documents::versions;
use crate::identity::departments;
use crate::kernel::failure::Failure;
use shared::api::cases::{CaseForm, CaseView, CasesView, ListedDepartment, MOST_LINES, ReadCase, ReadCases};
use shared::cases::authority::may;
use shared::cases::kernel::{Stage, Verb};
use shared::cases::listing::{CaseLine, ListQuery, Sort, select};
use shared::cases::{AnyCase, Kind};
use shared::forms::parameters;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::people::Actor;
use shared::policy::art04_calendar::year_in_hand;
use shared::policy::art18_validity;
use shared::policy::editions::register::Register;
use shared::with_case;
use sqlx::AnyConnection;
use std::collections::BTreeSet;

/// `GET /api/cases/{case}`.
pub async fn read(context: Shared, actor: Actor, request: ReadCase) -> Result<CaseView, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let case = store::visible(&context, &mut connection, &actor, &request.case).await?;
    let today = context.clock().today();
    case.permit_read(&actor, today)?;
    let showing = case.showing_version(&actor);
    let form = form(&context, &mut connection, &actor, &case).await?;
    let locked = if form.is_some() { case.permit(&actor, Verb::Edit, today).err() } else { None };
    let commands = case.available_commands(&actor, today);
    let case = case.read_by(&actor);
    let mut head = case.head();
    let newest = showing.unwrap_or(head.version);
    if newest < head.version {
        // What the department has frozen and not reported is its own.
        (head.version, head.content_hash) = (newest, None);
    }
    let mut history = history_for(&context, &mut connection, &actor, head.kind, &head.id).await?;
    if showing.is_some() {
        history.retain(|line| line.version <= newest);
    }
    let department_name = match &head.department {
        Some(department) => {
            let name = departments::name(&context, &mut connection, department).await?;
            Some(name.unwrap_or_else(|| department.to_string()))
        }
        None => None,
    };
    Ok(CaseView {
        department_name,
        commands,
        locked,
        versions: match form {
            Some(_) => versions::lines(&context, &mut connection, &head.id, newest).await?,
            None => Vec::new(),
        },
        form,
        history,
        facts: case.summary(),
        papers: with_case!(&case, case => case.papers()),
        today,
        head,
    })
}

/// The form as this person reads it; `None` for a kind without one.
pub async fn form(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    case: &AnyCase,
) -> Result<Option<CaseForm>, Failure> {
    let head = case.head();
    let Some(form) = context.forms.find(head.kind) else { return Ok(None) };
    if let Some(version) = case.showing_version(actor) {
        let frozen = versions::load(context, connection, &head.id, version).await?;
        let frozen = frozen.ok_or_else(|| Failure::unknown("个版本"))?;
        return Ok(Some(CaseForm {
            document: frozen.document,
            showing_version: Some(version),
            seq: 0,
            definition: frozen.definition,
            edition: frozen.edition,
            parameters: frozen.parameters,
        }));
    }
    let (seq, document) = operations::live(context, connection, case).await?;
    let edition = art18_validity::edition_for(head.fiscal_year)?;
    Ok(Some(CaseForm {
        document,
        showing_version: None,
        seq,
        definition: form.hash.clone(),
        edition: edition.document().to_string(),
        parameters: parameters(edition),
    }))
}

/// `GET /api/cases`.
pub async fn list(context: Shared, actor: Actor, request: ReadCases) -> Result<CasesView, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    // Of every year, so that the years to choose from are those the person may see something of.
    let of_all_years = readable(&context, &mut connection, &actor, request.kind, None).await?;
    let years: BTreeSet<FiscalYear> = of_all_years.iter().map(|case| case.case.head().fiscal_year).collect();
    let wanted = fiscal_year(&request);
    let of_year = |case: &ListedCase| wanted.is_none_or(|year| case.case.head().fiscal_year == year);
    let of_year = of_all_years.into_iter().filter(of_year);
    let readable: Vec<CaseLine> = of_year.map(|case| line(case, &actor)).collect();
    let stages = readable.iter().map(|line| line.head.stage).collect::<BTreeSet<Stage>>();
    let departments = readable.iter().filter_map(|line| {
        Some(ListedDepartment { id: line.head.department.clone()?, name: line.department_name.clone()? })
    });
    let departments = departments.collect::<BTreeSet<ListedDepartment>>();
    let mut lines = select(readable, &query(&request)?);
    let total = lines.len();
    lines.truncate(MOST_LINES);
    Ok(CasesView {
        lines,
        total,
        stages: stages.into_iter().collect(),
        departments: departments.into_iter().collect(),
        years: years.into_iter().rev().collect(),
        opens: opens(&context, &actor, &request),
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
    let readable = readable(context, &mut connection, actor, request.kind, fiscal_year(request)).await?;
    Ok(select(readable.into_iter().map(|case| line(case, actor)).collect(), &query))
}

/// The cases of a kind and year, or of all, that this person may read, oldest first.
async fn readable(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    kind: Option<Kind>,
    year: Option<FiscalYear>,
) -> Result<Vec<ListedCase>, Failure> {
    let mut listed = store::listed(context, connection, kind, year).await?;
    let today = context.clock().today();
    listed.retain(|listed| listed.case.permit_read(actor, today).is_ok());
    Ok(listed)
}

/// A case as a line of the list of this person.
fn line(listed: ListedCase, actor: &Actor) -> CaseLine {
    let ListedCase { case, since, department_name } = listed;
    let case = case.read_by(actor);
    CaseLine { head: case.head(), label: case.label(), department_name, cells: case.cells(), since }
}

fn fiscal_year(request: &ReadCases) -> Option<FiscalYear> {
    request.fiscal_year.map(|year| FiscalYear(i32::from(year)))
}

/// What the request narrows the list to.
fn query(request: &ReadCases) -> Result<ListQuery, Failure> {
    let sort = request.sort.as_deref().map(|word| {
        let unknown = || Failure::malformed(422, format!("`sort`：没有“{word}”这一栏。"));
        Sort::read(word, request.kind).ok_or_else(unknown)
    });
    Ok(ListQuery {
        stage: request.stage,
        department: request.department.clone(),
        search: request.search.clone().unwrap_or_default(),
        sort: sort.transpose()?,
    })
}

/// The year this person may begin a case of the kind in: the one asked for, or the one in hand.
fn opens(context: &Context, actor: &Actor, request: &ReadCases) -> Option<FiscalYear> {
    let right = request.kind?.opened_by()?;
    let year = match fiscal_year(request) {
        Some(year) => year,
        None => year_in_hand(Register::shipped(), context.clock().today()),
    };
    (may(actor, right).is_ok() && art18_validity::edition_for(year).is_ok()).then_some(year)
}
