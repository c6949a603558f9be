//! 填报内容: the table `draft_rows`. A draft is stored row by row, so an edit reads and writes only the rows it touches.

use crate::kernel::failure::Failure;
use crate::store::values::{MOST_PARAMETERS, Value, insert_many, placeholders, statement};
use shared::engine::document::{Document, Row};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::RowId;
use sqlx::{AnyConnection, FromRow};
use std::collections::{BTreeMap, BTreeSet};

/// Parameters of [`is_among`] before the ids of the rows: tenant, request, table.
const KEYS: usize = 3;

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

    /// The rows named, by table and id; absent where there is none.
    pub async fn rows(
        &self,
        connection: &mut AnyConnection,
        named: &BTreeMap<String, BTreeSet<RowId>>,
    ) -> Result<BTreeMap<(String, RowId), Row>, Failure> {
        let mut found = BTreeMap::new();
        for (table, ids) in named {
            for values in self.keys(table, ids) {
                let sql = format!(
                    "select \"table\", row_id, rank, cells from draft_rows where {}",
                    is_among(values.len())
                );
                let query = statement(sql, &values).persistent(values.len() == KEYS + 1);
                for row in query.fetch_all(&mut *connection).await? {
                    let (table, row) = DraftRow::from_row(&row)?.row()?;
                    found.insert((table, row.id.clone()), row);
                }
            }
        }
        Ok(found)
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

    /// Writes rows, new or changed.
    pub async fn write(&self, connection: &mut AnyConnection, rows: &[(String, Row)]) -> Result<(), Failure> {
        let mut values = Vec::with_capacity(rows.len());
        for (table, row) in rows {
            values.push(vec![
                Value::from(self.tenant),
                self.request.into(),
                table.as_str().into(),
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

    /// Removes the rows named, by table and id.
    pub async fn remove(
        &self,
        connection: &mut AnyConnection,
        named: &BTreeMap<String, BTreeSet<RowId>>,
    ) -> Result<(), Failure> {
        for (table, ids) in named {
            for values in self.keys(table, ids) {
                let sql = format!("delete from draft_rows where {}", is_among(values.len()));
                let query = statement(sql, &values).persistent(values.len() == KEYS + 1);
                query.execute(&mut *connection).await?;
            }
        }
        Ok(())
    }

    /// The parameters of [`is_among`], for as many ids at a time as one statement can bind.
    fn keys<'v>(&'v self, table: &'v str, ids: &'v BTreeSet<RowId>) -> Vec<Vec<Value<'v>>> {
        let ids: Vec<&RowId> = ids.iter().collect();
        let keys = |chunk: &[&'v RowId]| {
            let keys = [self.tenant, self.request, table].into_iter();
            keys.chain(chunk.iter().map(|id| id.as_str())).map(Value::from).collect()
        };
        ids.chunks(MOST_PARAMETERS - KEYS).map(keys).collect()
    }
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

/// The condition that a row of a table has one of the ids given.
fn is_among(parameters: usize) -> String {
    let ids = placeholders(KEYS + 1, parameters - KEYS);
    format!("tenant = $1 and request = $2 and \"table\" = $3 and row_id in ({ids})")
}
