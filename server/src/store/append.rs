//! 追加日志: the only way to write to an append-only log. An entry gets the next number of its log; it is known by the
//! operation id its client made, so that a repeat is recognised and a reuse refused; it is chained to the entry before by
//! SM3, so that a changed or missing entry shows; and it carries a code that only the holder of the key can make.
//!
//! The caller holds the write lock of the log ([`super::Database::write`]) and works in two steps, because the effects of
//! a command come between them: [`LogTable::repeated`] before anything is decided, [`LogEnd::append`] after.

mod body;
mod reading;

pub use reading::TableColumns;

use crate::kernel::failure::Failure;
use crate::store::audit_key::Seal;
use crate::store::values::{MOST_ROWS, Value, for_each_key, from_i64, insert_many, prepared, statement};
use shared::policy::art16_trail::TrailEntry;
use sqlx::{AnyConnection, FromRow, Row};
use std::collections::{BTreeMap, BTreeSet};

/// A table of logs and its columns. Every such table also has the columns `tenant`, `mac` and `key_id`.
#[derive(Debug)]
pub struct LogTable {
    pub table: &'static str,
    /// First part of the name of its logs.
    pub log: &'static str,
    /// Column of the case a log belongs to; `None` where the tenant has a single log.
    pub owner: Option<&'static str>,
    /// Column of the entry's number, from 1.
    pub number: &'static str,
    pub operation: Option<OperationColumns>,
    /// Who appended it.
    pub account: &'static str,
    /// When; `None` where the entry says so inside another column.
    pub at: Option<&'static str>,
    /// The other columns, in the order of [`Entry::values`].
    pub columns: &'static [&'static str],
    /// Those of them that hold JSON or a number.
    pub json: &'static [&'static str],
    pub chain: ChainColumns,
}

/// Columns by which a repeated operation is recognised.
#[derive(Debug)]
pub struct OperationColumns {
    pub id: &'static str,
    /// SM3 of what was sent.
    pub body_hash: &'static str,
    /// One of [`LogTable::columns`]: who sent it.
    pub account: &'static str,
    /// One of [`LogTable::columns`]: what a repeat is answered with; `None` where the entry's number is the answer.
    pub reply: Option<&'static str>,
    /// Whether an id is unique in its owner's log only; otherwise in the tenant.
    pub per_owner: bool,
}

/// Columns of the SM3 chain.
#[derive(Debug)]
pub struct ChainColumns {
    pub link: &'static str,
    /// Column that repeats the link of the entry before, where there is one.
    pub previous: Option<&'static str>,
    /// What the link of an entry without code covers; empty where such entries are linked as those with one.
    pub before_keys: &'static [&'static str],
}

/// What an account sent, by the id its client made and the SM3 of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation<'a> {
    pub id: &'a str,
    pub body_hash: &'a str,
    pub account: &'a str,
}

/// An entry to append.
#[derive(Debug)]
pub struct Entry<'a> {
    /// Given exactly where the log has [`LogTable::operation`].
    pub operation: Option<Operation<'a>>,
    /// By [`LogTable::columns`].
    pub values: Vec<Value<'a>>,
}

/// An operation that was appended before, and its reply then.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Repeated {
    owner: String,
    operation: String,
    body_hash: String,
    account: String,
    number: i64,
    /// Text of the reply column; empty where the log has none.
    pub reply: String,
}

impl Repeated {
    pub fn number(&self) -> u64 {
        from_i64(self.number)
    }

    /// Whether it was appended under the id of this operation.
    pub fn is(&self, sent: Operation<'_>) -> bool {
        self.operation == sent.id
    }

    /// The same was sent by the same account.
    ///
    /// # Errors
    /// Problem 409 when it was not: a reply belongs to whom it was given.
    pub fn require(&self, sent: Operation<'_>) -> Result<(), Failure> {
        match (self.body_hash.as_str(), self.account.as_str()) == (sent.body_hash, sent.account) {
            true => Ok(()),
            false => Err(Failure::operation_reused()),
        }
    }
}

