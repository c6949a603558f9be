//! What the database itself gives: the rows that the payments left, written again by one connection in groups, one statement a row
//! and nothing else.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Column, Connection, Row};
use std::collections::BTreeMap;
use std::time::Instant;

/// How many payments share a commit: few, and as many as the server carries out together at most. The better counts.
const GROUPS: [usize; 2] = [8, 32];

/// Tables with the column that names a payment and the further columns of their key.
const TABLES: [(&str, &str, &str); 9] = [
    ("cases", "id", "id"),
    ("case_events", "case_id", "case_id, revision"),
    ("case_keys", "case_id", "key, case_id"),
    ("transfers", "case_id", "number"),
    ("vouchers", "case_id", "voucher"),
    ("live_payments", "case_id", "contract, term"),
    ("cash_movements", "replace(voucher, '省支', '')", "number"),
    ("notices", "request", "account, seq"),
    ("audit_trail", "subject", "seq"),
];

enum Cell {
    Number(i64),
    Text(String),
}

/// A row that is to be written, without its empty columns.
struct RawRow {
    sql: String,
    cells: Vec<Cell>,
}

/// Payments a second.
pub async fn measure(url: &str) -> Result<u64, sqlx::Error> {
    let mut connection = AnyConnection::connect(url).await?;
    if url.starts_with("sqlite:") {
        sqlx::raw_sql("pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -8000;")
            .execute(&mut connection)
            .await?;
    }
    let payments = read(&mut connection).await?;
    let mut best = 0;
    for group in GROUPS {
        for (table, ..) in TABLES {
            sqlx::query(AssertSqlSafe(format!("delete from raw_{table}"))).execute(&mut connection).await?;
        }
        best = best.max(written(&mut connection, &payments, group).await?);
    }
    connection.close().await?;
    Ok(best)
}

/// Payments a second, so many in each commit.
async fn written(
    connection: &mut AnyConnection,
    payments: &[Vec<RawRow>],
    group: usize,
) -> Result<u64, sqlx::Error> {
    let started = Instant::now();
    for group in payments.chunks(group) {
        let mut together = connection.begin().await?;
        for RawRow { sql, cells } in group.iter().flatten() {
            let query =
                cells.iter().fold(sqlx::query(AssertSqlSafe(sql.as_str())), |query, cell| match cell {
                    Cell::Number(number) => query.bind(*number),
                    Cell::Text(text) => query.bind(text.as_str()),
                });
            query.execute(&mut *together).await?;
        }
        together.commit().await?;
    }
    let took = started.elapsed().as_millis().max(1);
    Ok(payments.len() as u64 * 1_000 / u64::try_from(took).unwrap_or(u64::MAX))
}

/// The rows of each payment; a table is made for every table they come from.
async fn read(connection: &mut AnyConnection) -> Result<Vec<Vec<RawRow>>, sqlx::Error> {
    let mut payments: BTreeMap<String, Vec<RawRow>> = BTreeMap::new();
    for (table, named, key) in TABLES {
        for sql in [
            format!("create table raw_{table} as select * from {table} where 1 = 0"),
            format!("create unique index raw_{table}_key on raw_{table} (tenant, {key})"),
        ] {
            sqlx::query(AssertSqlSafe(sql)).execute(&mut *connection).await?;
        }
        let sql = format!("select {named} as payment, t.* from {table} t where {named} like 'pay-%'");
        for row in sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut *connection).await? {
            payments.entry(row.try_get("payment")?).or_default().push(raw_row(table, &row));
        }
    }
    Ok(payments.into_values().collect())
}

fn raw_row(table: &str, row: &AnyRow) -> RawRow {
    let (mut columns, mut cells) = (Vec::new(), Vec::new());
    for column in row.columns().iter().skip(1) {
        let number = row.try_get::<i64, _>(column.ordinal()).map(Cell::Number);
        if let Ok(cell) = number.or_else(|_| row.try_get::<String, _>(column.ordinal()).map(Cell::Text)) {
            columns.push(column.name().to_string());
            cells.push(cell);
        }
    }
    let places: Vec<String> = (1..=cells.len()).map(|place| format!("${place}")).collect();
    RawRow {
        sql: format!("insert into raw_{table} ({}) values ({})", columns.join(", "), places.join(", ")),
        cells,
    }
}
