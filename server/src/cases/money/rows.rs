//! 总账库: the ledger and what the execution kinds need besides their cases. The only file that knows these tables.

use super::line_rows::LinesOfYear;
use crate::kernel::failure::Failure;
use crate::store::values::{Value, from_i64, key_lists, statement, to_i64};
use shared::kernel::calendar::Date;
use shared::kernel::ids::CaseId;
use shared::kernel::money::Money;
use shared::ledger::account::{AccountCode, LedgerAccount};
use shared::ledger::balance::{Balance, Balances};
use shared::ledger::log::{ChainEnd, Turnover};
use shared::ledger::reconcile::{CashDirection, CashMovement};
use shared::ledger::transfer::{Origin, Transfer, TransferCode, TransferMode};
use sqlx::{AnyConnection, FromRow, Row};
use std::collections::{BTreeMap, BTreeSet};

/// A word of a column that no enumeration has: the row was not written by this program.
fn unknown(what: &str, word: &str) -> Failure {
    Failure::Internal(anyhow::anyhow!("{what} {word:?} in the ledger"))
}

/// The value of an enumeration by its word in rows.
macro_rules! by_word {
    ($kind:ident, $word:expr) => {{
        let word: &str = $word;
        let value = $kind::ALL.into_iter().find(|value| value.word() == word);
        value.ok_or_else(|| unknown(stringify!($kind), word))
    }};
}

fn account(code: &str, key: String) -> Result<LedgerAccount, Failure> {
    Ok(LedgerAccount { code: by_word!(AccountCode, code)?, key })
}

#[derive(FromRow)]
struct BalanceRow {
    code: String,
    key: String,
    debits: i64,
    credits: i64,
    reserved: i64,
}

impl BalanceRow {
    fn read(self) -> Result<(LedgerAccount, Balance), Failure> {
        let fen = Money::from_fen;
        let (debits, credits) = (fen(self.debits), fen(self.credits));
        Ok((account(&self.code, self.key)?, Balance { debits, credits, reserved: fen(self.reserved) }))
    }
}

const BALANCES: &str = "select code, key, debits, credits, reserved from ledger_accounts where tenant = $1";

/// Every account with what the transfers add up to.
pub async fn balances(connection: &mut AnyConnection, tenant: &str) -> Result<Balances, Failure> {
    let rows: Vec<BalanceRow> = sqlx::query_as(BALANCES).bind(tenant).fetch_all(connection).await?;
    rows.into_iter().map(BalanceRow::read).collect()
}

/// The accounts of these lines, rows and years.
pub async fn balances_of(
    connection: &mut AnyConnection,
    tenant: &str,
    keys: &BTreeSet<String>,
) -> Result<Balances, Failure> {
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let mut balances = Balances::new();
    for (list, values) in key_lists(tenant, &keys) {
        let sql = format!("{BALANCES} and key in ({list})");
        for row in statement(sql, &values).fetch_all(&mut *connection).await? {
            let (account, balance) = BalanceRow::from_row(&row)?.read()?;
            balances.insert(account, balance);
        }
    }
    Ok(balances)
}

/// The accounts of the lines of a year and of the package rows that serve them.
pub async fn balances_of_year(
    connection: &mut AnyConnection,
    tenant: &str,
    of: LinesOfYear<'_>,
) -> Result<Balances, Failure> {
    let values = of.values(tenant);
    let mut balances = Balances::new();
    for keys in [of.select("l.id"), of.select_rows()] {
        let sql = format!("{BALANCES} and key in ({keys})");
        for row in statement(sql, &values).fetch_all(&mut *connection).await? {
            let (account, balance) = BalanceRow::from_row(&row)?.read()?;
            balances.insert(account, balance);
        }
    }
    Ok(balances)
}

/// Number and hash of the last transfer.
pub async fn end(connection: &mut AnyConnection, tenant: &str) -> Result<ChainEnd, Failure> {
    let last: Option<(i64, String)> =
        sqlx::query_as("select number, hash from transfers where tenant = $1 order by number desc limit 1")
            .bind(tenant)
            .fetch_optional(connection)
            .await?;
    Ok(last.map_or_else(ChainEnd::default, |(number, hash)| ChainEnd { number: from_i64(number), hash }))
}

#[derive(FromRow)]
struct TurnoverRow {
    debit_code: String,
    debit_key: String,
    code: String,
    amount: i64,
}

