//! 逐格合并: which changes meet another value, by the engine's one merge rule, and the conflicts that stay open.

use crate::engine::document::Document;
use crate::engine::op::{Change, Conflict, Op};
use crate::kernel::ids::{DeviceId, OpId};
use crate::sync::site::operation::ConflictId;
use serde::{Deserialize, Serialize};

/// 冲突: a change that met another value. Both are here until an assigned person chooses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenConflict {
    pub id: ConflictId,
    /// Nothing for a desk.
    pub device: Option<DeviceId>,
    /// The change as it was made.
    pub mine: Change,
    /// What it met, as the engine names it.
    pub met: Conflict,
    /// Revision at which they met.
    pub rev: u64,
}

/// Applies the changes that fit; returns the others by their position with what they met.
pub fn apply(document: &mut Document, changes: &[Change]) -> Vec<(usize, Conflict)> {
    let mut met = Vec::new();
    for (at, change) in changes.iter().enumerate() {
        let op = Op { id: OpId::new("merge"), changes: vec![change.clone()] };
        met.extend(document.apply(&op).into_iter().map(|conflict| (at, conflict)));
    }
    met
}

/// What [`apply`] would return, on a copy of the rows the changes touch.
pub fn trial(document: &Document, changes: &[Change]) -> Vec<(usize, Conflict)> {
    let mut copy = Document::new(document.fiscal_year);
    for change in changes {
        let (table, id) = (change.table(), change.row());
        if copy.row(table, id).is_none()
            && let Some(row) = document.row(table, id)
        {
            copy.tables.entry(table.to_string()).or_default().push(row.clone());
        }
    }
    for rows in copy.tables.values_mut() {
        rows.sort_by(|a, b| (a.rank, &a.id).cmp(&(b.rank, &b.id)));
    }
    apply(&mut copy, changes)
}

/// Whether both changes are of the same cell, or of the same row where one is of the whole row.
pub fn is_same_place(one: &Change, other: &Change) -> bool {
    match (one, other) {
        (Change::Set { at, .. }, Change::Set { at: other, .. }) => at == other,
        (Change::Set { .. }, _) | (_, Change::Set { .. }) => false,
        _ => one.table() == other.table() && one.row() == other.row(),
    }
}
