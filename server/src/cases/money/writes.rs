//! 入账: writes what commands changed in the ledger and in what follows it, inside their transaction.

use crate::kernel::failure::Failure;
use crate::store::values::{Value, delete_many, insert_many, pieces, statement, to_i64, typed_groups};
use shared::cases::execution::facts::ApprovedLine;
use shared::cases::payment::{Payment, Stage};
use shared::kernel::ids::{CaseId, LineId, PackageRowId};
use shared::ledger::account::LedgerAccount;
use shared::ledger::balance::Balance;
use shared::ledger::reconcile::CashMovement;
use shared::ledger::transfer::{Transfer, TransferMode};
use sqlx::{AnyConnection, FromRow};
use std::collections::{BTreeMap, BTreeSet};

/// An account before and after commands; before the first transfer that names it, it is not stored.
#[derive(Clone, Copy, Debug)]
pub struct Shift {
    pub before: Option<Balance>,
    pub after: Balance,
}

/// Adds to the stored balances what was moved, and holds the result against the fold in memory.
///
/// # Errors
/// A stored balance is not the fold of its transfers, or the database refuses an overdrawn account.
pub async fn shift_balances(
    connection: &mut AnyConnection,
    tenant: &str,
    shifts: &BTreeMap<&LedgerAccount, Shift>,
) -> Result<(), Failure> {
    let new = shifts.iter().filter(|(_, shift)| shift.before.is_none());
    let empty = |(account, _): (&&LedgerAccount, &Shift)| -> Vec<Value<'static>> {
        let (code, key) = (account.code.word().to_string(), account.key.clone());
        vec![tenant.to_string().into(), code.into(), key.into(), 0.into(), 0.into(), 0.into()]
    };
    let rows: Vec<_> = new.map(empty).collect();
    let into = "ledger_accounts (tenant, code, key, debits, credits, reserved)";
    insert_many(connection, into, &rows, "on conflict do nothing").await?;
    let shifts: Vec<(&LedgerAccount, Shift)> =
        shifts.iter().map(|(account, shift)| (*account, *shift)).collect();
    for piece in pieces(&shifts, 5) {
        shift_piece(&mut *connection, tenant, piece).await?;
    }
    Ok(())
}

async fn shift_piece(
    connection: &mut AnyConnection,
    tenant: &str,
    shifts: &[(&LedgerAccount, Shift)],
) -> Result<(), Failure> {
    let sql = format!(
        "with shift (code, key, debits, credits, reserved) as (values {}) update ledger_accounts set \
         debits = ledger_accounts.debits + shift.debits, credits = ledger_accounts.credits + shift.credits, \
         reserved = ledger_accounts.reserved + shift.reserved from shift where ledger_accounts.tenant = $1 and \
         ledger_accounts.code = shift.code and ledger_accounts.key = shift.key returning ledger_accounts.code, \
         ledger_accounts.key, ledger_accounts.debits, ledger_accounts.credits, ledger_accounts.reserved",
        typed_groups(2, &["text", "text", "bigint", "bigint", "bigint"], shifts.len())
    );
    let mut values = vec![Value::from(tenant)];
    for (account, Shift { before, after }) in shifts {
        let before = before.unwrap_or_default();
        values.extend([account.code.word().into(), account.key.as_str().into()]);
        let moved =
            [after.debits - before.debits, after.credits - before.credits, after.reserved - before.reserved];
        values.extend(moved.map(|moved| Value::from(moved.fen())));
    }
    let mut stored = BTreeMap::new();
    for row in statement(sql, &values).fetch_all(connection).await? {
        let (code, key, debits, credits, reserved) = <(String, String, i64, i64, i64)>::from_row(&row)?;
        stored.insert((code, key), (debits, credits, reserved));
    }
    for (account, Shift { after, .. }) in shifts {
        let folded = (after.debits.fen(), after.credits.fen(), after.reserved.fen());
        if stored.get(&(account.code.word().to_string(), account.key.clone())) != Some(&folded) {
            let problem = anyhow::anyhow!("stored balance of {account} is not the fold of its transfers");
            return Err(Failure::Internal(problem));
        }
    }
    Ok(())
}

/// The columns that every row has, then those of them that name another row.
fn transfer_row<'a>(tenant: &'a str, row: &'a Transfer) -> Vec<Value<'a>> {
    let mut values: Vec<Value<'a>> = vec![
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
    ];
    values.extend([row.reservation, row.mirrors].into_iter().flatten().map(|number| to_i64(number).into()));
    values
}

/// Appends rows, those that name no other first; `rows` are in log order.
pub async fn append(connection: &mut AnyConnection, tenant: &str, rows: &[&Transfer]) -> Result<(), Failure> {
    for (reserved, mirrored) in [(false, false), (true, false), (false, true), (true, true)] {
        let mut columns = "tenant, number, command_group, code, mode, debit_code, debit_key, credit_code, \
                           credit_key, amount, day, case_id, command, version, hash"
            .to_string();
        columns.push_str(if reserved { ", reservation" } else { "" });
        columns.push_str(if mirrored { ", mirrors" } else { "" });
        let like =
            |row: &&&Transfer| (row.reservation.is_some(), row.mirrors.is_some()) == (reserved, mirrored);
        let rows: Vec<Vec<Value<'_>>> =
            rows.iter().filter(like).map(|row| transfer_row(tenant, row)).collect();
        insert_many(connection, &format!("transfers ({columns})"), &rows, "").await?;
    }
    let is_pending = |row: &&&Transfer| row.mode == TransferMode::Pending;
    let opened: BTreeSet<u64> = rows.iter().filter(is_pending).map(|row| row.number).collect();
    let closed: BTreeSet<u64> = rows.iter().filter_map(|row| row.reservation).collect();
    let row = |number: &u64| -> Vec<Value<'_>> { vec![tenant.into(), to_i64(*number).into()] };
    let new: Vec<_> = opened.difference(&closed).map(row).collect();
    insert_many(connection, "open_reservations (tenant, number)", &new, "").await?;
    let gone: Vec<Value<'_>> =
        closed.difference(&opened).map(|number| Value::from(to_i64(*number))).collect();
    delete_many(connection, ("open_reservations", "number"), tenant, &gone).await
}