impl LogTable {
    /// Which of these operations were appended before, by their ids.
    ///
    /// # Errors
    /// Problem 409 when an id was used for another body or by another account: a reply belongs to whom it was given.
    pub async fn repeated(
        &self,
        connection: &mut AnyConnection,
        tenant: &str,
        owner: &str,
        sent: &[Operation<'_>],
    ) -> Result<BTreeMap<String, Repeated>, Failure> {
        let sent: Vec<(&str, Operation<'_>)> = sent.iter().map(|sent| (owner, *sent)).collect();
        let repeated = self.repeated_in(connection, tenant, &sent).await?;
        Ok(repeated.into_iter().map(|((_, id), repeated)| (id, repeated)).collect())
    }

    /// [`LogTable::repeated`] in the logs of several owners, by owner and id. Where an id is unique in the tenant, by the
    /// owner it was sent for now.
    ///
    /// # Errors
    /// As there.
    pub async fn repeated_in<'s>(
        &self,
        connection: &mut AnyConnection,
        tenant: &str,
        sent: &[(&'s str, Operation<'s>)],
    ) -> Result<BTreeMap<(&'s str, String), Repeated>, Failure> {
        let known = self.known(connection, tenant, sent).await?;
        let known: BTreeMap<(&str, &str), &Repeated> =
            known.iter().map(|row| ((row.owner.as_str(), row.operation.as_str()), row)).collect();
        let mut repeated = BTreeMap::new();
        for (of, sent) in sent {
            let owner = if self.is_per_owner() { *of } else { "" };
            if let Some(row) = known.get(&(owner, sent.id)) {
                row.require(*sent)?;
                repeated.insert((*of, sent.id.to_string()), (*row).clone());
            }
        }
        Ok(repeated)
    }

    fn is_per_owner(&self) -> bool {
        self.owner.is_some() && self.operation.as_ref().is_some_and(|columns| columns.per_owner)
    }

    /// The entries of these operations in the logs of several owners, whatever was sent under their ids then.
    pub async fn known(
        &self,
        connection: &mut AnyConnection,
        tenant: &str,
        sent: &[(&str, Operation<'_>)],
    ) -> Result<Vec<Repeated>, Failure> {
        let mut known = Vec::new();
        let Some(columns) = &self.operation else { return Ok(known) };
        let owner = self.owner.filter(|_| columns.per_owner);
        let width = if owner.is_some() { 2 } else { 1 };
        for chunk in sent.chunks(MOST_ROWS) {
            let sql = for_each_key(prepared(chunk.len()), width, |first| {
                format!(
                    "select {owned} as owner, {id} as operation, {hash} as body_hash, {account} as account, \
                     {number} as number, {reply} as reply from {table} where tenant = $1 and {id} = ${first}{same}",
                    owned = owner.unwrap_or("''"),
                    id = columns.id,
                    hash = columns.body_hash,
                    account = columns.account,
                    number = self.number,
                    reply = columns.reply.unwrap_or("''"),
                    table = self.table,
                    same = owner.map_or(String::new(), |column| format!(" and {column} = ${}", first + 1)),
                )
            });
            let mut values = vec![Value::from(tenant)];
            for (of, sent) in chunk {
                values.push(sent.id.into());
                values.extend(owner.map(|_| Value::from(*of)));
            }
            values.resize(1 + width * prepared(chunk.len()), Value::from(""));
            for row in statement(sql, &values).fetch_all(&mut *connection).await? {
                known.push(Repeated::from_row(&row)?);
            }
        }
        Ok(known)
    }

    /// Where the log ends now. `owner` is ignored where the tenant has a single log.
    pub async fn end<'a>(
        &'static self,
        connection: &mut AnyConnection,
        tenant: &'a str,
        owner: &'a str,
    ) -> Result<LogEnd<'a>, Failure> {
        let mut values = vec![Value::from(tenant)];
        let mut condition = String::new();
        if let Some(column) = self.owner {
            values.push(owner.into());
            condition = format!(" and {column} = $2");
        }
        let (table, number, link) = (self.table, self.number, self.chain.link);
        let sql = format!(
            "select {number} as number, {link} as link from {table} where tenant = $1{condition} \
             order by {number} desc limit 1"
        );
        let last = statement(sql, &values).fetch_optional(connection).await?;
        let (number, link) = match last {
            Some(row) => (row.try_get("number")?, row.try_get("link")?),
            None => (0, String::new()),
        };
        Ok(LogEnd { log: self, tenant, owner, number, link })
    }

    /// Where the logs of these owners end now.
    pub async fn ends_of<'a>(
        &'static self,
        connection: &mut AnyConnection,
        tenant: &'a str,
        owners: &BTreeSet<&'a str>,
    ) -> Result<BTreeMap<&'a str, LogEnd<'a>>, Failure> {
        let begun =
            |owner: &&'a str| (*owner, LogEnd { log: self, tenant, owner, number: 0, link: String::new() });
        let mut ends: BTreeMap<&str, LogEnd<'_>> = owners.iter().map(begun).collect();
        let Some(column) = self.owner else { return Ok(ends) };
        let (table, number, link) = (self.table, self.number, self.chain.link);
        for chunk in owners.iter().collect::<Vec<_>>().chunks(MOST_ROWS) {
            let sql = for_each_key(prepared(chunk.len()), 1, |owner| {
                format!(
                    "select owner, number, link from (select {column} as owner, {number} as number, {link} as link \
                     from {table} where tenant = $1 and {column} = ${owner} order by {number} desc limit 1) as last"
                )
            });
            let mut values = vec![Value::from(tenant)];
            values.extend(chunk.iter().map(|owner| Value::from(**owner)));
            values.resize(1 + prepared(chunk.len()), Value::from(""));
            for row in statement(sql, &values).fetch_all(&mut *connection).await? {
                let owner: String = row.try_get("owner")?;
                if let Some(end) = ends.get_mut(owner.as_str()) {
                    (end.number, end.link) = (row.try_get("number")?, row.try_get("link")?);
                }
            }
        }
        Ok(ends)
    }

