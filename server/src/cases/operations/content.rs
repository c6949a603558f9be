//! 所涉行: the rows of drafts that a batch of operations touches: read once, changed by one operation after the other, written
//! once.

use crate::documents::draft::{self, Draft, RowKey};
use crate::kernel::failure::Failure;
use shared::api::problem::{Problem, code};
use shared::engine::document::{Row, RowEffect, decide};
use shared::engine::op::{Change, Conflict, Op};
use sqlx::AnyConnection;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Most rows of one request over all its tables: four times the largest department known.
const MOST_ROWS: i64 = 20_000;

/// Most bytes of one request's cells: a request of 5 000 full lines has about 3 MB.
const MOST_BYTES: i64 = 16 << 20;
/// A batch that adds more than this is measured at once, smaller ones every so many operations: measuring reads the whole
/// draft. A refused operation gets no number, so a draft at its limit stays there.
const LARGE_GROWTH: i64 = 64 << 10;
const MEASURED_EVERY: u64 = 64;

/// A row that a batch of operations touches.
struct TouchedRow {
    /// Bytes of its cells as stored, `None` where it is not.
    stored: Option<i64>,
    now: Option<Row>,
    changed: bool,
}

/// What a batch touches, by request, table and row.
pub struct Content {
    rows: BTreeMap<RowKey, TouchedRow>,
}

/// By how many rows and bytes a draft grows.
#[derive(Clone, Copy, Default)]
struct Growth {
    rows: i64,
    bytes: i64,
}

impl Content {
    /// Reads the rows of these keys.
    pub async fn read(
        connection: &mut AnyConnection,
        tenant: &str,
        keys: BTreeSet<RowKey>,
    ) -> Result<Content, Failure> {
        let mut found = draft::rows(connection, tenant, &keys).await?;
        let row = |key: RowKey| {
            let now = found.remove(&key);
            let stored = now.as_ref().map(stored_bytes).transpose()?;
            Ok((key, TouchedRow { stored, now, changed: false }))
        };
        Ok(Content { rows: keys.into_iter().map(row).collect::<Result<_, Failure>>()? })
    }

    /// Which changes of the operation take effect, and which conflict.
    pub fn apply(&mut self, request: &str, op: &Op) -> (Vec<Change>, Vec<Conflict>) {
        let (mut applied, mut conflicts) = (Vec::new(), Vec::new());
        for change in &op.changes {
            let Some(row) = self.rows.get_mut(&key(request, change)) else { continue };
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

    /// Writes the rows that changed. `numbers` are the last numbers of a request's log before and after.
    ///
    /// # Errors
    /// 422 where a request would have too many rows or too much text; the caller drops its write then.
    pub async fn write(
        &self,
        connection: &mut AnyConnection,
        tenant: &str,
        numbers: impl Fn(&str) -> Range<u64>,
    ) -> Result<(), Failure> {
        let (mut writes, mut removals) = (Vec::new(), BTreeSet::new());
        let mut growths: BTreeMap<&str, Growth> = BTreeMap::new();
        for (key, row) in self.rows.iter().filter(|(_, row)| row.changed) {
            let (request, table, _) = key;
            let growth = growths.entry(request).or_default();
            growth.bytes -= row.stored.unwrap_or(0);
            match &row.now {
                Some(now) => {
                    growth.rows += i64::from(row.stored.is_none());
                    growth.bytes += stored_bytes(now)?;
                    writes.push((request.as_str(), table.as_str(), now));
                }
                None if row.stored.is_some() => drop(removals.insert(key.clone())),
                None => {}
            }
        }
        draft::remove(&mut *connection, tenant, &removals).await?;
        draft::write(&mut *connection, tenant, &writes).await?;
        for (request, growth) in growths {
            let Range { start, end } = numbers(request);
            let is_due = start / MEASURED_EVERY != end / MEASURED_EVERY;
            require_room(Draft { tenant, request }, connection, growth, is_due).await?;
        }
        Ok(())
    }
}

/// The row of a request that a change touches.
pub fn key(request: &str, change: &Change) -> RowKey {
    (request.to_string(), change.table().to_string(), change.row().clone())
}

/// Bytes of a row's cells as they are stored.
fn stored_bytes(row: &Row) -> Result<i64, Failure> {
    Ok(i64::try_from(serde_json::to_string(&row.cells)?.len()).unwrap_or(i64::MAX))
}

/// Refuses what a draft has become when it is too large.
async fn require_room(
    draft: Draft<'_>,
    connection: &mut AnyConnection,
    growth: Growth,
    is_due: bool,
) -> Result<(), Failure> {
    let too_much = |title: &str, detail: String| Problem::new(422, code::TOO_LARGE, title, detail);
    if growth.rows > 0 && draft.size(&mut *connection).await? > MOST_ROWS {
        let detail = format!("一份申请最多 {MOST_ROWS} 行，请先删去不需要的行。");
        return Err(too_much("行数过多", detail).into());
    }
    let is_measured = growth.bytes > LARGE_GROWTH || (growth.bytes > 0 && is_due);
    if is_measured && draft.bytes(connection).await? > MOST_BYTES {
        let detail = format!("一份申请的文字合计最多 {} MB，请先删减较长的内容。", MOST_BYTES >> 20);
        return Err(too_much("内容过多", detail).into());
    }
    Ok(())
}
