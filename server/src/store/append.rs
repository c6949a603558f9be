//! 追加日志: the only way to write to an append-only log. An entry gets the next number of its log; it is known by the
//! operation id its client made, so that a repeat is recognised and a reuse refused; and it is chained to the entry before
//! by SM3, so that a changed or missing entry shows.
//!
//! The caller holds the write lock of the log ([`super::Database::write`]) and works in two steps, because the effects of
//! a command come between them: [`LogTable::repeated`] before anything is decided, [`LogEnd::append`] after.

use crate::kernel::failure::Failure;
use crate::store::values::{MOST_PARAMETERS, Value, from_i64, insert_many, placeholders, statement, to_i64};
use shared::kernel::hash::digest;
use sqlx::{AnyConnection, AssertSqlSafe, FromRow, Row};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Entries that [`LogTable::verify`] reads at once.
const PAGE: i64 = 500;

/// A table of logs and its columns. Every such table also has the column `tenant`.
#[derive(Debug)]
pub struct LogTable {
    pub table: &'static str,
    /// Column of the case a log belongs to; `None` where the tenant has a single log.
    pub owner: Option<&'static str>,
    /// Column of the entry's number, from 1.
    pub number: &'static str,
    pub operation: Option<OperationColumns>,
    pub chain: Option<ChainColumns>,
    /// The other columns, in the order of [`Entry::values`].
    pub columns: &'static [&'static str],
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

/// Columns of the SM3 chain: `chain = SM3(chain of the entry before, number, covered columns)`.
#[derive(Debug)]
pub struct ChainColumns {
    pub chain: &'static str,
    /// Column that repeats the chain of the entry before, where there is one.
    pub previous: Option<&'static str>,
    /// Text columns in the order they are hashed in.
    pub covers: &'static [&'static str],
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
}

/// What [`LogTable::verify`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Entries whose chain holds, up to the first that does not.
    pub intact: u64,
    /// Owner and number of the first entry that is changed or missing.
    pub broken: Option<(String, i64)>,
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
        let mut repeated = BTreeMap::new();
        let Some(columns) = &self.operation else { return Ok(repeated) };
        let known: BTreeMap<&str, (&str, &str)> =
            sent.iter().map(|sent| (sent.id, (sent.body_hash, sent.account))).collect();
        for chunk in sent.chunks(MOST_PARAMETERS - 2) {
            let mut values = vec![Value::from(tenant)];
            let mut condition = String::new();
            if let Some(column) = self.owner.filter(|_| columns.per_owner) {
                values.push(owner.into());
                condition = format!(" and {column} = $2");
            }
            let sql = format!(
                "select {id} as operation, {hash} as body_hash, {account} as account, {number} as number, \
                 {reply} as reply from {table} where tenant = $1{condition} and {id} in ({ids})",
                id = columns.id,
                hash = columns.body_hash,
                account = columns.account,
                number = self.number,
                reply = columns.reply.unwrap_or("''"),
                table = self.table,
                ids = placeholders(values.len() + 1, chunk.len()),
            );
            values.extend(chunk.iter().map(|sent| Value::from(sent.id)));
            let query = statement(sql, &values).persistent(chunk.len() == 1);
            for row in query.fetch_all(&mut *connection).await? {
                let row = Repeated::from_row(&row)?;
                let stored = (row.body_hash.as_str(), row.account.as_str());
                if known.get(row.operation.as_str()) != Some(&stored) {
                    return Err(Failure::operation_reused());
                }
                repeated.insert(row.operation.clone(), row);
            }
        }
        Ok(repeated)
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
        let (table, number) = (self.table, self.number);
        let chain = self.chain.as_ref().map_or("''", |columns| columns.chain);
        let sql = format!(
            "select {number} as number, {chain} as chain from {table} where tenant = $1{condition} \
             order by {number} desc limit 1"
        );
        let last = statement(sql, &values).fetch_optional(connection).await?;
        let (number, chain) = match last {
            Some(row) => (row.try_get("number")?, row.try_get("chain")?),
            None => (0, String::new()),
        };
        Ok(LogEnd { log: self, tenant, owner, number, chain })
    }

    /// The end of a log without a chain, whose numbers its owner keeps: the next entry gets `number`.
    pub fn before<'a>(&'static self, tenant: &'a str, owner: &'a str, number: u64) -> LogEnd<'a> {
        debug_assert!(self.chain.is_none(), "the chain of {} is read by `end`", self.table);
        LogEnd { log: self, tenant, owner, number: to_i64(number) - 1, chain: String::new() }
    }

    /// Recomputes the chain of every log of the tenant, owner by owner.
    pub async fn verify(&self, connection: &mut AnyConnection, tenant: &str) -> Result<Verified, Failure> {
        let Some(chain) = &self.chain else { return Ok(Verified { intact: 0, broken: None }) };
        let sql = self.page(chain);
        let (mut intact, mut last) = (0, LinkRow::default());
        loop {
            let page = sqlx::query(AssertSqlSafe(sql.clone()))
                .bind(tenant)
                .bind(last.owner.as_str())
                .bind(last.number)
                .fetch_all(&mut *connection)
                .await?;
            if page.is_empty() {
                return Ok(Verified { intact, broken: None });
            }
            for row in page {
                let link = LinkRow::read(&row, chain)?;
                let before = if link.owner == last.owner { last } else { LinkRow::default() };
                if !link.follows(&before) {
                    return Ok(Verified { intact, broken: Some((link.owner, before.number + 1)) });
                }
                intact += 1;
                last = link;
            }
        }
    }

    /// The statement that reads the entries after owner `$2` and number `$3`.
    fn page(&self, chain: &ChainColumns) -> String {
        let (table, number, hash) = (self.table, self.number, chain.chain);
        let covers = chain.covers.join(", ");
        let previous = chain.previous.unwrap_or(hash);
        let (owner, after, order) = match self.owner {
            Some(owner) => (
                owner,
                format!("({owner} > $2 or ({owner} = $2 and {number} > $3))"),
                format!("{owner}, {number}"),
            ),
            None => ("''", format!("'' = $2 and {number} > $3"), number.to_string()),
        };
        format!(
            "select {owner} as owner, {number} as number, {hash} as chain, {previous} as previous, {covers} \
             from {table} where tenant = $1 and {after} order by {order} limit {PAGE}"
        )
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
        if let Some(chain) = &self.chain {
            columns.extend(chain.previous);
            columns.push(chain.chain);
        }
        columns
    }
}

