//! 留痕覆盖: the tables whose rows the audit trail answers for. The database itself notes which of them a transaction of the
//! server writes; their SM3 goes into the audit entry of the transaction, so that a row changed past the server shows.

mod notes;
mod tables;

pub use notes::{POSTGRES_FUNCTION, POSTGRES_NOTES, SQLITE_NOTES};
pub use tables::{COVERED, CoveredTable, UNCOVERED};

use crate::kernel::failure::Failure;
use crate::store::append::{LogTable, TableColumns};
use crate::store::logs;
use crate::store::values::{Value, from_i64, statement};
use serde_json::Value as Json;
use shared::kernel::hash::digest;
use shared::policy::art16_trail::{NamedEntry, RowDigests, TrailWalk};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use std::collections::{BTreeMap, BTreeSet};

/// What a transaction wrote, as the audit trail states it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub entries: Vec<NamedEntry>,
    pub rows: RowDigests,
}

/// One row that was written: table, tenant and key.
type Line = (String, Option<String>, Vec<Json>);

/// Reads the notes of a transaction: its entries with their links, its rows with their digests.
///
/// # Errors
/// A note is about another tenant, which no write of this server may be.
pub async fn written(
    connection: &mut AnyConnection,
    tenant: &str,
    notes: &[String],
) -> Result<Written, Failure> {
    let lines: BTreeSet<&String> = notes.iter().collect();
    let mut written = Written::default();
    let mut frozen = BTreeSet::new();
    for line in lines {
        let (table, of_tenant, key) = read_line(line)?;
        if of_tenant.as_deref() != Some(tenant) {
            return Err(anyhow::anyhow!("a row of {table} of another tenant was written").into());
        }
        if let Some(log) = logs::NAMED.iter().find(|log| log.table == table) {
            written.entries.push(named(connection, log, tenant, &key).await?);
        } else if let Some(covered) = COVERED.iter().find(|covered| covered.table == table) {
            if covered.word == "version" {
                frozen.extend(key.first().and_then(Json::as_str).map(str::to_string));
            }
            let digest = covered.digest(connection, tenant, &key).await?;
            written.rows.insert(covered.thing(&key), digest);
        }
    }
    for case in frozen {
        // Whoever froze a version confirmed the operations before it.
        let end = logs::OPERATIONS.end(connection, tenant, &case).await?;
        if end.number() > 0 {
            let link = end.link().to_string();
            written.entries.push(NamedEntry { log: logs::OPERATIONS.name(&case), seq: end.number(), link });
        }
    }
    Ok(written)
}

fn read_line(line: &str) -> Result<Line, Failure> {
    let mut parts: Vec<Json> = serde_json::from_str(line)?;
    let key = parts.split_off(2.min(parts.len()));
    let text = |at: usize| parts.get(at).and_then(Json::as_str).map(str::to_string);
    Ok((text(0).unwrap_or_default(), text(1), key))
}

fn value<'v>(part: &Json) -> Value<'v> {
    match part.as_i64() {
        Some(number) => Value::Number(number),
        None => Value::from(part.as_str().unwrap_or_default().to_string()),
    }
}

async fn named(
    connection: &mut AnyConnection,
    log: &'static LogTable,
    tenant: &str,
    key: &[Json],
) -> Result<NamedEntry, Failure> {
    let mut values = vec![Value::from(tenant)];
    values.extend(key.iter().map(value));
    let sql = format!(
        "select {} as link from {} where tenant = $1 and {} = $2 and {} = $3",
        log.chain.link,
        log.table,
        log.owner.unwrap_or("tenant"),
        log.number
    );
    let link = statement(sql, &values).fetch_one(connection).await?.try_get("link")?;
    let owner = key.first().and_then(Json::as_str).unwrap_or_default();
    let seq = key.last().and_then(Json::as_i64).map(from_i64).unwrap_or_default();
    Ok(NamedEntry { log: log.name(owner), seq, link })
}

