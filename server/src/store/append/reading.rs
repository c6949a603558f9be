//! Reading logs whole: for verification, heads and the adoption of a key.

use super::LogTable;
use crate::kernel::failure::Failure;
use crate::store::values::{Value, from_i64, statement, to_i64};
use shared::policy::art16_trail::{NamedEntry, TrailEntry, TrailWalk};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use std::collections::{BTreeMap, BTreeSet};

/// Entries that are read at once.
const PAGE: i64 = 500;

/// The tables of a database and their columns.
pub type TableColumns = BTreeMap<String, BTreeSet<String>>;

/// An entry with its log and the link it must have.
pub struct ReadEntry {
    pub owner: String,
    pub log: String,
    pub entry: TrailEntry,
    pub expected_link: String,
}

/// Where reading goes on.
#[derive(Default)]
struct Place {
    owner: String,
    number: i64,
    link: String,
}

impl LogTable {
    /// Feeds every log of the tenant to a verification. Columns the database does not have yet are taken as empty; a
    /// table without links, of an older schema, has nothing to verify.
    pub async fn walk(
        &self,
        connection: &mut AnyConnection,
        tenant: &str,
        columns: &TableColumns,
        walk: &mut TrailWalk,
    ) -> Result<(), Failure> {
        let Some(there) = columns.get(self.table).filter(|there| there.contains(self.chain.link)) else {
            return Ok(());
        };
        let sql = self.page(there);
        let mut place = Place::default();
        loop {
            let page = self.read_page(connection, &sql, tenant, &mut place).await?;
            if page.is_empty() {
                return Ok(());
            }
            for ReadEntry { log, entry, expected_link, .. } in page {
                walk.entry(&log, &entry, &expected_link);
            }
        }
    }

    /// Links the entries that were written before this table had a chain.
    pub async fn link_old(
        &self,
        connection: &mut AnyConnection,
        tenant: &str,
        columns: &TableColumns,
    ) -> Result<(), Failure> {
        let Some(owner) = self.owner.filter(|_| self.chain.before_keys.is_empty()) else { return Ok(()) };
        let (sql, mut place) =
            (self.page(&columns.get(self.table).cloned().unwrap_or_default()), Place::default());
        let update = format!(
            "update {} set {} = $1 where tenant = $2 and {owner} = $3 and {} = $4",
            self.table, self.chain.link, self.number
        );
        let mut linked = Place::default();
        loop {
            let page = self.read_page(connection, &sql, tenant, &mut place).await?;
            if page.is_empty() {
                return Ok(());
            }
            for ReadEntry { owner, log, mut entry, .. } in page {
                if owner != linked.owner {
                    linked = Place { owner: owner.clone(), ..Place::default() };
                }
                if entry.link.is_empty() {
                    entry.previous.clone_from(&linked.link);
                    entry.link = entry.link_in(&log);
                    sqlx::query(AssertSqlSafe(update.clone()))
                        .bind(entry.link.as_str())
                        .bind(tenant)
                        .bind(owner.as_str())
                        .bind(to_i64(entry.seq))
                        .execute(&mut *connection)
                        .await?;
                }
                linked.link = entry.link;
            }
        }
    }

