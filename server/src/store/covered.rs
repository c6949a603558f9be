//! 留痕覆盖: the tables whose rows the audit trail answers for. The database itself notes which of them a transaction of the
//! server writes; their SM3 goes into the audit entry of the transaction, so that a row changed past the server shows.

mod notes;
mod tables;

pub use notes::{POSTGRES_FUNCTION, POSTGRES_NOTES, SQLITE_NOTES};
pub use tables::{COVERED, CoveredTable, UNCOVERED};

use crate::kernel::failure::Failure;
use crate::store::append::{LogTable, TableColumns};
use crate::store::logs;
use crate::store::values::{
    MOST_ROWS, Value, for_each_key, from_i64, next_text, one_text, prepared, statement,
};
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

impl Written {
    /// What each of so many acts wrote, by the names of things (`voucher/V1`) and entries (`case/C1/3`); what has no owner is
    /// stated by the last.
    pub fn divided(self, acts: usize, owners: &BTreeMap<String, usize>) -> Vec<Written> {
        let mut parts: Vec<Written> = (0..acts).map(|_| Written::default()).collect();
        let owner = |name: &str| owners.get(name).copied().unwrap_or(usize::MAX).min(acts.saturating_sub(1));
        for entry in self.entries {
            if let Some(part) = parts.get_mut(owner(&format!("{}/{}", entry.log, entry.seq))) {
                part.entries.push(entry);
            }
        }
        for (thing, digest) in self.rows {
            if let Some(part) = parts.get_mut(owner(&thing)) {
                part.rows.insert(thing, digest);
            }
        }
        parts
    }
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
    let mut keys: BTreeMap<String, Vec<Vec<Json>>> = BTreeMap::new();
    for line in lines {
        let (table, of_tenant, key) = read_line(line)?;
        if of_tenant.as_deref() != Some(tenant) {
            return Err(anyhow::anyhow!("a row of {table} of another tenant was written").into());
        }
        keys.entry(table).or_default().push(key);
    }
    let mut written = Written::default();
    let mut frozen = BTreeSet::new();
    for (table, keys) in keys {
        if let Some(log) = logs::NAMED.iter().find(|log| log.table == table) {
            for keys in keys.chunks(MOST_ROWS) {
                written.entries.extend(named(connection, log, tenant, keys).await?);
            }
        } else if let Some(covered) = COVERED.iter().find(|covered| covered.table == table) {
            if covered.word == "version" {
                frozen.extend(keys.iter().filter_map(|key| key.first()?.as_str()).map(str::to_string));
            }
            // Rows in an order of their own are read key by key.
            let together = if covered.order.is_empty() { MOST_ROWS } else { 1 };
            for keys in keys.chunks(together) {
                written.rows.extend(covered.digests(connection, tenant, keys).await?);
            }
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

/// What stands under each of these keys of a table, by one statement: rows with the place `n` of their key.
async fn under(
    connection: &mut AnyConnection,
    tenant: &str,
    (table, selected, columns): (&str, &str, &[&str]),
    (keys, order): (&[Vec<Json>], &str),
) -> Result<Vec<AnyRow>, Failure> {
    let count = prepared(keys.len());
    let sql = for_each_key(count, columns.len(), |first| {
        let is = columns.iter().zip(first..).map(|(column, at)| format!("{column} = ${at}"));
        let (is, n) = (is.collect::<Vec<_>>().join(" and "), (first - 2) / columns.len());
        format!("select cast({n} as bigint) as n, {selected} from {table} where tenant = $1 and {is}{order}")
    });
    let mut values = vec![Value::from(tenant)];
    // The statement has room for more keys: the last again.
    let last = keys.last().into_iter().cycle().take(count - keys.len());
    values.extend(keys.iter().chain(last).flatten().map(value));
    let mut found = Vec::new();
    for row in statement(sql, &values).fetch_all(connection).await? {
        if place(&row)? < keys.len() {
            found.push(row);
        }
    }
    Ok(found)
}

/// Which key a row of [`under`] stands under.
fn place(row: &AnyRow) -> Result<usize, Failure> {
    let n: i64 = row.try_get("n")?;
    usize::try_from(n).map_err(|error| Failure::Internal(error.into()))
}

async fn named(
    connection: &mut AnyConnection,
    log: &'static LogTable,
    tenant: &str,
    keys: &[Vec<Json>],
) -> Result<Vec<NamedEntry>, Failure> {
    let selected = format!("{} as link", log.chain.link);
    let columns: Vec<&str> = log.owner.into_iter().chain([log.number]).collect();
    let rows = under(connection, tenant, (log.table, &selected, &columns), (keys, "")).await?;
    let mut entries = Vec::with_capacity(keys.len());
    for row in rows {
        let key = keys.get(place(&row)?).map(Vec::as_slice).unwrap_or_default();
        let owner = key.first().and_then(Json::as_str).unwrap_or_default();
        let seq = key.last().and_then(Json::as_i64).map(from_i64).unwrap_or_default();
        entries.push(NamedEntry { log: log.name(owner), seq, link: row.try_get("link")? });
    }
    match entries.len() == keys.len() {
        true => Ok(entries),
        false => Err(anyhow::anyhow!("an entry of {} that was noted is not there", log.table).into()),
    }
}

impl CoveredTable {
    /// `version/CASE/1`.
    fn thing(&self, key: &[Json]) -> String {
        let parts = key.iter().map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_string));
        [self.word.to_string()].into_iter().chain(parts).collect::<Vec<_>>().join("/")
    }

    /// SM3 of what is stored under each of these keys; empty where there is nothing.
    async fn digests(
        &self,
        connection: &mut AnyConnection,
        tenant: &str,
        keys: &[Vec<Json>],
    ) -> Result<RowDigests, Failure> {
        let order = if self.order.is_empty() { String::new() } else { format!(" order by {}", self.order) };
        let of = (self.table, &*self.selected(None), self.key);
        let mut texts: Vec<Vec<String>> = keys.iter().map(|_| Vec::new()).collect();
        for row in under(connection, tenant, of, (keys, &order)).await? {
            if let Some(texts) = texts.get_mut(place(&row)?) {
                texts.push(self.row_text(&row)?);
            }
        }
        let digest = |(key, texts): (&Vec<Json>, Vec<String>)| {
            let thing = self.thing(key);
            let digest = self.digest_of(&thing, &texts);
            (thing, digest)
        };
        Ok(keys.iter().zip(texts).map(digest).collect())
    }

    fn digest_of(&self, thing: &str, rows: &[String]) -> String {
        if rows.is_empty() {
            return String::new();
        }
        let parts = [self.word, thing].into_iter().chain(rows.iter().map(String::as_str));
        digest(&parts.collect::<Vec<_>>())
    }

    /// The columns as one text; those an older schema lacks as null.
    fn selected(&self, there: Option<&BTreeSet<String>>) -> String {
        let column = |column: &&'static str| match there {
            Some(there) if !there.contains(*column) => "null",
            _ => *column,
        };
        format!("{} as texts", one_text(&self.columns.iter().map(column).collect::<Vec<_>>()))
    }

