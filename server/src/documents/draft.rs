//! 填报内容: a draft is stored row by row, so an edit reads and writes only the rows it touches. The only file
//! that knows the table `draft_rows`.

use crate::http::failure::Failure;
use shared::engine::document::{Document, Row};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::RowId;
use sqlx::{AnyConnection, AssertSqlSafe};
use std::collections::{BTreeMap, BTreeSet};

/// Above this many rows of one table, one query reads the table instead of one per row.
const READ_ONE_BY_ONE: usize = 32;
/// Rows written by one statement.
const CHUNK: usize = 50;

/// Which draft.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    pub tenant: &'a str,
    pub request: &'a str,
}

type Stored = (String, String, i64, String);

impl Draft<'_> {
    /// The whole document.
    pub async fn document(
        &self,
        connection: &mut AnyConnection,
        year: FiscalYear,
    ) -> Result<Document, Failure> {
        let rows: Vec<Stored> = sqlx::query_as(
            "select \"table\", row_id, rank, cells from draft_rows where tenant = $1 and request = $2 \
             order by \"table\", rank, row_id",
        )
        .bind(self.tenant)
        .bind(self.request)
        .fetch_all(connection)
        .await?;
        let mut document = Document::new(year);
        for stored in rows {
            let (table, row) = row(stored)?;
            document.tables.entry(table).or_default().push(row);
        }
        // The engine's order is by bytes whatever the database's collation.
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
            let stored = if ids.len() > READ_ONE_BY_ONE {
                self.table(&mut *connection, table).await?
            } else {
                self.one_by_one(&mut *connection, table, ids).await?
            };
            for one in stored {
                let (table, row) = row(one)?;
                if ids.contains(&row.id) {
                    found.insert((table, row.id.clone()), row);
                }
            }
        }
        Ok(found)
    }

    async fn table(&self, connection: &mut AnyConnection, table: &str) -> Result<Vec<Stored>, Failure> {
        let rows = sqlx::query_as(
            "select \"table\", row_id, rank, cells from draft_rows \
             where tenant = $1 and request = $2 and \"table\" = $3",
        )
        .bind(self.tenant)
        .bind(self.request)
        .bind(table)
        .fetch_all(connection)
        .await?;
        Ok(rows)
    }

    async fn one_by_one(
        &self,
        connection: &mut AnyConnection,
        table: &str,
        ids: &BTreeSet<RowId>,
    ) -> Result<Vec<Stored>, Failure> {
        let mut rows = Vec::new();
        for id in ids {
            let row: Option<Stored> = sqlx::query_as(
                "select \"table\", row_id, rank, cells from draft_rows \
                 where tenant = $1 and request = $2 and \"table\" = $3 and row_id = $4",
            )
            .bind(self.tenant)
            .bind(self.request)
            .bind(table)
            .bind(id.as_str())
            .fetch_optional(&mut *connection)
            .await?;
            rows.extend(row);
        }
        Ok(rows)
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

    /// Writes rows, new or changed; answers how many.
    pub async fn write(
        &self,
        connection: &mut AnyConnection,
        rows: &[(String, Row)],
    ) -> Result<u64, Failure> {
        let mut written = 0;
        let (chunks, rest) = rows.as_chunks::<CHUNK>();
        for chunk in chunks {
            written += self.upsert(&mut *connection, chunk).await?;
        }
        for one in rest {
            written += self.upsert(&mut *connection, std::slice::from_ref(one)).await?;
        }
        Ok(written)
    }

    async fn upsert(&self, connection: &mut AnyConnection, rows: &[(String, Row)]) -> Result<u64, Failure> {
        let places: Vec<String> = (0..rows.len())
            .map(|i| format!("($1, $2, ${}, ${}, ${}, ${})", 3 + i * 4, 4 + i * 4, 5 + i * 4, 6 + i * 4))
            .collect();
        // Only the number of places varies; every value is bound.
        let sql = format!(
            "insert into draft_rows (tenant, request, \"table\", row_id, rank, cells) values {} \
             on conflict (tenant, request, \"table\", row_id) do update set rank = excluded.rank, \
             cells = excluded.cells",
            places.join(", ")
        );
        let mut query = sqlx::query(AssertSqlSafe(sql)).bind(self.tenant).bind(self.request);
        for (table, row) in rows {
            let cells = serde_json::to_string(&row.cells)?;
            query = query.bind(table.as_str()).bind(row.id.as_str()).bind(row.rank).bind(cells);
        }
        Ok(query.execute(connection).await?.rows_affected())
    }

    pub async fn remove(
        &self,
        connection: &mut AnyConnection,
        table: &str,
        row: &RowId,
    ) -> Result<u64, Failure> {
        let done = sqlx::query(
            "delete from draft_rows where tenant = $1 and request = $2 and \"table\" = $3 and row_id = $4",
        )
        .bind(self.tenant)
        .bind(self.request)
        .bind(table)
        .bind(row.as_str())
        .execute(connection)
        .await?;
        Ok(done.rows_affected())
    }
}

fn row((table, id, rank, cells): Stored) -> Result<(String, Row), Failure> {
    Ok((table, Row { id: RowId::new(id), rank, cells: serde_json::from_str(&cells)? }))
}
