//! 资金世界: what a command of a money kind is judged by, read from rows.

use super::rows;
use crate::cases::store::{self, MoneyRow};
use crate::context::Context;
use crate::identity::departments;
use crate::kernel::failure::Failure;
use shared::cases::money::world::{CaseEntry, MoneyWorld, Setting};
use shared::kernel::ids::{CaseId, LineId, PackageRowId};
use shared::kernel::timestamp::Timestamp;
use shared::ledger::log::{Ledger, Turnover};
use sqlx::AnyConnection;
use std::collections::{BTreeMap, BTreeSet};

/// A world as it is stored, and what the rows of its cases say besides the cases.
pub struct StoredWorld {
    pub world: MoneyWorld,
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
    voucher: Option<&str>,
) -> Result<StoredWorld, Failure> {
    let mut stored = without_ledger(context, connection).await?;
    let tenant = context.tenant();
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

/// The cases, lines and closed years.
async fn without_ledger(context: &Context, connection: &mut AnyConnection) -> Result<StoredWorld, Failure> {
    let departments = departments::all(context, connection).await?;
    let setting = Setting {
        departments: departments.into_iter().map(|department| department.id).collect(),
        ..context.money.clone()
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
    let mut world = MoneyWorld::new(setting);
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
