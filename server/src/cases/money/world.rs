//! 执行世界: what a command of an execution kind is judged by, read from rows.

use super::{rows, surroundings};
use crate::cases::store::{self, MoneyRow};
use crate::context::Context;
use crate::documents::editions;
use crate::identity::departments;
use crate::kernel::failure::Failure;
use serde_json::Value;
use shared::cases::execution::world::{CaseEntry, ExecutionWorld, Setting};
use shared::cases::performance::world::Surroundings;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::{CaseId, LineId, PackageRowId};
use shared::kernel::timestamp::Timestamp;
use shared::ledger::log::{Ledger, Turnover};
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

/// The world a command is judged by: of the log only its end, the open reservations and what the commands of `case` wrote;
/// of the vouchers only the one given.
pub async fn of_command(
    context: &Context,
    connection: &mut AnyConnection,
    case: &CaseId,
    with: &Value,
) -> Result<StoredWorld, Failure> {
    let mut stored = without_ledger(context, connection).await?;
    let tenant = context.tenant();
    let world = &stored.world;
    let request = world
        .cases
        .get(case)
        .and_then(|entry| entry.case.request())
        .cloned()
        .or_else(|| named(with, "request"));
    let voucher = with.get("voucher").and_then(Value::as_str).map(str::trim);
    let year = match stored.world.cases.get(case) {
        Some(entry) => stored.world.year_of(&entry.case),
        None => year_asked(&stored.world, with),
    };
    judge_by_year(context, &mut *connection, &mut stored.world, year).await?;
    let mut others = rows::transfers_of_case(connection, tenant, case).await?;
    if let Some(request) = request {
        let world = &stored.world;
        others.extend(surroundings::transfers_of_request(connection, tenant, world, &request).await?);
    }
    stored.world.ledger = Ledger::resume(
        rows::end(connection, tenant).await?,
        rows::balances(connection, tenant).await?,
        Turnover::new(),
        rows::open_reservations(connection, tenant).await?,
        others,
    );
    if let Some(voucher) = voucher
        && rows::is_voucher_taken(connection, tenant, voucher).await?
    {
        stored.world.vouchers.insert(voucher.to_string());
    }
    Ok(stored)
}

/// The world as pages read it: every figure of the money page, and of the log only the open reservations.
pub async fn of_pages(context: &Context, connection: &mut AnyConnection) -> Result<StoredWorld, Failure> {
    let mut stored = without_ledger(context, connection).await?;
    let tenant = context.tenant();
    stored.world.ledger = Ledger::resume(
        rows::end(connection, tenant).await?,
        rows::balances(connection, tenant).await?,
        rows::turnover(connection, tenant).await?,
        rows::open_reservations(connection, tenant).await?,
        Vec::new(),
    );
    Ok(stored)
}

/// The world as the page of a year reads it: judged by the edition of that year.
pub async fn of_year(
    context: &Context,
    connection: &mut AnyConnection,
    year: FiscalYear,
) -> Result<StoredWorld, Failure> {
    let mut stored = of_pages(context, &mut *connection).await?;
    judge_by_year(context, connection, &mut stored.world, Some(year)).await?;
    Ok(stored)
}

/// One case as its page reads it: judged by the edition of its year, with the ledger rows of the request it is about.
pub async fn of_case(
    context: &Context,
    connection: &mut AnyConnection,
    case: &CaseId,
) -> Result<StoredWorld, Failure> {
    of_command(context, connection, case, &Value::Null).await
}

/// Judges by the edition of a year from now on; departments and surroundings stay.
async fn judge_by_year(
    context: &Context,
    connection: &mut AnyConnection,
    world: &mut ExecutionWorld,
    year: Option<FiscalYear>,
) -> Result<(), Failure> {
    let mut judging = setting(context, connection, year).await?;
    judging.departments = std::mem::take(&mut world.setting.departments);
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

/// The case a command names in this field.
fn named(with: &Value, field: &str) -> Option<CaseId> {
    with.get(field).and_then(Value::as_str).map(|id| CaseId::new(id.trim()))
}

/// Year of a case that is being opened: the one it states, or that of the contract or of the approved request it names.
fn year_asked(world: &ExecutionWorld, with: &Value) -> Option<FiscalYear> {
    let stated = with.get("year").and_then(Value::as_i64).and_then(|year| i32::try_from(year).ok());
    let of_contract = || Some(world.contract(&named(with, "contract")?)?.year);
    let of_request = || Some(world.approved_request(&named(with, "request")?)?.year);
    stated.or_else(of_contract).or_else(of_request).map(FiscalYear)
}

/// The cases, lines and closed years: what lists read.
pub async fn without_ledger(
    context: &Context,
    connection: &mut AnyConnection,
) -> Result<StoredWorld, Failure> {
    let departments = departments::all(context, connection).await?;
    let setting = Setting {
        departments: departments.into_iter().map(|department| (department.id, department.name)).collect(),
        ..setting(context, connection, None).await?
    };
    let mut stored = read(&mut *connection, context.tenant(), setting).await?;
    let given = stored.world.setting.surroundings.clone();
    stored.world.setting.surroundings =
        surroundings::of_rows(&mut *connection, context.tenant(), given).await?;
    stored.world.closed = rows::closed_years(connection, context.tenant()).await?;
    Ok(stored)
}

/// The cases with their lines, for whoever holds a setting.
pub async fn read(
    connection: &mut AnyConnection,
    tenant: &str,
    setting: Setting,
) -> Result<StoredWorld, Failure> {
    let mut world = ExecutionWorld::new(setting);
    let mut heads = BTreeMap::new();
    for MoneyRow { id, kind, revision, since, body } in store::money_cases(connection, tenant).await? {
        world.cases.insert(id.clone(), CaseEntry::read(kind, &body)?);
        heads.insert(id, StoredRow { revision, since });
    }
    world.lines = rows::lines(connection, tenant).await?;
    world.rows = rows::package_rows(connection, tenant).await?;
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
