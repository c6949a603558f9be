//! 自动保存: operations are decided against the rows they touch, and rows and log are written in one transaction.

use crate::cases::review;
use crate::cases::store;
use crate::context::{Context, Shared};
use crate::documents::draft::Draft;
use crate::documents::editions;
use crate::documents::op_limits;
use crate::documents::operations::{after, entry, latest};
use crate::kernel::failure::Failure;
use crate::store::append::Operation;
use crate::store::change_bus;
use crate::store::logs::OPERATIONS;
use shared::api::operations::{Log, OpResult, ReadOperations, SendOperations, Sent};
use shared::api::problem::{Problem, code};
use shared::cases::AnyCase;
use shared::cases::kernel::{Stage, Verb};
use shared::engine::document::{Document, Row, RowEffect, decide};
use shared::engine::op::{Change, Conflict, Op};
use shared::kernel::hash::digest;
use shared::kernel::ids::{OpId, RowId};
use shared::kernel::people::Actor;
use sqlx::AnyConnection;
use std::collections::{BTreeMap, BTreeSet};

/// Most rows of one request over all its tables: four times the largest department known.
const MOST_ROWS: i64 = 20_000;

/// Most bytes of one request's cells: a request of 5 000 full lines has about 3 MB.
const MOST_BYTES: i64 = 16 << 20;
/// A batch that adds more than this is measured at once, smaller ones every so many operations: measuring reads the whole
/// draft. A refused operation gets no number, so a draft at its limit stays there.
const LARGE_GROWTH: i64 = 64 << 10;
const MEASURED_EVERY: u64 = 64;

/// A row that a batch of operations touches.
struct Touched {
    /// Bytes of its cells as stored, `None` where it is not.
    stored: Option<i64>,
    now: Option<Row>,
    changed: bool,
}

type TouchedRows = BTreeMap<(String, RowId), Touched>;

/// Rows to remove, by table.
type Removals = BTreeMap<String, BTreeSet<RowId>>;

/// `POST …/operations`.
pub async fn send(context: Shared, actor: Actor, request: SendOperations) -> Result<Sent, Failure> {
    context.count(&context.save_rate, &actor.account, "保存")?;
    let (tenant, id) = (context.tenant(), request.request.as_str());
    let mut write = context.db.write_together(&format!("request {tenant} {id}")).await?;
    let case = store::visible(&context, write.connection(), &actor, &request.request).await?;
    op_limits::check(&context.forms.of(case.head().kind)?.definition, &request.ops)?;
    let hashes = request.ops.iter().map(body_hash).collect::<Result<Vec<_>, _>>()?;
    let sent: Vec<Operation<'_>> = request
        .ops
        .iter()
        .zip(&hashes)
        .map(|(op, body_hash)| Operation { id: op.id.as_str(), body_hash, account: actor.account.as_str() })
        .collect();
    let repeated = OPERATIONS.repeated(write.connection(), tenant, id, &sent).await?;
    let mut results = BTreeMap::new();
    for (id, earlier) in &repeated {
        let (op, conflicts) = (OpId::new(id.clone()), serde_json::from_str(&earlier.reply)?);
        results.insert(op.clone(), OpResult { op, seq: earlier.number(), conflicts, replayed: true });
    }
    let new: Vec<(&Op, Operation<'_>)> =
        request.ops.iter().zip(sent).filter(|(op, _)| !repeated.contains_key(op.id.as_str())).collect();
    if !new.is_empty() {
        case.permit(&actor, Verb::Edit, context.clock().today())?;
        let ops = new.iter().map(|(op, _)| *op);
        require_open_cells(&context, write.connection(), &case, ops).await?;
        let draft = Draft { tenant, request: id };
        begin(draft, write.connection(), &case).await?;
        results.extend(append(&context, write.connection(), &actor, draft, new).await?);
        write.changes(change_bus::request(tenant, &request.request));
        write.commit_unaudited().await?;
    }
    Ok(Sent { results: request.ops.iter().filter_map(|op| results.remove(&op.id)).collect() })
}

/// SM3 of what was sent as one operation.
fn body_hash(op: &Op) -> Result<String, Failure> {
    Ok(digest(&[&serde_json::to_string(&op.changes)?]))
}

/// In a returned request only the cells that the return opened may change.
async fn require_open_cells<'o>(
    context: &Context,
    connection: &mut AnyConnection,
    case: &AnyCase,
    ops: impl Iterator<Item = &'o Op>,
) -> Result<(), Failure> {
    let AnyCase::Request(request) = case else { return Ok(()) };
    if request.stage != Stage::Returned {
        return Ok(());
    }
    let edition = editions::serving(context, &mut *connection, request.fiscal_year).await?;
    let plan = context.forms.of_request()?.plan(&edition, request.fiscal_year)?;
    let scope = review::opening(context, connection, request, &plan).await?;
    let mut changes = ops.flat_map(|op| &op.changes);
    Ok(changes.try_for_each(|change| scope.allows(change))?)
}