impl CoveredTable {
    /// `version/CASE/1`.
    fn thing(&self, key: &[Json]) -> String {
        let parts = key.iter().map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_string));
        [self.word.to_string()].into_iter().chain(parts).collect::<Vec<_>>().join("/")
    }

    /// SM3 of what is stored under a key; empty when there is nothing.
    async fn digest(
        &self,
        connection: &mut AnyConnection,
        tenant: &str,
        key: &[Json],
    ) -> Result<String, Failure> {
        let mut values = vec![Value::from(tenant)];
        values.extend(key.iter().map(value));
        let conditions: Vec<String> =
            self.key.iter().enumerate().map(|(n, column)| format!("{column} = ${}", n + 2)).collect();
        let order = if self.order.is_empty() { String::new() } else { format!(" order by {}", self.order) };
        let sql = format!(
            "select {} from {} where tenant = $1 and {}{order}",
            self.selected(None),
            self.table,
            conditions.join(" and ")
        );
        let rows = statement(sql, &values).fetch_all(connection).await?;
        let texts = rows.iter().map(|row| self.row_text(row)).collect::<Result<Vec<_>, _>>()?;
        Ok(self.digest_of(&self.thing(key), &texts))
    }

    fn digest_of(&self, thing: &str, rows: &[String]) -> String {
        if rows.is_empty() {
            return String::new();
        }
        let parts = [self.word, thing].into_iter().chain(rows.iter().map(String::as_str));
        digest(&parts.collect::<Vec<_>>())
    }

    /// The columns as text; those an older schema lacks as null.
    fn selected(&self, there: Option<&BTreeSet<String>>) -> String {
        let column = |column: &&str| match there {
            Some(there) if !there.contains(*column) => format!("cast(null as text) as {column}"),
            _ => format!("cast({column} as text) as {column}"),
        };
        self.columns.iter().map(column).collect::<Vec<_>>().join(", ")
    }

    /// A row as JSON without its empty columns.
    fn row_text(&self, row: &AnyRow) -> Result<String, Failure> {
        let mut texts = BTreeMap::new();
        for column in self.columns {
            if let Some(text) = row.try_get::<Option<String>, _>(*column)? {
                texts.insert(*column, text);
            }
        }
        Ok(serde_json::to_string(&texts)?)
    }

    /// Everything in the table as things with their digests, by key.
    pub async fn things(
        &self,
        connection: &mut AnyConnection,
        tenant: &str,
        columns: &TableColumns,
    ) -> Result<RowDigests, Failure> {
        let Some(there) = columns.get(self.table) else { return Ok(RowDigests::new()) };
        let keys: Vec<String> = self
            .key
            .iter()
            .enumerate()
            .map(|(n, column)| format!("cast({column} as text) as key_{n}"))
            .collect();
        let order = if self.order.is_empty() { String::new() } else { format!(" order by {}", self.order) };
        let sql = format!(
            "select {}, {} from {} where tenant = $1{order}",
            keys.join(", "),
            self.selected(Some(there)),
            self.table
        );
        let tenant = [Value::from(tenant)];
        let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in statement(sql, &tenant).fetch_all(connection).await? {
            let mut thing = self.word.to_string();
            for n in 0..self.key.len() {
                thing.push('/');
                thing.push_str(&row.try_get::<String, _>(format!("key_{n}").as_str())?);
            }
            texts.entry(thing).or_default().push(self.row_text(&row)?);
        }
        let digest = |(thing, rows): (String, Vec<String>)| {
            let digest = self.digest_of(&thing, &rows);
            (thing, digest)
        };
        Ok(texts.into_iter().map(digest).collect())
    }
}

/// Compares every covered row with what the trail states of it.
pub async fn walk(
    connection: &mut AnyConnection,
    tenant: &str,
    columns: &TableColumns,
    walk: &mut TrailWalk,
) -> Result<(), Failure> {
    for covered in &COVERED {
        for (thing, digest) in covered.things(connection, tenant, columns).await? {
            walk.row(&thing, &digest);
        }
    }
    Ok(())
}

/// Whether a thing of this name may be deleted in the course of business.
pub fn is_transient(thing: &str) -> bool {
    let word = thing.split('/').next().unwrap_or_default();
    COVERED.iter().any(|covered| covered.word == word && covered.is_transient)
}

/// The tables this version knows nothing of.
pub fn unknown_tables(columns: &TableColumns) -> Vec<String> {
    let known = |table: &str| {
        COVERED.iter().any(|covered| covered.table == table)
            || logs::ALL.iter().any(|log| log.table == table)
            || UNCOVERED.contains(&table)
    };
    columns.keys().filter(|table| !known(table)).cloned().collect()
}
