//! 入账: writes what a command changed in the ledger and beside it, inside its transaction.

use crate::kernel::failure::Failure;
use crate::store::values::{Value, insert_many, to_i64};
use shared::cases::money::world::MoneyWorld;
use shared::cases::payment::{Payment, Stage};
use shared::kernel::ids::CaseId;
use shared::ledger::account::LedgerAccount;
use shared::ledger::balance::Balance;
use shared::ledger::reconcile::CashMovement;
use shared::ledger::transfer::{Transfer, TransferMode};
use sqlx::AnyConnection;
use std::collections::BTreeMap;

/// An account before and after a command.
#[derive(Clone, Copy, Debug)]
pub struct Shift {
    pub before: Balance,
    pub after: Balance,
}

/// Adds to the stored balances what the command moved, and holds the result against the fold in memory.
///
/// # Errors
/// A stored balance is not the fold of its transfers, or the database refuses an overdrawn account.
pub async fn shift_balances(
    connection: &mut AnyConnection,
    tenant: &str,
    shifts: &BTreeMap<LedgerAccount, Shift>,
) -> Result<(), Failure> {
    let empty = |account: &LedgerAccount| -> Vec<Value<'static>> {
        let (code, key) = (account.code.word().to_string(), account.key.clone());
        vec![tenant.to_string().into(), code.into(), key.into(), 0.into(), 0.into(), 0.into()]
    };
    let rows: Vec<_> = shifts.keys().map(empty).collect();
    let into = "ledger_accounts (tenant, code, key, debits, credits, reserved)";
    insert_many(connection, into, &rows, "on conflict do nothing").await?;
    for (account, Shift { before, after }) in shifts {
        let stored: (i64, i64, i64) = sqlx::query_as(
            "update ledger_accounts set debits = debits + $1, credits = credits + $2, reserved = reserved + $3 \
             where tenant = $4 and code = $5 and key = $6 returning debits, credits, reserved",
        )
        .bind((after.debits - before.debits).fen())
        .bind((after.credits - before.credits).fen())
        .bind((after.reserved - before.reserved).fen())
        .bind(tenant)
        .bind(account.code.word())
        .bind(account.key.as_str())
        .fetch_one(&mut *connection)
        .await?;
        if stored != (after.debits.fen(), after.credits.fen(), after.reserved.fen()) {
            let problem = anyhow::anyhow!("stored balance of {account} is not the fold of its transfers");
            return Err(Failure::Internal(problem));
        }
    }
    Ok(())
}

fn transfer_row<'a>(tenant: &'a str, row: &'a Transfer) -> Vec<Value<'a>> {
    vec![
        tenant.into(),
        to_i64(row.number).into(),
        to_i64(row.group).into(),
        row.code.word().into(),
        row.mode.word().into(),
        row.debit.code.word().into(),
        row.debit.key.as_str().into(),
        row.credit.code.word().into(),
        row.credit.key.as_str().into(),
        row.amount.fen().into(),
        row.origin.day.to_string().into(),
        row.origin.case.as_str().into(),
        row.origin.command.as_str().into(),
        row.origin.version.as_str().into(),
        row.hash.as_str().into(),
    ]
}