/// Posted amounts of the lines of a year by debited account and code, of the codes that columns of the money page fold: the
/// condition is that of the index they are in.
pub async fn turnover_of_year(
    connection: &mut AnyConnection,
    tenant: &str,
    of: LinesOfYear<'_>,
) -> Result<Turnover, Failure> {
    let values = of.values(tenant);
    let sql = format!(
        "select debit_code, debit_key, code, cast(sum(amount) as bigint) as amount from transfers \
         where tenant = $1 and code in ('advance', 'reverse', 'supply', 'commit', 'supplement') and \
         mode in ('posted', 'post') and debit_key in ({}) group by debit_code, debit_key, code",
        of.select("l.id")
    );
    let rows = statement(sql, &values).fetch_all(connection).await?;
    let read = |row| -> Result<((LedgerAccount, TransferCode), Money), Failure> {
        let row = TurnoverRow::from_row(row)?;
        let debit = account(&row.debit_code, row.debit_key)?;
        Ok(((debit, by_word!(TransferCode, row.code.as_str())?), Money::from_fen(row.amount)))
    };
    rows.iter().map(read).collect()
}

/// Ends each value in the text of a row.
const END: char = '\u{1f}';

/// A transfer `t` as one text of its values: the driver allocates for every value it hands over, which took most of the time
/// of reading a large log.
const ROW: &str = "t.number || '\u{1f}' || t.command_group || '\u{1f}' || t.code || '\u{1f}' || t.mode || '\u{1f}' || \
                   t.debit_code || '\u{1f}' || t.debit_key || '\u{1f}' || t.credit_code || '\u{1f}' || t.credit_key || \
                   '\u{1f}' || t.amount || '\u{1f}' || coalesce(cast(t.reservation as text), '') || '\u{1f}' || \
                   coalesce(cast(t.mirrors as text), '') || '\u{1f}' || t.day || '\u{1f}' || t.case_id || '\u{1f}' || \
                   t.command || '\u{1f}' || t.version || '\u{1f}' || t.hash";

/// A transfer from the text that [`ROW`] selects.
fn transfer(row: &str) -> Result<Transfer, Failure> {
    let unreadable = || unknown("row", row);
    let mut values = row.split(END);
    let mut next = || values.next().ok_or_else(unreadable);
    let whole = |text: &str| text.parse::<u64>().map_err(|_| unreadable());
    let number = |text: &str| (!text.is_empty()).then(|| whole(text)).transpose();
    let transfer = Transfer {
        number: whole(next()?)?,
        group: whole(next()?)?,
        code: by_word!(TransferCode, next()?)?,
        mode: by_word!(TransferMode, next()?)?,
        debit: account(next()?, next()?.to_string())?,
        credit: account(next()?, next()?.to_string())?,
        amount: Money::from_fen(next()?.parse().map_err(|_| unreadable())?),
        reservation: number(next()?)?,
        mirrors: number(next()?)?,
        origin: Origin {
            day: Date::parse(next()?).ok_or_else(unreadable)?,
            case: CaseId::new(next()?),
            command: next()?.to_string(),
            version: next()?.to_string(),
        },
        hash: next()?.to_string(),
    };
    if values.next().is_some() { Err(unreadable()) } else { Ok(transfer) }
}

