//! 对账库: statements, their rows and what a person matched by hand. The only file that knows these tables.

use crate::kernel::failure::Failure;
use crate::store::values::{Value, from_i64, insert_many, to_i64};
use shared::cases::statement::StatementLine;
use shared::kernel::calendar::Date;
use shared::kernel::ids::CaseId;
use shared::kernel::money::Money;
use shared::kernel::timestamp::Timestamp;
use shared::ledger::reconcile::CashDirection;
use sqlx::{AnyConnection, FromRow};
use std::collections::BTreeMap;

/// A statement that was taken.
#[derive(Clone, Debug)]
pub struct StoredStatement {
    pub id: CaseId,
    pub name: String,
    pub by: String,
    pub at: Timestamp,
}

/// What a person matched: movement, reason, who.
#[derive(Clone, Debug)]
pub struct HandMatch {
    pub movement: u64,
    pub reason: String,
    pub by: String,
}

#[derive(FromRow)]
struct StatementRow {
    id: String,
    name: String,
    by_name: String,
    at: String,
}

/// All statements, in the order they were taken.
pub async fn all(connection: &mut AnyConnection, tenant: &str) -> Result<Vec<StoredStatement>, Failure> {
    let sql = "select id, name, by_name, at from statements where tenant = $1 order by number";
    let rows: Vec<StatementRow> = sqlx::query_as(sql).bind(tenant).fetch_all(connection).await?;
    let read = |row: StatementRow| {
        let StatementRow { id, name, by_name: by, at } = row;
        Ok(StoredStatement { id: CaseId::new(id), name, by, at: at.parse()? })
    };
    rows.into_iter().map(read).collect()
}

/// The statement that was taken of a file with this SM3.
pub async fn of_digest(
    connection: &mut AnyConnection,
    tenant: &str,
    digest: &str,
) -> Result<Option<String>, Failure> {
    let sql = "select id from statements where tenant = $1 and digest = $2";
    Ok(sqlx::query_scalar(sql).bind(tenant).bind(digest).fetch_optional(connection).await?)
}

/// A file as it is taken.
pub struct NewStatement<'a> {
    pub id: &'a CaseId,
    pub name: &'a str,
    pub digest: &'a str,
    pub by_account: &'a str,
    pub by_name: &'a str,
    pub at: String,
    pub lines: &'a [StatementLine],
}

/// Stores a statement with its rows.
pub async fn insert(
    connection: &mut AnyConnection,
    tenant: &str,
    new: &NewStatement<'_>,
) -> Result<(), Failure> {
    let last: Option<i64> = sqlx::query_scalar("select max(number) from statements where tenant = $1")
        .bind(tenant)
        .fetch_one(&mut *connection)
        .await?;
    let head: Vec<Value<'_>> = vec![
        tenant.into(),
        new.id.as_str().into(),
        (last.unwrap_or(0) + 1).into(),
        new.name.into(),
        new.digest.into(),
        new.by_account.into(),
        new.by_name.into(),
        new.at.as_str().into(),
    ];
    let into = "statements (tenant, id, number, name, digest, by_account, by_name, at)";
    insert_many(&mut *connection, into, &[head], "").await?;
    let row = |(number, line): (i64, &StatementLine)| -> Vec<Value<'static>> {
        vec![
            tenant.to_string().into(),
            new.id.to_string().into(),
            number.into(),
            line.date.to_string().into(),
            line.direction.word().to_string().into(),
            line.amount.fen().into(),
            line.voucher.clone().into(),
            line.account.clone().into(),
            line.holder.clone().into(),
            line.summary.clone().into(),
        ]
    };
    let rows: Vec<_> = (1..).zip(new.lines).map(row).collect();
    let into = "statement_rows (tenant, statement, number, day, direction, amount, voucher, account, holder, \
                summary)";
    insert_many(connection, into, &rows, "").await?;
    Ok(())
}

#[derive(FromRow)]
struct LineRow {
    statement: String,
    day: String,
    direction: String,
    amount: i64,
    voucher: String,
    account: String,
    holder: String,
    summary: String,
}

/// The rows of every statement, in their order.
pub async fn lines(
    connection: &mut AnyConnection,
    tenant: &str,
) -> Result<BTreeMap<CaseId, Vec<StatementLine>>, Failure> {
    let rows: Vec<LineRow> = sqlx::query_as(
        "select statement, day, direction, amount, voucher, account, holder, summary from statement_rows \
         where tenant = $1 order by statement, number",
    )
    .bind(tenant)
    .fetch_all(connection)
    .await?;
    let mut lines: BTreeMap<CaseId, Vec<StatementLine>> = BTreeMap::new();
    for row in rows {
        let date = Date::parse(&row.day).ok_or_else(|| anyhow::anyhow!("a row of day {:?}", row.day))?;
        let direction = CashDirection::ALL.into_iter().find(|way| way.word() == row.direction);
        let direction = direction.ok_or_else(|| anyhow::anyhow!("a row {:?}", row.direction))?;
        let LineRow { statement, voucher, account, holder, summary, .. } = row;
        let amount = Money::from_fen(row.amount);
        let line = StatementLine { date, direction, amount, voucher, account, holder, summary };
        lines.entry(CaseId::new(statement)).or_default().push(line);
    }
    Ok(lines)
}

#[derive(FromRow)]
struct MatchRow {
    statement: String,
    row_number: i64,
    movement: i64,
    reason: String,
    by_name: String,
}

/// What people matched, by statement and row.
pub async fn matches(
    connection: &mut AnyConnection,
    tenant: &str,
) -> Result<BTreeMap<(CaseId, u64), HandMatch>, Failure> {
    let sql =
        "select statement, row_number, movement, reason, by_name from statement_matches where tenant = $1";
    let rows: Vec<MatchRow> = sqlx::query_as(sql).bind(tenant).fetch_all(connection).await?;
    let read = |row: MatchRow| {
        let of = (CaseId::new(row.statement), from_i64(row.row_number));
        (of, HandMatch { movement: from_i64(row.movement), reason: row.reason, by: row.by_name })
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Stores what a person matched; the row and the movement are open.
pub async fn insert_match(
    connection: &mut AnyConnection,
    tenant: &str,
    (statement, row): (&CaseId, u64),
    found: &HandMatch,
    (account, at): (&str, String),
) -> Result<(), Failure> {
    let row: Vec<Value<'_>> = vec![
        tenant.into(),
        statement.as_str().into(),
        to_i64(row).into(),
        to_i64(found.movement).into(),
        found.reason.as_str().into(),
        account.into(),
        found.by.as_str().into(),
        at.into(),
    ];
    let into = "statement_matches (tenant, statement, row_number, movement, reason, by_account, by_name, at)";
    insert_many(connection, into, &[row], "").await?;
    Ok(())
}
