//! 自动保存: operations come in, are decided against the rows they touch, and go into the log in one transaction.
//! The only file that knows the table `operations`.

use crate::cases::request_store::{self, from_i64, to_i64};
use crate::cases::review;
use crate::documents::draft::Draft;
use crate::documents::op_limits;
use crate::http::failure::Failure;
use crate::http::routing::Shared;
use crate::notify::change_bus;
use crate::store::digest;
use shared::api::operations::{Log, LogEntry, MOST_OPS, OpResult, ReadOperations, SendOperations, Sent};
use shared::api::problem::{Problem, code};
use shared::cases::authority::permit;
use shared::cases::kernel::Stage;
use shared::cases::kernel::Verb;
use shared::engine::document::{Row, RowEffect, decide};
use shared::engine::op::{Change, Conflict, Op};
use shared::kernel::ids::{AccountId, CaseId, OpId, RowId};
use shared::kernel::people::Actor;
use shared::kernel::timestamp::Timestamp;
use sqlx::AnyConnection;
use std::collections::{BTreeMap, BTreeSet};

/// Rows one request may have, over all its tables: four times the largest department known.
const MOST_ROWS: i64 = 20_000;

/// A row as a batch sees it: as it was stored, and as the batch has left it.
struct Touched {
    stored: bool,
    now: Option<Row>,
    changed: bool,
}

type TouchedRows = BTreeMap<(String, RowId), Touched>;

/// `POST …/operations`.
pub async fn send(context: Shared, actor: Actor, request: SendOperations) -> Result<Sent, Failure> {
    op_limits::check(&context.forms.definition, &request.ops)?;
    let draft = Draft { tenant: context.tenant(), request: request.request.as_str() };
    let mut write = context.db.write(&format!("request {} {}", draft.tenant, draft.request)).await?;
    let filed = request_store::visible(&context, write.connection(), &actor, draft.request).await?;
    let mut log = Appending::open(draft, write.connection(), context.clock().stamp()).await?;
    let mut results = Vec::with_capacity(request.ops.len());
    let mut fresh = Vec::new();
    for op in &request.ops {
        let sent_hash = digest(&[&serde_json::to_string(&op.changes)?]);
        match log.known(write.connection(), &op.id).await? {
            Some((hash, _)) if hash != sent_hash => return Err(Failure::operation_reused()),
            Some((_, result)) => results.push(result),
            None => fresh.push((op, sent_hash)),
        }
    }
    if fresh.is_empty() {
        return Ok(Sent { results });
    }
    permit(&actor, &filed.case, Verb::Edit, context.clock().today())?;
    if filed.case.stage == Stage::Returned {
        // Only what the return opened may change.
        let plan = context.forms.plan(filed.case.fiscal_year)?;
        let opening = review::opening(&context, write.connection(), &filed.case, &plan).await?;
        let mut changes = fresh.iter().flat_map(|(op, _)| &op.changes);
        changes.try_for_each(|change| opening.allows(change))?;
    }
    let mut rows = touched(draft, write.connection(), fresh.iter().map(|(op, _)| *op)).await?;
    for (op, sent_hash) in fresh {
        let (applied, conflicts) = apply(&mut rows, op);
        let result = log.append(write.connection(), &actor, op, &sent_hash, &applied, conflicts).await?;
        results.push(result);
    }
    store(draft, write.connection(), rows).await?;
    write.changes(change_bus::request(context.tenant(), &request.request));
    write.commit_unaudited().await?;
    in_order(&request.ops, results)
}

/// Results in the order the operations were sent.
fn in_order(ops: &[Op], results: Vec<OpResult>) -> Result<Sent, Failure> {
    let mut by_id: BTreeMap<OpId, OpResult> = results.into_iter().map(|r| (r.op.clone(), r)).collect();
    let results = ops.iter().filter_map(|op| by_id.remove(&op.id)).collect();
    Ok(Sent { results })
}

async fn touched<'o>(
    draft: Draft<'_>,
    connection: &mut AnyConnection,
    ops: impl Iterator<Item = &'o Op>,
) -> Result<TouchedRows, Failure> {
    let mut named: BTreeMap<String, BTreeSet<RowId>> = BTreeMap::new();
    for change in ops.flat_map(|op| &op.changes) {
        named.entry(change.table().to_string()).or_default().insert(change.row().clone());
    }
    let mut found = draft.rows(connection, &named).await?;
    let keys = named.into_iter().flat_map(|(table, ids)| ids.into_iter().map(move |id| (table.clone(), id)));
    let rows = keys.map(|key| {
        let now = found.remove(&key);
        (key, Touched { stored: now.is_some(), now, changed: false })
    });
    Ok(rows.collect())
}