    /// A row as JSON without its empty columns.
    fn row_text(&self, row: &AnyRow) -> Result<String, Failure> {
        let mut rest: &str = row.try_get("texts")?;
        let mut columns = BTreeMap::new();
        for column in self.columns {
            let (text, after) =
                next_text(rest).ok_or_else(|| anyhow::anyhow!("a row of {} in other columns", self.table))?;
            columns.extend(text.map(|text| (*column, text)));
            rest = after;
        }
        if !rest.is_empty() {
            return Err(anyhow::anyhow!("a row of {} with more columns", self.table).into());
        }
        Ok(serde_json::to_string(&columns)?)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(log: &str, seq: u64) -> NamedEntry {
        NamedEntry { log: log.to_string(), seq, link: String::new() }
    }

    #[test]
    fn each_act_states_what_it_wrote_and_the_last_whatever_nobody_owns() {
        let rows = ["voucher/V1", "balance/1200/a", "department/d"];
        let written = Written {
            entries: vec![entry("case/p1", 1), entry("case/p2", 1)],
            rows: rows.map(|thing| (thing.to_string(), "digest".to_string())).into(),
        };
        let owners = [("case/p1/1", 0), ("case/p2/1", 1), ("voucher/V1", 0), ("balance/1200/a", 1)];
        let owners = owners.map(|(name, act)| (name.to_string(), act)).into();
        let parts = written.divided(2, &owners);
        let names = |part: &Written| part.rows.keys().cloned().collect::<Vec<_>>();
        assert_eq!(parts[0].entries, [entry("case/p1", 1)]);
        assert_eq!(parts[1].entries, [entry("case/p2", 1)]);
        assert_eq!(
            parts.iter().map(names).collect::<Vec<_>>(),
            [vec!["voucher/V1"], vec!["balance/1200/a", "department/d"]]
        );
    }
}
