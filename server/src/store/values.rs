//! Values and statements of many rows. A list is read by one query and written by one statement, as far as the
//! databases' limit of parameters allows.

use crate::kernel::failure::Failure;
use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AssertSqlSafe};
use std::borrow::Cow;

/// Most parameters of one statement: SQLite's limit; PostgreSQL allows 65 535.
pub const MOST_PARAMETERS: usize = 32_766;

/// How many rows the prepared statements have. Few numbers: a connection remembers a hundred statements, and one that it
/// forgot is read anew.
const PREPARED: [usize; 4] = [64, 16, 4, 1];
/// Most parameters of a prepared statement. SQLite looks each up by its name, so a statement costs the square of their number
/// and many rows are written quicker by several.
const PREPARED_PARAMETERS: usize = 320;
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

/// `count` groups of placeholders of these types from `$first` on: `(cast($2 as text), cast($3 as bigint))`. Values that
/// are not inserted as they are have no type of their own.
pub fn typed_groups(first: usize, types: &[&str], count: usize) -> String {
    let group = |group: usize| {
        let places = types.iter().zip(first + group * types.len()..);
        let typed: Vec<String> = places.map(|(of, place)| format!("cast(${place} as {of})")).collect();
        format!("({})", typed.join(", "))
    };
    (0..count).map(group).collect::<Vec<_>>().join(", ")
}

/// Expressions as one text, each with its length before it, so that a row is one value to fetch and not many; what is null as
/// `-`. Read by [`texts_in`].
pub fn one_text<E: AsRef<str>>(expressions: &[E]) -> String {
    let text = |of: &E| {
        let text = format!("cast({} as text)", of.as_ref());
        format!("coalesce(cast(length({text}) as text) || ':' || {text}, '-')")
    };
    expressions.iter().map(text).collect::<Vec<_>>().join(" || ")
}

/// The `N` texts that [`one_text`] made one.
///
/// # Errors
/// It is not one of so many.
pub fn texts_in<const N: usize>(text: &str) -> Result<[Option<&str>; N], Failure> {
    let mut texts = [None; N];
    let rest = texts.iter_mut().try_fold(text, |rest, text| {
        let (of, rest) = next_text(rest)?;
        *text = of;
        Some(rest)
    });
    match rest {
        Some("") => Ok(texts),
        _ => Err(anyhow::anyhow!("a row that is not {N} texts").into()),
    }
}

/// The first of the texts that [`one_text`] made one, and the rest.
pub fn next_text(text: &str) -> Option<(Option<&str>, &str)> {
    if let Some(rest) = text.strip_prefix('-') {
        return Some((None, rest));
    }
    let (length, rest) = text.split_once(':')?;
    let length: usize = length.parse().ok()?;
    // Mostly ASCII, whose characters need not be counted.
    let end = match rest.get(..length) {
        Some(text) if text.is_ascii() => length,
        _ => rest.char_indices().nth(length).map_or(rest.len(), |(at, _)| at),
    };
    let (text, rest) = rest.split_at(end);
    Some((Some(text), rest))
}

/// One select for each of `count` keys, which have `width` parameters from `$2` on; `$1` is the same for all. `select` makes it
/// from the number of its key's first parameter. Each key is found by the index, also where PostgreSQL knows so little of a
/// table that it would read a join's whole tenant.
pub fn for_each_key(count: usize, width: usize, select: impl Fn(usize) -> String) -> String {
    let selects: Vec<String> = (0..count).map(|key| select(2 + key * width)).collect();
    selects.join(" union all ")
}

/// Pieces of rows of so many parameters whose numbers are those of prepared statements, the largest first.
pub fn pieces<T>(mut rows: &[T], width: usize) -> impl Iterator<Item = &[T]> {
    let most = PREPARED_PARAMETERS / width.max(1);
    std::iter::from_fn(move || {
        let size = PREPARED.into_iter().find(|size| *size <= rows.len() && *size <= most.max(1))?;
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

/// Texts as prepared statements look them up in a list: places from `$2` on, and their values after that of the tenant.
pub fn key_lists<'a>(tenant: &'a str, keys: &[&'a str]) -> Vec<(String, Vec<Value<'a>>)> {
    let list = |keys: &[&'a str]| {
        let mut values: Vec<Value<'a>> = [tenant].iter().chain(keys).map(|text| (*text).into()).collect();
        // No key is empty.
        values.resize(1 + prepared(keys.len()), Value::from(""));
        (placeholders(2, prepared(keys.len())), values)
    };
    keys.chunks(MOST_ROWS).map(list).collect()
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
    for piece in pieces(rows, width) {
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
    for piece in pieces(keys, 1) {
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
            for width in [1, 5, 17, 400] {
                let fits = |piece: &[usize]| piece.len() == 1 || piece.len() * width <= PREPARED_PARAMETERS;
                assert!(
                    pieces(&rows, width).all(|piece| PREPARED.contains(&piece.len()) && fits(piece)),
                    "{count} rows of {width}"
                );
                assert_eq!(pieces(&rows, width).flatten().copied().collect::<Vec<_>>(), rows);
            }
        }
    }

    #[test]
    fn keys_are_looked_up_by_the_smallest_prepared_statement_that_has_room() {
        assert_eq!([1, 2, 4, 5, 17, 64].map(prepared), [1, 4, 4, 16, 64, 64]);
    }

    #[test]
    fn a_list_has_room_for_as_many_keys_as_its_prepared_statement() {
        let lists = key_lists("t", &["a", "b"]);
        assert_eq!(lists.len(), 1);
        assert_eq!(lists[0].0, "$2, $3, $4, $5");
        assert_eq!(lists[0].1, ["t", "a", "b", "", ""].map(Value::from));
    }

    #[test]
    fn texts_that_were_made_one_are_read_as_they_were() {
        let row = "2:ab-0:4:1:厅/6:2:x-3:";
        assert_eq!(texts_in::<5>(row).unwrap(), [Some("ab"), None, Some(""), Some("1:厅/"), Some("2:x-3:")]);
        for wrong in ["", "2:ab", "2:ab-0:4:1:厅/6:2:x-3:-", "x:ab----"] {
            assert!(texts_in::<5>(wrong).is_err(), "{wrong}");
        }
        assert_eq!(
            one_text(&["a"]),
            "coalesce(cast(length(cast(a as text)) as text) || ':' || cast(a as text), '-')"
        );
    }

    #[test]
    fn each_key_has_its_own_select_and_parameters() {
        let sql = for_each_key(2, 2, |first| format!("select ${first}, ${}", first + 1));
        assert_eq!(sql, "select $2, $3 union all select $4, $5");
    }
}