/// A stored entry as its chain sees it.
#[derive(Default)]
struct LinkRow {
    owner: String,
    number: i64,
    chain: String,
    previous: Option<String>,
    covered: Vec<String>,
}

impl LinkRow {
    fn read(row: &sqlx::any::AnyRow, chain: &ChainColumns) -> Result<LinkRow, Failure> {
        let covered = chain.covers.iter().map(|column| row.try_get(*column)).collect::<Result<_, _>>()?;
        let previous = row.try_get("previous")?;
        Ok(LinkRow {
            owner: row.try_get("owner")?,
            number: row.try_get("number")?,
            chain: row.try_get("chain")?,
            previous: chain.previous.and(Some(previous)),
            covered,
        })
    }

    fn follows(&self, before: &LinkRow) -> bool {
        let covered: Vec<&str> = self.covered.iter().map(String::as_str).collect();
        self.number == before.number + 1
            && self.previous.as_ref().is_none_or(|previous| *previous == before.chain)
            && self.chain == link(&before.chain, self.number, &covered)
    }
}

fn link(previous: &str, number: i64, covered: &[&str]) -> String {
    let number = number.to_string();
    digest(&[&[previous, &number], covered].concat())
}

/// Where a log ends, while the caller holds its lock.
#[derive(Debug)]
pub struct LogEnd<'a> {
    log: &'static LogTable,
    tenant: &'a str,
    owner: &'a str,
    number: i64,
    chain: String,
}

impl<'a> LogEnd<'a> {
    /// Number of the last entry, 0 when there is none.
    pub fn number(&self) -> u64 {
        from_i64(self.number)
    }

    /// Appends entries in their order, by one statement; answers their numbers.
    ///
    /// # Errors
    /// Problem 409 when an operation id is taken or given twice; the caller drops its write then.
    pub async fn append<'r>(
        &mut self,
        connection: &mut AnyConnection,
        entries: Vec<Entry<'r>>,
    ) -> Result<Vec<u64>, Failure>
    where
        'a: 'r,
    {
        let mut numbers = Vec::with_capacity(entries.len());
        let mut rows = Vec::with_capacity(entries.len());
        let columns = self.log.all_columns();
        for entry in entries {
            let row = self.next_row(entry, &columns);
            debug_assert_eq!(
                row.len(),
                columns.len(),
                "an entry of {} has a value per column",
                self.log.table
            );
            rows.push(row);
            numbers.push(self.number());
        }
        let into = format!("{} ({})", self.log.table, columns.join(", "));
        let on_conflict = if self.log.operation.is_some() { "on conflict do nothing" } else { "" };
        if insert_many(connection, &into, &rows, on_conflict).await? < numbers.len() as u64 {
            return Err(Failure::operation_reused());
        }
        Ok(numbers)
    }

    fn next_row<'r>(&mut self, entry: Entry<'r>, columns: &[&str]) -> Vec<Value<'r>>
    where
        'a: 'r,
    {
        self.number += 1;
        let mut row = vec![Value::from(self.tenant)];
        if self.log.owner.is_some() {
            row.push(self.owner.into());
        }
        row.push(self.number.into());
        if let Some(operation) = entry.operation {
            row.extend([operation.id.into(), operation.body_hash.into()]);
        }
        row.extend(entry.values);
        if let Some(chain) = &self.log.chain {
            let value = |column: &&str| row.get(columns.iter().position(|name| name == column)?);
            let texts: Vec<Cow<'_, str>> =
                chain.covers.iter().filter_map(value).map(Value::as_text).collect();
            let covered: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
            let next = link(&self.chain, self.number, &covered);
            let previous = std::mem::replace(&mut self.chain, next.clone());
            if chain.previous.is_some() {
                row.push(previous.into());
            }
            row.push(next.into());
        }
        row
    }
}

#[cfg(test)]
mod tests;