/// Appends the rows of a command.
pub async fn append(connection: &mut AnyConnection, tenant: &str, rows: &[Transfer]) -> Result<(), Failure> {
    for row in rows {
        let mut columns = "tenant, number, command_group, code, mode, debit_code, debit_key, credit_code, \
                           credit_key, amount, day, case_id, command, version, hash"
            .to_string();
        let mut values = transfer_row(tenant, row);
        if let Some(reservation) = row.reservation {
            columns.push_str(", reservation");
            values.push(to_i64(reservation).into());
        }
        if let Some(mirrors) = row.mirrors {
            columns.push_str(", mirrors");
            values.push(to_i64(mirrors).into());
        }
        insert_many(connection, &format!("transfers ({columns})"), &[values], "").await?;
        let sql = match row.mode {
            TransferMode::Posted => continue,
            TransferMode::Pending => "insert into open_reservations (tenant, number) values ($1, $2)",
            TransferMode::Post | TransferMode::Void => {
                "delete from open_reservations where tenant = $1 and number = $2"
            }
        };
        let number = row.reservation.unwrap_or(row.number);
        sqlx::query(sql).bind(tenant).bind(to_i64(number)).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Lines, package rows, vouchers and closed years the command opened.
pub async fn insert_opened(
    connection: &mut AnyConnection,
    tenant: &str,
    case: &CaseId,
    world: &MoneyWorld,
) -> Result<(), Failure> {
    let changes = &world.changes;
    let lines = changes.lines.iter().filter_map(|id| Some((id, world.lines.get(id)?)));
    let lines = lines.map(|(id, line)| -> Vec<Value<'_>> {
        vec![
            tenant.into(),
            id.as_str().into(),
            i64::from(line.year).into(),
            line.department.as_str().into(),
            line.category.as_str().into(),
            line.name.as_str().into(),
            i64::from(line.carried).into(),
        ]
    });
    let lines: Vec<_> = lines.collect();
    let into = "approved_lines (tenant, id, fiscal_year, department, category, name, carried)";
    insert_many(connection, into, &lines, "").await?;
    let rows = changes.rows.iter().filter_map(|id| Some((id, world.rows.get(id)?)));
    let rows: Vec<Vec<Value<'_>>> =
        rows.map(|(id, line)| vec![tenant.into(), id.as_str().into(), line.as_str().into()]).collect();
    // A package planned anew under the same name serves the lines it names now.
    let again = "on conflict (tenant, id) do update set line = excluded.line";
    insert_many(connection, "package_rows (tenant, id, line)", &rows, again).await?;
    let vouchers = changes.vouchers.iter();
    let vouchers: Vec<Vec<Value<'_>>> =
        vouchers.map(|voucher| vec![tenant.into(), voucher.as_str().into(), case.as_str().into()]).collect();
    insert_many(connection, "vouchers (tenant, voucher, case_id)", &vouchers, "").await?;
    Ok(())
}

pub async fn close_year(
    connection: &mut AnyConnection,
    tenant: &str,
    year: i32,
    last: u64,
) -> Result<(), Failure> {
    sqlx::query("insert into closed_years (tenant, fiscal_year, last_transfer) values ($1, $2, $3)")
        .bind(tenant)
        .bind(i64::from(year))
        .bind(to_i64(last))
        .execute(connection)
        .await?;
    Ok(())
}

/// Appends movements of the bureau's money.
pub async fn insert_movements(
    connection: &mut AnyConnection,
    tenant: &str,
    movements: &[CashMovement],
) -> Result<(), Failure> {
    if movements.is_empty() {
        return Ok(());
    }
    let last: Option<i64> = sqlx::query_scalar("select max(number) from cash_movements where tenant = $1")
        .bind(tenant)
        .fetch_one(&mut *connection)
        .await?;
    for (number, movement) in (last.unwrap_or(0) + 1..).zip(movements) {
        sqlx::query(
            "insert into cash_movements (tenant, number, day, direction, amount, voucher, account) \
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(tenant)
        .bind(number)
        .bind(movement.day.to_string())
        .bind(movement.direction.word())
        .bind(movement.amount.fen())
        .bind(movement.voucher.as_str())
        .bind(movement.account.as_deref())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Records that a payment holds its term, or no longer does.
pub async fn restate_live(
    connection: &mut AnyConnection,
    tenant: &str,
    case: &CaseId,
    payment: &Payment,
) -> Result<(), Failure> {
    sqlx::query("delete from live_payments where tenant = $1 and case_id = $2")
        .bind(tenant)
        .bind(case.as_str())
        .execute(&mut *connection)
        .await?;
    let live = matches!(payment.stage, Stage::Applied | Stage::Paid) && !payment.is_final;
    if live {
        sqlx::query("insert into live_payments (tenant, contract, term, case_id) values ($1, $2, $3, $4)")
            .bind(tenant)
            .bind(payment.contract.as_str())
            .bind(payment.term)
            .bind(case.as_str())
            .execute(connection)
            .await?;
    }
    Ok(())
}
