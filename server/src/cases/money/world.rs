//! 执行世界: what a command of an execution kind is judged by, read from rows.

use super::case_rows::{self, ExecutionRow};
use super::line_rows::LinesOfYear;
use super::{line_rows, rows, surroundings};
use crate::context::Context;
use crate::documents::editions;
use crate::identity::departments::{self, Department, Departments};
use crate::kernel::failure::Failure;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use shared::cases::execution::registry::ExecutionKindName;
use shared::cases::execution::world::{ExecutionWorld, Setting};
use shared::cases::performance::world::Surroundings;
use shared::cases::performance::year::TREND;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::{CaseId, DepartmentId, LineId, PackageRowId};
use shared::kernel::timestamp::Timestamp;
use shared::ledger::log::{ChainEnd, Ledger, Turnover};
use shared::policy::accounts::succession::Succession;
use sqlx::AnyConnection;
use std::collections::{BTreeMap, BTreeSet};

/// A world as it is stored, and what the rows of its cases say besides the cases.
pub struct StoredWorld {
    pub world: ExecutionWorld,
    pub rows: BTreeMap<CaseId, StoredRow>,
}

/// What a row says of its case.
#[derive(Clone, Copy, Debug)]
pub struct StoredRow {
    pub revision: u64,
    pub since: Timestamp,
}

/// What holds for all cases, and who carries on what ended departments had.
pub struct Basis {
    pub setting: Setting,
    pub succession: Succession,
}

pub async fn basis(context: &Context, connection: &mut AnyConnection) -> Result<Basis, Failure> {
    let registry = departments::registry(context, &mut *connection).await?;
    basis_of(context, connection, registry).await
}

/// [`basis`] of departments that were read already.
pub async fn basis_of(
    context: &Context,
    connection: &mut AnyConnection,
    registry: Departments,
) -> Result<Basis, Failure> {
    let Departments { open, closed, passed, succession } = registry;
    let named =
        |listed: Vec<Department>| listed.into_iter().map(|department| (department.id, department.name));
    let setting = Setting {
        departments: named(open).collect(),
        ended: named(closed).chain(named(passed)).collect(),
        ..setting(context, connection, None).await?
    };
    Ok(Basis { setting, succession })
}

/// The departments that read a case besides the one that carries it on, where there are any.
pub fn readers(row: &ExecutionRow, succession: &Succession) -> Option<(CaseId, BTreeSet<DepartmentId>)> {
    let readers = row.readers(succession);
    (!readers.is_empty()).then(|| (row.id.clone(), readers))
}

/// A third party that serves a department serves the one that carries it on.
pub fn follow_institutions(setting: &mut Setting, succession: &Succession) {
    if succession.is_empty() {
        return;
    }
    for served in setting.surroundings.institutions.values_mut() {
        let followed = served.iter().map(|id| succession.current(&DepartmentId::new(id.clone())).to_string());
        *served = followed.collect();
    }
}

/// The world as lists of tasks read it: every balance, and of the log only the open reservations.
pub async fn of_pages(context: &Context, connection: &mut AnyConnection) -> Result<StoredWorld, Failure> {
    let mut stored = without_ledger(context, connection).await?;
    let tenant = context.tenant();
    stored.world.ledger = Ledger::resume(
        rows::end(connection, tenant).await?,
        rows::balances(connection, tenant).await?,
        Turnover::new(),
        rows::open_reservations(connection, tenant).await?,
        Vec::new(),
    );
    Ok(stored)
}

/// The world as the money page of a year reads it: the lines it shows with their rows, balances and turnover, the contracts
/// that serve them, what was settled and cleared, and what is suspended.
pub async fn of_money_year(
    context: &Context,
    connection: &mut AnyConnection,
    of: LinesOfYear<'_>,
) -> Result<ExecutionWorld, Failure> {
    let tenant = context.tenant();
    let Basis { setting, succession } = basis(context, &mut *connection).await?;
    let mut found = case_rows::unkeyed(&mut *connection, tenant, &succession).await?;
    found.extend(case_rows::contracts_of_year(&mut *connection, tenant, of).await?);
    let year = (of.year, of.year);
    found.extend(case_rows::of_years(&mut *connection, tenant, &[ExecutionKindName::Clearing], year).await?);
    let others = [ExecutionKindName::Provider, ExecutionKindName::Sanction];
    found.extend(case_rows::of_kinds(&mut *connection, tenant, &others).await?);
    let mut world = ExecutionWorld::new(setting);
    for row in found {
        world.cases.insert(row.id.clone(), row.entry(&succession)?);
    }
    world.lines = line_rows::lines_of_year(&mut *connection, tenant, of).await?;
    world.rows = line_rows::package_rows_of_year(&mut *connection, tenant, of).await?;
    world.rows_by_line = by_line(&world.rows);
    world.closed = rows::closed_years(&mut *connection, tenant).await?;
    let balances = rows::balances_of_year(&mut *connection, tenant, of).await?;
    let turnover = rows::turnover_of_year(connection, tenant, of).await?;
    world.ledger = Ledger::resume(ChainEnd::default(), balances, turnover, Vec::new(), Vec::new());
    Ok(world)
}

