//! 填报内容: the table `draft_rows`. A draft is stored row by row, so an edit reads and writes only the rows it touches.

use crate::kernel::failure::Failure;
use crate::store::values::{MOST_ROWS, Value, for_each_key, groups, insert_many, prepared, statement};
use shared::engine::document::{Document, Row};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::RowId;
use sqlx::{AnyConnection, FromRow, Row as _};
use std::collections::{BTreeMap, BTreeSet};

/// Parameters of a [`RowKey`].
const WIDTH: usize = 3;

/// Which draft.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    pub tenant: &'a str,
    pub request: &'a str,
}

#[derive(FromRow)]
struct DraftRow {
    table: String,
    row_id: String,
    rank: i64,
    cells: String,
}

impl DraftRow {
    fn row(self) -> Result<(String, Row), Failure> {
        let cells = serde_json::from_str(&self.cells)?;
        Ok((self.table, Row { id: RowId::new(self.row_id), rank: self.rank, cells }))
    }
}

impl Draft<'_> {
    /// The whole document.
    pub async fn document(
        &self,
        connection: &mut AnyConnection,
        year: FiscalYear,
    ) -> Result<Document, Failure> {
        let rows: Vec<DraftRow> = sqlx::query_as(
            "select \"table\", row_id, rank, cells from draft_rows where tenant = $1 and request = $2 \
             order by \"table\", rank, row_id",
        )
        .bind(self.tenant)
        .bind(self.request)
        .fetch_all(connection)
        .await?;
        let mut document = Document::new(year);
        for stored in rows {
            let (table, row) = stored.row()?;
            document.tables.entry(table).or_default().push(row);
        }
        // The engine orders ids by their bytes, whatever the database's collation.
        for rows in document.tables.values_mut() {
            rows.sort_by(|a, b| (a.rank, &a.id).cmp(&(b.rank, &b.id)));
        }
        Ok(document)
    }

    /// How many rows there are.
    pub async fn size(&self, connection: &mut AnyConnection) -> Result<i64, Failure> {
        let count = sqlx::query_scalar("select count(*) from draft_rows where tenant = $1 and request = $2")
            .bind(self.tenant)
            .bind(self.request)
            .fetch_one(connection)
            .await?;
        Ok(count)
    }

    /// Bytes of all its cells as they are stored.
    pub async fn bytes(&self, connection: &mut AnyConnection) -> Result<i64, Failure> {
        let bytes = sqlx::query_scalar(
            "select cast(coalesce(sum(octet_length(cells)), 0) as bigint) from draft_rows \
             where tenant = $1 and request = $2",
        )
        .bind(self.tenant)
        .bind(self.request)
        .fetch_one(connection)
        .await?;
        Ok(bytes)
    }
}

/// A row of a draft: request, table and id.
pub type RowKey = (String, String, RowId);

/// The rows of these keys, of any drafts; absent where there is none.
pub async fn rows(
    connection: &mut AnyConnection,
    tenant: &str,
    keys: &BTreeSet<RowKey>,
) -> Result<BTreeMap<RowKey, Row>, Failure> {
    let mut found = BTreeMap::new();
    for values in chunks(tenant, keys) {
        let sql = for_each_key(values.len() / WIDTH, WIDTH, |first| {
            format!(
                "select request, \"table\", row_id, rank, cells from draft_rows \
                 where tenant = $1 and request = ${first} and \"table\" = ${} and row_id = ${}",
                first + 1,
                first + 2
            )
        });
        for row in statement(sql, &values).fetch_all(&mut *connection).await? {
            let request: String = row.try_get("request")?;
            let (table, row) = DraftRow::from_row(&row)?.row()?;
            found.insert((request, table, row.id.clone()), row);
        }
    }
    Ok(found)
}

/// Writes rows, new or changed, each with its request and table.
pub async fn write(
    connection: &mut AnyConnection,
    tenant: &str,
    rows: &[(&str, &str, &Row)],
) -> Result<(), Failure> {
    let mut values = Vec::with_capacity(rows.len());
    for (request, table, row) in rows {
        values.push(vec![
            Value::from(tenant),
            (*request).into(),
            (*table).into(),
            row.id.as_str().into(),
            row.rank.into(),
            serde_json::to_string(&row.cells)?.into(),
        ]);
    }
    let into = "draft_rows (tenant, request, \"table\", row_id, rank, cells)";
    let on_conflict = "on conflict (tenant, request, \"table\", row_id) do update set \
                       rank = excluded.rank, cells = excluded.cells";
    insert_many(connection, into, &values, on_conflict).await?;
    Ok(())
}

/// Removes the rows of these keys.
pub async fn remove(
    connection: &mut AnyConnection,
    tenant: &str,
    keys: &BTreeSet<RowKey>,
) -> Result<(), Failure> {
    for values in chunks(tenant, keys) {
        let sql = format!(
            "delete from draft_rows where tenant = $1 and (request, \"table\", row_id) in (values {})",
            groups(2, WIDTH, values.len() / WIDTH)
        );
        statement(sql, &values).execute(&mut *connection).await?;
    }
    Ok(())
}

/// The tenant and the keys, as many at a time as a prepared statement looks up.
fn chunks<'v>(tenant: &'v str, keys: &'v BTreeSet<RowKey>) -> Vec<Vec<Value<'v>>> {
    let keys: Vec<&RowKey> = keys.iter().collect();
    let of_chunk = |chunk: &[&'v RowKey]| {
        let of_key = |(request, table, row): &'v RowKey| {
            [Value::from(request.as_str()), table.as_str().into(), row.as_str().into()]
        };
        let mut values = vec![Value::from(tenant)];
        values.extend(chunk.iter().flat_map(|key| of_key(key)));
        values.resize(1 + prepared(chunk.len()) * WIDTH, Value::from(""));
        values
    };
    keys.chunks(MOST_ROWS).map(of_chunk).collect()
}

/// The cases that have a draft or operations on it.
pub async fn all(connection: &mut AnyConnection, tenant: &str) -> Result<Vec<String>, Failure> {
    let cases = sqlx::query_scalar(
        "select request from draft_rows where tenant = $1 union select request from operations where tenant = $1",
    )
    .bind(tenant)
    .fetch_all(connection)
    .await?;
    Ok(cases)
}