pub async fn insert_lines(
    connection: &mut AnyConnection,
    tenant: &str,
    lines: Vec<(&LineId, &ApprovedLine)>,
) -> Result<(), Failure> {
    let row = |(id, line): (&'_ LineId, &'_ ApprovedLine)| -> Vec<Value<'_>> {
        vec![
            tenant.to_string().into(),
            id.to_string().into(),
            i64::from(line.year).into(),
            line.department.to_string().into(),
            line.category.to_string().into(),
            line.name.to_string().into(),
            i64::from(line.carried).into(),
        ]
    };
    let rows: Vec<Vec<Value<'_>>> = lines.into_iter().map(row).collect();
    let into = "approved_lines (tenant, id, fiscal_year, department, category, name, carried)";
    insert_many(connection, into, &rows, "").await?;
    Ok(())
}

/// A package planned anew under the same name serves the lines it names now.
pub async fn put_rows(
    connection: &mut AnyConnection,
    tenant: &str,
    rows: BTreeMap<&PackageRowId, &LineId>,
) -> Result<(), Failure> {
    let row = |(id, line): (&PackageRowId, &LineId)| -> Vec<Value<'_>> {
        vec![tenant.to_string().into(), id.to_string().into(), line.to_string().into()]
    };
    let rows: Vec<Vec<Value<'_>>> = rows.into_iter().map(row).collect();
    let again = "on conflict (tenant, id) do update set line = excluded.line";
    insert_many(connection, "package_rows (tenant, id, line)", &rows, again).await?;
    Ok(())
}

/// Vouchers with the cases they are recorded for.
pub async fn insert_vouchers(
    connection: &mut AnyConnection,
    tenant: &str,
    vouchers: &[(&str, &CaseId)],
) -> Result<(), Failure> {
    let row = |(voucher, case): &(&str, &CaseId)| -> Vec<Value<'_>> {
        vec![tenant.to_string().into(), (*voucher).to_string().into(), case.to_string().into()]
    };
    let rows: Vec<Vec<Value<'_>>> = vouchers.iter().map(row).collect();
    insert_many(connection, "vouchers (tenant, voucher, case_id)", &rows, "").await?;
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

/// Appends movements of the bureau's money; the number of the first.
pub async fn insert_movements(
    connection: &mut AnyConnection,
    tenant: &str,
    movements: &[CashMovement],
) -> Result<i64, Failure> {
    if movements.is_empty() {
        return Ok(0);
    }
    let last: Option<i64> = sqlx::query_scalar("select max(number) from cash_movements where tenant = $1")
        .bind(tenant)
        .fetch_one(&mut *connection)
        .await?;
    let first = last.unwrap_or(0) + 1;
    for has_account in [false, true] {
        let row = |(number, of): (i64, &'_ CashMovement)| -> Vec<Value<'static>> {
            let mut values = vec![
                Value::from(tenant.to_string()),
                number.into(),
                of.day.to_string().into(),
                of.direction.word().to_string().into(),
                of.amount.fen().into(),
                of.voucher.clone().into(),
            ];
            values.extend(of.account.clone().map(Value::from));
            values
        };
        let like = |(_, of): &(i64, &CashMovement)| of.account.is_some() == has_account;
        let rows: Vec<_> = (first..).zip(movements).filter(like).map(row).collect();
        let account = if has_account { ", account" } else { "" };
        let into = format!("cash_movements (tenant, number, day, direction, amount, voucher{account})");
        insert_many(&mut *connection, &into, &rows, "").await?;
    }
    Ok(first)
}

/// Records which of these payments hold their term, and that the others no longer do.
pub async fn restate_live(
    connection: &mut AnyConnection,
    tenant: &str,
    payments: &BTreeMap<&CaseId, &Payment>,
) -> Result<(), Failure> {
    let ids: Vec<Value<'_>> = payments.keys().map(|case| Value::from(case.as_str())).collect();
    delete_many(&mut *connection, ("live_payments", "case_id"), tenant, &ids).await?;
    let is_live =
        |payment: &Payment| matches!(payment.stage, Stage::Applied | Stage::Paid) && !payment.is_final;
    let row = |(case, payment): (&&CaseId, &&Payment)| -> Vec<Value<'static>> {
        let contract = payment.contract.to_string();
        vec![tenant.to_string().into(), contract.into(), payment.term.into(), case.to_string().into()]
    };
    let live: Vec<_> = payments.iter().filter(|(_, payment)| is_live(payment)).map(row).collect();
    insert_many(connection, "live_payments (tenant, contract, term, case_id)", &live, "").await?;
    Ok(())
}
