//! 操作: every change to a document is an operation, made by the client and known by its id.
//!
//! Autosave sends operations, undo inverts them; audit, history, diff and live co-editing are views of the
//! same log. A bulk act (a paste, an import) is one operation with many changes: one undo step, one request.

use crate::kernel::ids::{OpId, RowId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A cell by its lasting names: table key, row id, field key. A form's header is the table of the
/// form's own key with the single row [`HEADER_ROW`]. The names are shared texts: a paste makes thousands of these.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellAt {
    pub table: Arc<str>,
    pub row: RowId,
    pub field: Arc<str>,
}

/// Id of the only row of a header table.
pub const HEADER_ROW: &str = "header";

/// What a person typed, `None` when the cell is empty.
pub type Typed = Option<Arc<str>>;

/// One change of one cell or row. `from` and removed content are what the author saw: they make a
/// conflict visible and the change invertible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    Set { at: CellAt, from: Typed, to: Typed },
    InsertRow { table: String, row: RowId, rank: i64, cells: BTreeMap<String, String> },
    RemoveRow { table: String, row: RowId, rank: i64, cells: BTreeMap<String, String> },
    MoveRow { table: String, row: RowId, from: i64, to: i64 },
}

/// One act of one person: all its changes are one undo step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Op {
    pub id: OpId,
    pub changes: Vec<Change>,
}

/// A change that did not fit what is there now; nothing of it was applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conflict {
    /// Somebody else changed the same cell: both values are shown to a person.
    Cell { at: CellAt, mine: Typed, theirs: Typed },
    /// The row is gone (or, for an insert, already there with other content).
    Row { table: String, row: RowId },
}

impl Change {
    pub fn table(&self) -> &str {
        match self {
            Change::Set { at, .. } => &at.table,
            Change::InsertRow { table, .. }
            | Change::RemoveRow { table, .. }
            | Change::MoveRow { table, .. } => table,
        }
    }

    pub fn row(&self) -> &RowId {
        match self {
            Change::Set { at, .. } => &at.row,
            Change::InsertRow { row, .. } | Change::RemoveRow { row, .. } | Change::MoveRow { row, .. } => {
                row
            }
        }
    }

    /// The change that takes this one back.
    pub fn inverse(&self) -> Change {
        match self.clone() {
            Change::Set { at, from, to } => Change::Set { at, from: to, to: from },
            Change::InsertRow { table, row, rank, cells } => Change::RemoveRow { table, row, rank, cells },
            Change::RemoveRow { table, row, rank, cells } => Change::InsertRow { table, row, rank, cells },
            Change::MoveRow { table, row, from, to } => Change::MoveRow { table, row, from: to, to: from },
        }
    }
}

impl Op {
    /// The operation that takes this one back, under its own id.
    pub fn inverse(&self, id: OpId) -> Op {
        Op { id, changes: self.changes.iter().rev().map(Change::inverse).collect() }
    }
}