/// The world as the performance of a whole province's year reads it: the requests with their results as far back as a trend
/// goes, of the year what was monitored and corrected, and every application.
pub async fn of_performance_year(
    context: &Context,
    connection: &mut AnyConnection,
    year: i32,
) -> Result<ExecutionWorld, Failure> {
    let tenant = context.tenant();
    let Basis { setting, succession } = basis(context, &mut *connection).await?;
    let evaluated =
        [ExecutionKindName::Request, ExecutionKindName::SelfEvaluation, ExecutionKindName::KeyEvaluation];
    let first = year.saturating_sub(TREND - 1);
    let mut found = case_rows::of_years(&mut *connection, tenant, &evaluated, (first, year)).await?;
    let running = [ExecutionKindName::Monitoring, ExecutionKindName::Correction];
    found.extend(case_rows::of_years(&mut *connection, tenant, &running, (year, year)).await?);
    // It is of the year it applies to, which is whichever is approved next.
    let applications = [ExecutionKindName::Application];
    found.extend(case_rows::of_kinds(&mut *connection, tenant, &applications).await?);
    let mut world = ExecutionWorld::new(setting);
    for row in found {
        world.readers.extend(readers(&row, &succession));
        world.cases.insert(row.id.clone(), row.entry(&succession)?);
    }
    judge_by_year(context, connection, &mut world, Some(FiscalYear(year))).await?;
    Ok(world)
}

/// The world as the page of a year reads it: judged by the edition of that year.
pub fn of_year<'a>(
    context: &'a Context,
    connection: &'a mut AnyConnection,
    year: FiscalYear,
) -> BoxFuture<'a, Result<StoredWorld, Failure>> {
    async move {
        let mut stored = of_pages(context, &mut *connection).await?;
        judge_by_year(context, connection, &mut stored.world, Some(year)).await?;
        Ok(stored)
    }
    .boxed()
}

/// Judges by the edition of a year from now on; departments and surroundings stay.
pub async fn judge_by_year(
    context: &Context,
    connection: &mut AnyConnection,
    world: &mut ExecutionWorld,
    year: Option<FiscalYear>,
) -> Result<(), Failure> {
    let mut judging = setting(context, connection, year).await?;
    judging.departments = std::mem::take(&mut world.setting.departments);
    judging.ended = std::mem::take(&mut world.setting.ended);
    judging.surroundings =
        Surroundings { edition: judging.surroundings.edition.clone(), ..world.setting.surroundings.clone() };
    world.setting = judging;
    Ok(())
}

/// What cases of a year are judged by; without a year by the newest edition (Art. 18).
pub async fn setting(
    context: &Context,
    connection: &mut AnyConnection,
    year: Option<FiscalYear>,
) -> Result<Setting, Failure> {
    match &context.settings.money {
        Some(given) => Ok(given.clone()),
        None => Ok(Setting::of(&*editions::register(context, connection).await?, year)?),
    }
}

/// The cases, lines and closed years: what lists read.
pub async fn without_ledger(
    context: &Context,
    connection: &mut AnyConnection,
) -> Result<StoredWorld, Failure> {
    let Basis { setting, succession } = basis(context, &mut *connection).await?;
    let mut stored = read(&mut *connection, context.tenant(), setting, &succession).await?;
    let given = stored.world.setting.surroundings.clone();
    let money = surroundings::facts(&mut *connection, context.tenant()).await?;
    stored.world.setting.surroundings =
        surroundings::of_rows(&mut *connection, context.tenant(), given, money).await?;
    follow_institutions(&mut stored.world.setting, &succession);
    stored.world.closed = rows::closed_years(connection, context.tenant()).await?;
    Ok(stored)
}

/// The cases with their lines, for whoever holds a setting.
pub async fn read(
    connection: &mut AnyConnection,
    tenant: &str,
    setting: Setting,
    succession: &Succession,
) -> Result<StoredWorld, Failure> {
    let mut world = ExecutionWorld::new(setting);
    let mut heads = BTreeMap::new();
    for row in case_rows::all(connection, tenant).await? {
        world.cases.insert(row.id.clone(), row.entry(succession)?);
        world.readers.extend(readers(&row, succession));
        heads.insert(row.id, StoredRow { revision: row.revision, since: row.since });
    }
    world.lines = line_rows::lines(connection, tenant).await?;
    world.rows = line_rows::package_rows(connection, tenant).await?;
    world.rows_by_line = by_line(&world.rows);
    Ok(StoredWorld { world, rows: heads })
}

fn by_line(rows: &BTreeMap<PackageRowId, LineId>) -> BTreeMap<LineId, BTreeSet<PackageRowId>> {
    let mut by_line: BTreeMap<LineId, BTreeSet<PackageRowId>> = BTreeMap::new();
    for (row, line) in rows {
        by_line.entry(line.clone()).or_default().insert(row.clone());
    }
    by_line
}