/// What of the operation takes effect, and what conflicts.
fn apply(rows: &mut TouchedRows, op: &Op) -> (Vec<Change>, Vec<Conflict>) {
    let (mut applied, mut conflicts) = (Vec::new(), Vec::new());
    for change in &op.changes {
        let Some(row) = rows.get_mut(&(change.table().to_string(), change.row().clone())) else { continue };
        match decide(row.now.as_ref(), change) {
            Err(conflict) => conflicts.push(conflict),
            Ok(RowEffect::Nothing) => {}
            Ok(effect) => {
                row.changed = true;
                row.now = if let RowEffect::Write(row) = effect { Some(row) } else { None };
                applied.push(change.clone());
            }
        }
    }
    (applied, conflicts)
}

async fn store(draft: Draft<'_>, connection: &mut AnyConnection, rows: TouchedRows) -> Result<(), Failure> {
    let (mut writes, mut more) = (Vec::new(), 0);
    for ((table, id), row) in rows.into_iter().filter(|(_, row)| row.changed) {
        match row.now {
            Some(now) => {
                more += i64::from(!row.stored);
                writes.push((table, now));
            }
            None if row.stored => drop(draft.remove(&mut *connection, &table, &id).await?),
            None => {}
        }
    }
    if more > 0 && draft.size(&mut *connection).await? + more > MOST_ROWS {
        let detail = format!("一份申请最多 {MOST_ROWS} 行，请先删去不需要的行。");
        return Err(Problem::new(422, code::TOO_LARGE, "行数过多", detail).into());
    }
    draft.write(connection, &writes).await?;
    Ok(())
}

/// The end of a request's log, being appended to.
struct Appending<'a> {
    draft: Draft<'a>,
    at: String,
    seq: i64,
    chain: String,
}

impl<'a> Appending<'a> {
    async fn open(draft: Draft<'a>, connection: &mut AnyConnection, at: Timestamp) -> Result<Self, Failure> {
        let last: Option<(i64, String)> = sqlx::query_as(
            "select seq, chain from operations where tenant = $1 and request = $2 order by seq desc limit 1",
        )
        .bind(draft.tenant)
        .bind(draft.request)
        .fetch_optional(connection)
        .await?;
        let (seq, chain) = last.unwrap_or_default();
        Ok(Appending { draft, at: at.to_string(), seq, chain })
    }

    /// What was sent under this id before and how it was answered.
    async fn known(
        &self,
        connection: &mut AnyConnection,
        op: &OpId,
    ) -> Result<Option<(String, OpResult)>, Failure> {
        let row: Option<(i64, String, String)> = sqlx::query_as(
            "select seq, sent_hash, conflicts from operations \
             where tenant = $1 and request = $2 and operation = $3",
        )
        .bind(self.draft.tenant)
        .bind(self.draft.request)
        .bind(op.as_str())
        .fetch_optional(connection)
        .await?;
        let Some((seq, hash, conflicts)) = row else { return Ok(None) };
        let conflicts = serde_json::from_str(&conflicts)?;
        Ok(Some((hash, OpResult { op: op.clone(), seq: from_i64(seq), conflicts, replayed: true })))
    }

    async fn append(
        &mut self,
        connection: &mut AnyConnection,
        actor: &Actor,
        op: &Op,
        sent_hash: &str,
        applied: &[Change],
        conflicts: Vec<Conflict>,
    ) -> Result<OpResult, Failure> {
        let changes = serde_json::to_string(applied)?;
        let conflicts_text = serde_json::to_string(&conflicts)?;
        let seq = self.seq + 1;
        let account = actor.account.as_str();
        let line =
            (seq, op.id.as_str(), account, self.at.as_str(), changes.as_str(), conflicts_text.as_str());
        let chain = chained(&self.chain, line);
        let done = sqlx::query(
            "insert into operations (tenant, request, seq, operation, sent_hash, changes, conflicts, account, \
             name, at, chain) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing",
        )
        .bind(self.draft.tenant)
        .bind(self.draft.request)
        .bind(seq)
        .bind(op.id.as_str())
        .bind(sent_hash)
        .bind(changes)
        .bind(conflicts_text)
        .bind(account)
        .bind(actor.name.as_str())
        .bind(self.at.as_str())
        .bind(chain.as_str())
        .execute(connection)
        .await?;
        if done.rows_affected() == 0 {
            // The same id twice in one batch.
            return Err(Failure::operation_reused());
        }
        (self.seq, self.chain) = (seq, chain);
        Ok(OpResult { op: op.id.clone(), seq: from_i64(seq), conflicts, replayed: false })
    }
}

