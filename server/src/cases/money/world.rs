//! 执行世界: what a command of an execution kind is judged by, read from rows.

use super::rows;
use crate::cases::store::{self, MoneyRow};
use crate::context::Context;
use crate::documents::editions;
use crate::identity::departments;
use crate::kernel::failure::Failure;
use serde_json::Value;
use shared::cases::execution::world::{CaseEntry, ExecutionWorld, Setting};
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
    let voucher = with.get("voucher").and_then(Value::as_str).map(str::trim);
    let year = match stored.world.cases.get(case) {
        Some(entry) => stored.world.year_of(&entry.case),
        None => year_asked(&stored.world, with),
    };
    let judging = setting(context, &mut *connection, year).await?;
    let departments = std::mem::take(&mut stored.world.setting.departments);
    stored.world.setting = Setting { departments, ..judging };
    stored.world.ledger = Ledger::resume(
        rows::end(connection, tenant).await?,
        rows::balances(connection, tenant).await?,
        Turnover::new(),
        rows::open_reservations(connection, tenant).await?,
        rows::transfers_of_case(connection, tenant, case).await?,
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

/// Year of a case that is being opened: the one it states, or that of the contract it names.
fn year_asked(world: &ExecutionWorld, with: &Value) -> Option<FiscalYear> {
    let stated = with.get("year").and_then(Value::as_i64).and_then(|year| i32::try_from(year).ok());
    let of_contract = || Some(world.contract(&CaseId::new(with.get("contract")?.as_str()?))?.year);
    stated.or_else(of_contract).map(FiscalYear)
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
    let mut stored = read(connection, context.tenant(), setting).await?;
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