    /// Writes rows made by [`LogEnd::rows`], by one statement.
    ///
    /// # Errors
    /// Problem 409 when an operation id is taken or given twice; the caller drops its write then.
    pub async fn insert(
        &self,
        connection: &mut AnyConnection,
        rows: &[Vec<Value<'_>>],
    ) -> Result<(), Failure> {
        let into = format!("{} ({})", self.table, self.all_columns().join(", "));
        let on_conflict = if self.operation.is_some() { "on conflict do nothing" } else { "" };
        if insert_many(connection, &into, rows, on_conflict).await? < rows.len() as u64 {
            return Err(Failure::operation_reused());
        }
        Ok(())
    }

    /// Name of the log of an owner: `case/ID`, or that of the only log.
    pub fn name(&self, owner: &str) -> String {
        if self.owner.is_some() { format!("{}/{owner}", self.log) } else { self.log.to_string() }
    }

    /// The columns of a row, in the order of [`LogEnd::next_row`].
    fn all_columns(&self) -> Vec<&'static str> {
        let mut columns = vec!["tenant"];
        columns.extend(self.owner);
        columns.push(self.number);
        if let Some(operation) = &self.operation {
            columns.extend([operation.id, operation.body_hash]);
        }
        columns.extend(self.columns);
        columns.extend(self.chain.previous);
        columns.extend([self.chain.link, "mac", "key_id"]);
        columns
    }
}

/// Where a log ends, while the caller holds its lock.
#[derive(Debug)]
pub struct LogEnd<'a> {
    log: &'static LogTable,
    tenant: &'a str,
    owner: &'a str,
    number: i64,
    link: String,
}

impl<'a> LogEnd<'a> {
    /// Number of the last entry, 0 when there is none.
    pub fn number(&self) -> u64 {
        from_i64(self.number)
    }

    /// Link of the last entry, empty when there is none.
    pub fn link(&self) -> &str {
        &self.link
    }

    /// Appends entries in their order, by one statement; answers their numbers.
    ///
    /// # Errors
    /// Problem 409 when an operation id is taken or given twice; the caller drops its write then.
    pub async fn append<'r>(
        &mut self,
        connection: &mut AnyConnection,
        seal: &Seal,
        entries: Vec<Entry<'r>>,
    ) -> Result<Vec<u64>, Failure>
    where
        'a: 'r,
    {
        let before = self.number();
        let rows = self.rows(seal, entries);
        self.log.insert(connection, &rows).await?;
        Ok((before + 1..=self.number()).collect())
    }

    /// The rows of entries that come next, in their order; numbered on from [`LogEnd::number`].
    pub fn rows<'r>(&mut self, seal: &Seal, entries: Vec<Entry<'r>>) -> Vec<Vec<Value<'r>>>
    where
        'a: 'r,
    {
        let columns = self.log.all_columns();
        entries.into_iter().map(|entry| self.next_row(entry, seal, &columns)).collect()
    }

    fn next_row<'r>(&mut self, entry: Entry<'r>, seal: &Seal, columns: &[&str]) -> Vec<Value<'r>>
    where
        'a: 'r,
    {
        self.number += 1;
        let mut row = vec![Value::from(self.tenant)];
        if self.log.owner.is_some() {
            row.push(self.owner.into());
        }
        row.push(self.number.into());
        let operation = entry.operation.map_or("", |operation| operation.id);
        if let Some(operation) = entry.operation {
            row.extend([operation.id.into(), operation.body_hash.into()]);
        }
        row.extend(entry.values);
        let previous = std::mem::take(&mut self.link);
        let text = |column: &str| {
            let at = columns.iter().position(|name| *name == column);
            at.and_then(|at| row.get(at)).map(|value| value.as_text().into_owned()).unwrap_or_default()
        };
        let entry = TrailEntry {
            seq: self.number(),
            operation: operation.to_string(),
            account: text(self.log.account),
            at: self.log.at.map(text).unwrap_or_default(),
            body: self.log.body(text),
            previous,
            ..TrailEntry::default()
        };
        self.link = entry.link_in(&self.log.name(self.owner));
        if self.log.chain.previous.is_some() {
            row.push(entry.previous.into());
        }
        row.extend([self.link.clone().into(), seal.mac(&self.link).into(), seal.id().to_string().into()]);
        row
    }
}

#[cfg(test)]
mod tests;
