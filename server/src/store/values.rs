//! Values and statements of many rows. A list is read by one query and written by one statement, as far as the
//! databases' limit of parameters allows.

use crate::kernel::failure::Failure;
use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AssertSqlSafe};
use std::borrow::Cow;

/// Most parameters of one statement: SQLite's limit; PostgreSQL allows 65 535.
pub const MOST_PARAMETERS: usize = 32_766;

/// A value of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    Text(Cow<'a, str>),
    Number(i64),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Value<'a> {
        Value::Text(text.into())
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Value::Text(text.into())
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Value::Number(number)
    }
}

impl Value<'_> {
    /// As a digest covers it.
    pub fn as_text(&self) -> Cow<'_, str> {
        match self {
            Value::Text(text) => Cow::Borrowed(text),
            Value::Number(number) => Cow::Owned(number.to_string()),
        }
    }
}

/// A query whose text was built here. Only the number of placeholders and names written in our code vary in `sql`; every
/// value is bound.
///
/// Callers do not keep statements of many rows prepared, because hardly any two have the same number of rows.
pub fn statement<'q>(
    sql: String,
    values: impl IntoIterator<Item = &'q Value<'q>>,
) -> Query<'q, Any, AnyArguments> {
    values.into_iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, value| match value {
        Value::Text(text) => query.bind(text.as_ref()),
        Value::Number(number) => query.bind(*number),
    })
}

/// `count` placeholders from `$first` on: `$3, $4, $5`.
pub fn placeholders(first: usize, count: usize) -> String {
    let places: Vec<String> = (first..first + count).map(|place| format!("${place}")).collect();
    places.join(", ")
}

/// `count` groups of `width` placeholders from `$first` on: `($2, $3), ($4, $5)`.
pub fn groups(first: usize, width: usize, count: usize) -> String {
    let groups: Vec<String> =
        (0..count).map(|group| format!("({})", placeholders(first + group * width, width))).collect();
    groups.join(", ")
}

/// Inserts rows of equal width; answers how many were written. `into` is a table with its columns, `on_conflict` a clause
/// or empty.
pub async fn insert_many(
    connection: &mut AnyConnection,
    into: &str,
    rows: &[Vec<Value<'_>>],
    on_conflict: &str,
) -> Result<u64, Failure> {
    let width = rows.first().map_or(1, Vec::len);
    let mut written = 0;
    for chunk in rows.chunks(MOST_PARAMETERS / width) {
        let sql = format!("insert into {into} values {} {on_conflict}", groups(1, width, chunk.len()));
        let query = statement(sql, chunk.iter().flatten()).persistent(chunk.len() == 1);
        written += query.execute(&mut *connection).await?.rows_affected();
    }
    Ok(written)
}

/// A counter as the database stores it.
pub fn to_i64(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A counter as it comes back.
pub fn from_i64(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}
