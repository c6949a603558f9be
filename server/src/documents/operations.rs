//! 操作记录: the table `operations`, the log of every request's edits.

use crate::kernel::failure::Failure;
use crate::store::append::{Entry, Operation};
use crate::store::logs::OPERATIONS;
use crate::store::values::{Value, from_i64, to_i64};
use shared::api::operations::{LogEntry, MOST_OPS};
use shared::engine::op::Op;
use shared::kernel::ids::{AccountId, CaseId, OpId};
use shared::kernel::people::Actor;
use sqlx::{AnyConnection, FromRow};

/// The entry of one operation; `changes` and `conflicts` are the JSON of what was applied and of what was not.
pub fn entry<'a>(
    operation: Operation<'a>,
    changes: String,
    conflicts: String,
    actor: &'a Actor,
    at: &'a str,
) -> Entry<'a> {
    let author = [Value::from(actor.account.as_str()), actor.name.as_str().into(), at.into()];
    let values = [Value::from(changes), conflicts.into()].into_iter().chain(author).collect();
    Entry { operation: Some(operation), values }
}

/// The accounts that typed in a case.
pub async fn authors(
    tenant: &str,
    connection: &mut AnyConnection,
    case: &CaseId,
) -> Result<Vec<String>, Failure> {
    let accounts =
        sqlx::query_scalar("select distinct account from operations where tenant = $1 and request = $2")
            .bind(tenant)
            .bind(case.as_str())
            .fetch_all(connection)
            .await?;
    Ok(accounts)
}

#[derive(FromRow)]
struct EntryRow {
    seq: i64,
    operation: String,
    changes: String,
    account: String,
    name: String,
    at: String,
}

impl EntryRow {
    fn entry(self) -> Result<LogEntry, Failure> {
        let op = Op { id: OpId::new(self.operation), changes: serde_json::from_str(&self.changes)? };
        let account = AccountId::new(self.account);
        Ok(LogEntry { seq: from_i64(self.seq), op, account, name: self.name, at: self.at.parse()? })
    }
}

/// The log after a number, at most [`MOST_OPS`] entries.
pub async fn after(
    tenant: &str,
    connection: &mut AnyConnection,
    request: &CaseId,
    after: u64,
) -> Result<Vec<LogEntry>, Failure> {
    let rows: Vec<EntryRow> = sqlx::query_as(
        "select seq, operation, changes, account, name, at from operations \
         where tenant = $1 and request = $2 and seq > $3 order by seq limit $4",
    )
    .bind(tenant)
    .bind(request.as_str())
    .bind(to_i64(after))
    .bind(to_i64(MOST_OPS as u64))
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(EntryRow::entry).collect()
}

/// Number of the latest operation, 0 when there is none.
pub async fn latest(tenant: &str, connection: &mut AnyConnection, request: &CaseId) -> Result<u64, Failure> {
    Ok(OPERATIONS.end(connection, tenant, request.as_str()).await?.number())
}