async fn transfers(
    connection: &mut AnyConnection,
    rest: &str,
    values: &[Value<'_>],
) -> Result<Vec<Transfer>, Failure> {
    let sql = format!("select {ROW} {rest}");
    let rows = statement(sql, values).fetch_all(connection).await?;
    rows.iter().map(|row| transfer(row.try_get(0)?)).collect()
}

/// Reservations neither posted nor voided, in log order.
pub async fn open_reservations(
    connection: &mut AnyConnection,
    tenant: &str,
) -> Result<Vec<Transfer>, Failure> {
    let rest = "from open_reservations o join transfers t on t.tenant = o.tenant and t.number = o.number \
                where o.tenant = $1 order by t.number";
    transfers(connection, rest, &[tenant.into()]).await
}

/// Open reservations of these cases, and those that touch an account of these lines, rows and years, in log order.
pub async fn open_reservations_on(
    connection: &mut AnyConnection,
    tenant: &str,
    cases: &BTreeSet<CaseId>,
    keys: &BTreeSet<String>,
) -> Result<Vec<Transfer>, Failure> {
    let touches = |row: &Transfer| {
        cases.contains(&row.origin.case) || keys.contains(&row.debit.key) || keys.contains(&row.credit.key)
    };
    Ok(open_reservations(connection, tenant).await?.into_iter().filter(touches).collect())
}

/// What the commands of these cases wrote, in log order.
pub async fn transfers_of_cases(
    connection: &mut AnyConnection,
    tenant: &str,
    cases: impl IntoIterator<Item = &CaseId>,
) -> Result<Vec<Transfer>, Failure> {
    let mut found = Vec::new();
    for (list, values) in key_lists(tenant, &cases.into_iter().map(CaseId::as_str).collect::<Vec<_>>()) {
        let rest =
            format!("from transfers t where t.tenant = $1 and t.case_id in ({list}) order by t.number");
        found.extend(transfers(&mut *connection, &rest, &values).await?);
    }
    Ok(found)
}

/// Transfers that debit or credit an account, in log order.
pub async fn transfers_of_account(
    connection: &mut AnyConnection,
    tenant: &str,
    account: &LedgerAccount,
) -> Result<Vec<Transfer>, Failure> {
    let rest = "from transfers t where t.tenant = $1 and ((t.debit_code = $2 and t.debit_key = $3) \
                or (t.credit_code = $2 and t.credit_key = $3)) order by t.number";
    let values = [tenant.into(), account.code.word().into(), account.key.as_str().into()];
    transfers(connection, rest, &values).await
}

/// Transfers that debit or credit one of these accounts, in log order.
pub async fn transfers_of_accounts(
    connection: &mut AnyConnection,
    tenant: &str,
    accounts: &[LedgerAccount],
) -> Result<Vec<Transfer>, Failure> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let mut values: Vec<Value<'_>> = vec![tenant.into()];
    let mut either = Vec::with_capacity(accounts.len());
    for account in accounts {
        let (code, key) = (values.len() + 1, values.len() + 2);
        values.extend([account.code.word().into(), account.key.as_str().into()]);
        either.push(format!(
            "(t.debit_code = ${code} and t.debit_key = ${key}) or (t.credit_code = ${code} and t.credit_key = ${key})"
        ));
    }
    let rest =
        format!("from transfers t where t.tenant = $1 and ({}) order by t.number", either.join(" or "));
    transfers(connection, &rest, &values).await
}

/// The transfers after one number, at most so many, in log order.
pub async fn transfers_after(
    connection: &mut AnyConnection,
    tenant: &str,
    after: u64,
    most: i64,
) -> Result<Vec<Transfer>, Failure> {
    let rest = "from transfers t where t.tenant = $1 and t.number > $2 order by t.number limit $3";
    transfers(connection, rest, &[tenant.into(), to_i64(after).into(), most.into()]).await
}

pub async fn closed_years(
    connection: &mut AnyConnection,
    tenant: &str,
) -> Result<BTreeMap<i32, u64>, Failure> {
    let rows: Vec<(i64, i64)> =
        sqlx::query_as("select fiscal_year, last_transfer from closed_years where tenant = $1")
            .bind(tenant)
            .fetch_all(connection)
            .await?;
    let read = |(year, last): (i64, i64)| {
        let year = i32::try_from(year).map_err(|error| Failure::Internal(error.into()))?;
        Ok((year, from_i64(last)))
    };
    rows.into_iter().map(read).collect()
}

/// Which of these vouchers some command recorded.
pub async fn vouchers_taken(
    connection: &mut AnyConnection,
    tenant: &str,
    vouchers: &[&str],
) -> Result<BTreeSet<String>, Failure> {
    let mut taken = BTreeSet::new();
    for (list, values) in key_lists(tenant, vouchers) {
        let sql = format!("select voucher from vouchers where tenant = $1 and voucher in ({list})");
        for row in statement(sql, &values).fetch_all(&mut *connection).await? {
            taken.insert(row.try_get("voucher")?);
        }
    }
    Ok(taken)
}

#[derive(FromRow)]
struct MovementRow {
    day: String,
    direction: String,
    amount: i64,
    voucher: String,
    account: Option<String>,
}

/// Movements of the bureau's money, in ledger order.
pub async fn movements(connection: &mut AnyConnection, tenant: &str) -> Result<Vec<CashMovement>, Failure> {
    let rows: Vec<MovementRow> = sqlx::query_as(
        "select day, direction, amount, voucher, account from cash_movements where tenant = $1 order by number",
    )
    .bind(tenant)
    .fetch_all(connection)
    .await?;
    let read = |row: MovementRow| {
        Ok(CashMovement {
            day: Date::parse(&row.day).ok_or_else(|| unknown("day", &row.day))?,
            direction: by_word!(CashDirection, row.direction.as_str())?,
            amount: Money::from_fen(row.amount),
            voucher: row.voucher,
            account: row.account,
        })
    };
    rows.into_iter().map(read).collect()
}
