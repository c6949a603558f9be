//! 文档: only what people typed, by table and row; nothing computed is ever stored.

use super::op::{CellAt, Change, Conflict, HEADER_ROW, Op, Typed};
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::RowId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Distance between the ranks of rows added one after another at the end.
pub const RANK_STEP: i64 = 1 << 20;

/// A row as it is stored and sent: its place in the order and its non-empty cells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub id: RowId,
    /// Rows are ordered by `(rank, id)`.
    pub rank: i64,
    /// Typed text by field key; an absent key is an empty cell.
    pub cells: BTreeMap<String, String>,
}

/// Everything typed into the forms of one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    pub fiscal_year: FiscalYear,
    /// Rows by table key, in the order of `(rank, id)`. A header is the table of its form's key.
    pub tables: BTreeMap<String, Vec<Row>>,
}

impl Document {
    pub fn new(fiscal_year: FiscalYear) -> Document {
        Document { fiscal_year, tables: BTreeMap::new() }
    }

    pub fn rows(&self, table: &str) -> &[Row] {
        self.tables.get(table).map_or(&[], Vec::as_slice)
    }

    pub fn row(&self, table: &str, row: &RowId) -> Option<&Row> {
        self.rows(table).iter().find(|r| r.id == *row)
    }

    /// Applies what fits and names what does not; a change never half applies.
    pub fn apply(&mut self, op: &Op) -> Vec<Conflict> {
        op.changes.iter().filter_map(|change| self.change(change).err()).collect()
    }

    fn change(&mut self, change: &Change) -> Result<(), Conflict> {
        let found = self.rows(change.table()).iter().position(|r| r.id == *change.row());
        let effect = decide(found.map(|i| &self.rows(change.table())[i]), change)?;
        if effect == RowEffect::Nothing {
            return Ok(());
        }
        let rows = self.tables.entry(change.table().to_string()).or_default();
        if let Some(i) = found {
            rows.remove(i);
        }
        if let RowEffect::Write(row) = effect {
            let below = rows.partition_point(|other| (other.rank, &other.id) < (row.rank, &row.id));
            rows.insert(below, row);
        }
        if rows.is_empty() {
            self.tables.remove(change.table());
        }
        Ok(())
    }
}

/// What a change does to its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowEffect {
    /// It is already so.
    Nothing,
    Write(Row),
    Remove,
}

/// Decides whether typing `to` over `from` changes a cell in which `now` stands.
pub fn retype(now: Option<&str>, at: &CellAt, from: &Typed, to: &Typed) -> Result<bool, Conflict> {
    if now == to.as_deref() {
        Ok(false)
    } else if now == from.as_deref() {
        Ok(true)
    } else {
        Err(Conflict::Cell { at: at.clone(), mine: to.clone(), theirs: now.map(Arc::from) })
    }
}

/// Decides what `change` does to the row as it is now: the one merge rule, used by the browser, the server's
/// stored rows and every replay. Same cell with another `from` is a conflict; the same result is not.
pub fn decide(current: Option<&Row>, change: &Change) -> Result<RowEffect, Conflict> {
    let gone = || Conflict::Row { table: change.table().to_string(), row: change.row().clone() };
    match change {
        Change::Set { at, from, to } => {
            let mut row = match current {
                Some(row) => row.clone(),
                None if at.row.as_str() == HEADER_ROW => {
                    Row { id: at.row.clone(), rank: 0, cells: BTreeMap::new() }
                }
                None => return Err(gone()),
            };
            if !retype(row.cells.get(&*at.field).map(String::as_str), at, from, to)? {
                return Ok(RowEffect::Nothing);
            }
            match to {
                Some(text) => row.cells.insert(at.field.to_string(), text.to_string()),
                None => row.cells.remove(&*at.field),
            };
            Ok(RowEffect::Write(row))
        }
        Change::InsertRow { row, rank, cells, .. } => match current {
            None => Ok(RowEffect::Write(Row { id: row.clone(), rank: *rank, cells: cells.clone() })),
            Some(there) if there.cells == *cells => Ok(RowEffect::Nothing),
            Some(_) => Err(gone()),
        },
        // A row whose content changed since its remover saw it stays: what was typed into it is not lost.
        Change::RemoveRow { cells, .. } => match current {
            None => Ok(RowEffect::Nothing),
            Some(there) if there.cells == *cells => Ok(RowEffect::Remove),
            Some(_) => Err(gone()),
        },
        Change::MoveRow { to, .. } => match current {
            None => Err(gone()),
            Some(there) if there.rank == *to => Ok(RowEffect::Nothing),
            Some(there) => Ok(RowEffect::Write(Row { rank: *to, ..there.clone() })),
        },
    }
}
