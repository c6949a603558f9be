//! Values and statements of many rows. A list is read by one query and written by one statement, as far as the
//! databases' limit of parameters allows.

use crate::kernel::failure::Failure;
use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AssertSqlSafe};
use std::borrow::Cow;

/// Most parameters of one statement: SQLite's limit; PostgreSQL allows 65 535.
pub const MOST_PARAMETERS: usize = 32_766;

/// How many rows the prepared statements have. SQLite looks each parameter up by its name, so a statement
/// costs the square of their number and more rows are written quicker by several.
const PREPARED: [usize; 7] = [64, 32, 16, 8, 4, 2, 1];
/// Most rows of a prepared statement.
pub const MOST_ROWS: usize = PREPARED[0];

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

/// One select for each of `count` keys, which have `width` parameters from `$2` on; `$1` is the same for all. `select` makes it
/// from the number of its key's first parameter. Each key is found by the index, also where PostgreSQL knows so little of a
/// table that it would read a join's whole tenant.
pub fn for_each_key(count: usize, width: usize, select: impl Fn(usize) -> String) -> String {
    let selects: Vec<String> = (0..count).map(|key| select(2 + key * width)).collect();
    selects.join(" union all ")
}

/// Pieces of rows whose numbers are those of prepared statements, the largest first.
pub fn pieces<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = PREPARED.into_iter().find(|size| *size <= rows.len())?;
        let (piece, rest) = rows.split_at(size);
        rows = rest;
        Some(piece)
    })
}

/// The number of rows of the prepared statement that looks up so many keys, at most [`MOST_ROWS`]; the rest of its keys are
/// empty.
pub fn prepared(keys: usize) -> usize {
    PREPARED.into_iter().rfind(|size| *size >= keys).unwrap_or(MOST_ROWS)
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
    for piece in pieces(rows) {
        let sql = format!("insert into {into} values {} {on_conflict}", groups(1, width, piece.len()));
        let query = statement(sql, piece.iter().flatten());
        written += query.execute(&mut *connection).await?.rows_affected();
    }
    Ok(written)
}

/// Deletes the rows of a tenant under these keys of one column. `of` is a table with its column.
pub async fn delete_many(
    connection: &mut AnyConnection,
    (table, column): (&str, &str),
    tenant: &str,
    keys: &[Value<'_>],
) -> Result<(), Failure> {
    for piece in pieces(keys) {
        let sql = format!(
            "delete from {table} where tenant = $1 and {column} in ({})",
            placeholders(2, piece.len())
        );
        let tenant = [Value::from(tenant)];
        statement(sql, tenant.iter().chain(piece)).execute(&mut *connection).await?;
    }
    Ok(())
}

/// A counter as the database stores it.
pub fn to_i64(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A counter as it comes back.
pub fn from_i64(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_stands_in_one_piece_that_has_a_prepared_statement() {
        for count in [0, 1, 3, 64, 65, 187] {
            let rows: Vec<usize> = (0..count).collect();
            assert!(pieces(&rows).all(|piece| PREPARED.contains(&piece.len())), "{count}");
            assert_eq!(pieces(&rows).flatten().copied().collect::<Vec<_>>(), rows);
        }
    }

    #[test]
    fn keys_are_looked_up_by_the_smallest_prepared_statement_that_has_room() {
        assert_eq!([1, 2, 3, 17, 33, 64].map(prepared), [1, 2, 4, 32, 64, 64]);
    }

    #[test]
    fn each_key_has_its_own_select_and_parameters() {
        let sql = for_each_key(2, 2, |first| format!("select ${first}, ${}", first + 1));
        assert_eq!(sql, "select $2, $3 union all select $4, $5");
    }
}