/// Writes what stood in the case before its kind had a form, so that the first edit finds it.
async fn begin(draft: Draft<'_>, connection: &mut AnyConnection, case: &AnyCase) -> Result<(), Failure> {
    let Some(initial) = case.initial_document() else { return Ok(()) };
    let untouched = latest(draft.tenant, &mut *connection, &case.head().id).await? == 0;
    if !untouched || draft.size(&mut *connection).await? > 0 {
        return Ok(());
    }
    let of_table = |(table, rows): (String, Vec<Row>)| rows.into_iter().map(move |row| (table.clone(), row));
    let rows: Vec<(String, Row)> = initial.tables.into_iter().flat_map(of_table).collect();
    draft.write(connection, &rows).await
}

/// The live content of a case and the number of its last operation. The number is read first: an operation that comes
/// between is then both in the content and in the stream, where applying it again changes nothing.
pub async fn live(
    context: &Context,
    connection: &mut AnyConnection,
    case: &AnyCase,
) -> Result<(u64, Document), Failure> {
    let head = case.head();
    let seq = latest(context.tenant(), &mut *connection, &head.id).await?;
    let draft = Draft { tenant: context.tenant(), request: head.id.as_str() };
    let document = draft.document(connection, head.fiscal_year).await?;
    let untouched = seq == 0 && document.tables.is_empty();
    Ok((seq, if untouched { case.initial_document().unwrap_or(document) } else { document }))
}

/// Applies new operations to the draft and appends them to the log.
async fn append(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    draft: Draft<'_>,
    new: Vec<(&Op, Operation<'_>)>,
) -> Result<BTreeMap<OpId, OpResult>, Failure> {
    let mut rows = touched(draft, connection, new.iter().map(|(op, _)| *op)).await?;
    let at = context.clock().stamp().to_string();
    let (mut entries, mut outcomes) = (Vec::new(), Vec::new());
    for (op, operation) in new {
        let (applied, conflicts) = apply(&mut rows, op);
        let (changes, refused) = (serde_json::to_string(&applied)?, serde_json::to_string(&conflicts)?);
        entries.push(entry(operation, changes, refused, actor, &at));
        outcomes.push((op.id.clone(), conflicts));
    }
    let mut end = OPERATIONS.end(connection, draft.tenant, draft.request).await?;
    let before = end.number();
    let numbers = end.append(&mut *connection, context.db.seal(), entries).await?;
    let grown = write_rows(draft, &mut *connection, rows).await?;
    let is_due = before / MEASURED_EVERY != end.number() / MEASURED_EVERY;
    if grown > LARGE_GROWTH || (grown > 0 && is_due) {
        require_room(draft, connection).await?;
    }
    let result = |((op, conflicts), seq): ((OpId, Vec<Conflict>), u64)| {
        (op.clone(), OpResult { op, seq, conflicts, replayed: false })
    };
    Ok(outcomes.into_iter().zip(numbers).map(result).collect())
}

async fn require_room(draft: Draft<'_>, connection: &mut AnyConnection) -> Result<(), Failure> {
    if draft.bytes(connection).await? <= MOST_BYTES {
        return Ok(());
    }
    let detail = format!("一份申请的文字合计最多 {} MB，请先删减较长的内容。", MOST_BYTES >> 20);
    Err(Problem::new(422, code::TOO_LARGE, "内容过多", detail).into())
}

/// Bytes of a row's cells as they are stored.
fn stored_bytes(row: &Row) -> Result<i64, Failure> {
    Ok(i64::try_from(serde_json::to_string(&row.cells)?.len()).unwrap_or(i64::MAX))
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
        let stored = now.as_ref().map(stored_bytes).transpose()?;
        Ok((key, Touched { stored, now, changed: false }))
    });
    rows.collect()
}

/// Which changes of the operation take effect, and which conflict.
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

/// Writes the rows that changed; answers by how many bytes the draft has grown.
async fn write_rows(
    draft: Draft<'_>,
    connection: &mut AnyConnection,
    rows: TouchedRows,
) -> Result<i64, Failure> {
    let (mut writes, mut removals, mut added, mut grown) = (Vec::new(), Removals::new(), 0, 0_i64);
    for ((table, id), row) in rows.into_iter().filter(|(_, row)| row.changed) {
        grown -= row.stored.unwrap_or(0);
        match row.now {
            Some(now) => {
                added += i64::from(row.stored.is_none());
                grown += stored_bytes(&now)?;
                writes.push((table, now));
            }
            None if row.stored.is_some() => drop(removals.entry(table).or_default().insert(id)),
            None => {}
        }
    }
    draft.remove(&mut *connection, &removals).await?;
    if added > 0 && draft.size(&mut *connection).await? + added > MOST_ROWS {
        let detail = format!("一份申请最多 {MOST_ROWS} 行，请先删去不需要的行。");
        return Err(Problem::new(422, code::TOO_LARGE, "行数过多", detail).into());
    }
    draft.write(connection, &writes).await?;
    Ok(grown)
}

/// `GET …/operations?after=`: empty for those who do not see the live content.
pub async fn read(context: Shared, actor: Actor, request: ReadOperations) -> Result<Log, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let case = store::visible(&context, &mut connection, &actor, &request.request).await?;
    case.permit_read(&actor, context.clock().today())?;
    if case.showing_version(&actor).is_some() {
        return Ok(Log { entries: Vec::new(), latest: 0 });
    }
    let entries = after(context.tenant(), &mut connection, &request.request, request.after).await?;
    let latest = latest(context.tenant(), &mut connection, &request.request).await?;
    Ok(Log { entries, latest })
}