/// `GET …/operations?after=`: for those who see the live content.
pub async fn read(context: Shared, actor: Actor, request: ReadOperations) -> Result<Log, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let filed = request_store::visible(&context, &mut connection, &actor, request.request.as_str()).await?;
    permit(&actor, &filed.case, Verb::Read, context.clock().today())?;
    if !shared::cases::request::sees_live(&actor, &filed.case) {
        return Ok(Log { entries: Vec::new(), latest: 0 });
    }
    let entries = after(context.tenant(), &mut connection, &request.request, request.after).await?;
    let latest = latest(context.tenant(), &mut connection, &request.request).await?;
    Ok(Log { entries, latest })
}

/// The log after a number, at most [`MOST_OPS`] entries.
pub async fn after(
    tenant: &str,
    connection: &mut AnyConnection,
    request: &CaseId,
    after: u64,
) -> Result<Vec<LogEntry>, Failure> {
    let rows: Vec<(i64, String, String, String, String, String)> = sqlx::query_as(
        "select seq, operation, changes, account, name, at from operations \
         where tenant = $1 and request = $2 and seq > $3 order by seq limit $4",
    )
    .bind(tenant)
    .bind(request.as_str())
    .bind(to_i64(after))
    .bind(to_i64(MOST_OPS as u64))
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|(seq, op, changes, account, name, at)| {
            let op = Op { id: OpId::new(op), changes: serde_json::from_str(&changes)? };
            Ok(LogEntry { seq: from_i64(seq), op, account: AccountId::new(account), name, at: at.parse()? })
        })
        .collect()
}

/// Number of the latest operation, 0 when none.
pub async fn latest(tenant: &str, connection: &mut AnyConnection, request: &CaseId) -> Result<u64, Failure> {
    let seq: Option<i64> = sqlx::query_scalar(
        "select seq from operations where tenant = $1 and request = $2 order by seq desc limit 1",
    )
    .bind(tenant)
    .bind(request.as_str())
    .fetch_optional(connection)
    .await?;
    Ok(from_i64(seq.unwrap_or(0)))
}

fn chained(
    previous: &str,
    (seq, op, account, at, changes, conflicts): (i64, &str, &str, &str, &str, &str),
) -> String {
    digest(&[previous, &seq.to_string(), op, account, at, changes, conflicts])
}

type Chained = (String, i64, String, String, String, String, String, String);

/// Walks the log of every request; answers how many entries are intact and the first that is not.
pub async fn verify(
    connection: &mut AnyConnection,
    tenant: &str,
) -> Result<(u64, Option<(CaseId, i64)>), Failure> {
    let (mut intact, mut last) = (0, (String::new(), 0, String::new()));
    loop {
        let rows: Vec<Chained> = sqlx::query_as(
            "select request, seq, operation, account, at, changes, conflicts, chain from operations \
             where tenant = $1 and (request > $2 or (request = $2 and seq > $3)) order by request, seq limit 500",
        )
        .bind(tenant)
        .bind(last.0.as_str())
        .bind(last.1)
        .fetch_all(&mut *connection)
        .await?;
        if rows.is_empty() {
            return Ok((intact, None));
        }
        for (request, seq, op, account, at, changes, conflicts, chain) in rows {
            let (before, previous) = if request == last.0 { (last.1, last.2.as_str()) } else { (0, "") };
            if seq != before + 1
                || chain != chained(previous, (seq, &op, &account, &at, &changes, &conflicts))
            {
                return Ok((intact, Some((CaseId::new(request), before + 1))));
            }
            intact += 1;
            last = (request, seq, chain);
        }
    }
}