    /// The last entry of every log of the tenant.
    pub async fn ends(
        &self,
        connection: &mut AnyConnection,
        tenant: &str,
    ) -> Result<Vec<NamedEntry>, Failure> {
        let (table, number, link) = (self.table, self.number, self.chain.link);
        let (owner, same_owner) = match self.owner {
            Some(owner) => (format!("t.{owner}"), format!(" and o.{owner} = t.{owner}")),
            None => ("''".to_string(), String::new()),
        };
        let sql = format!(
            "select {owner} as owner, t.{number} as number, t.{link} as link from {table} t where t.tenant = $1 and \
             t.{number} = (select max(o.{number}) from {table} o where o.tenant = t.tenant{same_owner}) order by 1"
        );
        let tenant = [Value::from(tenant)];
        let rows = statement(sql, &tenant).fetch_all(connection).await?;
        let read = |row: AnyRow| {
            let owner: String = row.try_get("owner")?;
            Ok(NamedEntry {
                log: self.name(&owner),
                seq: from_i64(row.try_get("number")?),
                link: row.try_get("link")?,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// Whether any entry of the tenant carries a code, and the key of the last one.
    pub async fn last_key(
        &self,
        connection: &mut AnyConnection,
        tenant: &str,
    ) -> Result<Option<String>, Failure> {
        let sql = format!(
            "select key_id from {} where tenant = $1 and mac <> '' order by {} desc limit 1",
            self.table, self.number
        );
        let tenant = [Value::from(tenant)];
        let row = statement(sql, &tenant).fetch_optional(connection).await?;
        Ok(row.map(|row| row.try_get("key_id")).transpose()?)
    }

    async fn read_page(
        &self,
        connection: &mut AnyConnection,
        sql: &str,
        tenant: &str,
        place: &mut Place,
    ) -> Result<Vec<ReadEntry>, Failure> {
        let rows = sqlx::query(AssertSqlSafe(sql.to_string()))
            .bind(tenant)
            .bind(place.owner.as_str())
            .bind(place.number)
            .fetch_all(connection)
            .await?;
        rows.iter().map(|row| self.read_entry(row, place)).collect()
    }

    fn read_entry(&self, row: &AnyRow, place: &mut Place) -> Result<ReadEntry, Failure> {
        let owner: String = row.try_get("owner")?;
        if owner != place.owner {
            *place = Place { owner: owner.clone(), ..Place::default() };
        }
        let text = |column: &str| -> Result<String, Failure> {
            Ok(row.try_get::<Option<String>, _>(column)?.unwrap_or_default())
        };
        let names = self.body_columns().into_iter().chain(self.chain.before_keys.iter().copied());
        let texts: BTreeMap<&str, String> =
            names.map(|name| Ok((name, text(name)?))).collect::<Result<_, Failure>>()?;
        let of = |column: &str| texts.get(column).cloned().unwrap_or_default();
        place.number = row.try_get("number")?;
        let entry = TrailEntry {
            seq: from_i64(place.number),
            operation: text("operation_id")?,
            account: text("account_of")?,
            at: text("time_of")?,
            body: self.body(of),
            previous: if self.chain.previous.is_some() { text("previous_link")? } else { place.link.clone() },
            link: text("link_of")?,
            mac: text("mac_of")?,
            key: text("key_of")?,
        };
        place.link.clone_from(&entry.link);
        let log = self.name(&owner);
        let expected_link = self.expected_link(&log, &entry, of);
        Ok(ReadEntry { owner, log, entry, expected_link })
    }

    /// The statement that reads the entries after owner `$2` and number `$3`.
    fn page(&self, there: &BTreeSet<String>) -> String {
        let (table, number) = (self.table, self.number);
        let is_there = |column: &&str| there.contains(*column);
        let named = |column: Option<&str>, name: &str| match column.filter(is_there) {
            Some(column) => format!("{column} as {name}"),
            None => format!("'' as {name}"),
        };
        let operation = self.operation.as_ref().map(|operation| operation.id);
        let mut columns = vec![
            named(operation, "operation_id"),
            named(Some(self.account), "account_of"),
            named(self.at, "time_of"),
            named(self.chain.previous, "previous_link"),
            named(Some(self.chain.link), "link_of"),
            named(Some("mac"), "mac_of"),
            named(Some("key_id"), "key_of"),
        ];
        let texts: BTreeSet<&str> =
            self.body_columns().into_iter().chain(self.chain.before_keys.iter().copied()).collect();
        columns.extend(texts.into_iter().map(|column| match there.contains(column) {
            true => format!("cast({column} as text) as {column}"),
            false => format!("'' as {column}"),
        }));
        let (owner, after, order) = match self.owner {
            Some(owner) => (
                owner,
                format!("({owner} > $2 or ({owner} = $2 and {number} > $3))"),
                format!("{owner}, {number}"),
            ),
            None => ("''", format!("'' = $2 and {number} > $3"), number.to_string()),
        };
        format!(
            "select {owner} as owner, {number} as number, {} from {table} where tenant = $1 and {after} \
             order by {order} limit {PAGE}",
            columns.join(", ")
        )
    }

    /// The entries of the tenant's only log after a number, at most [`PAGE`], as they are chained.
    pub async fn entries(
        &self,
        connection: &mut AnyConnection,
        tenant: &str,
        columns: &TableColumns,
        after: u64,
    ) -> Result<Vec<TrailEntry>, Failure> {
        let sql = self.page(&columns.get(self.table).cloned().unwrap_or_default());
        let mut place = Place { number: to_i64(after), ..Place::default() };
        let page = self.read_page(connection, &sql, tenant, &mut place).await?;
        Ok(page.into_iter().map(|read| read.entry).collect())
    }
}
