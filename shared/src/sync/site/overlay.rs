//! What a tablet shows: the server's document with this device's operations on top, whatever is under them.

use crate::engine::document::{Document, Row};
use crate::engine::op::{Change, Op, Typed};
use crate::kernel::ids::OpId;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Puts a change on top: the author's text shows even where the server has another, or has no such row any more.
/// A row whose content changed since its remover saw it stays, as it does on the server.
pub fn overlay(document: &mut Document, change: &Change) {
    let fitted = fit(document, change);
    if let Change::Set { at, to: Some(_), .. } = &fitted
        && document.row(&at.table, &at.row).is_none()
    {
        let (table, row) = (at.table.to_string(), at.row.clone());
        apply(document, Change::InsertRow { table, row, rank: 0, cells: BTreeMap::new() });
    }
    apply(document, fitted);
}

/// The change with the present content of the document as what it replaces.
pub fn fit(document: &Document, change: &Change) -> Change {
    let row = document.row(change.table(), change.row());
    match change {
        Change::Set { at, to, .. } => {
            Change::Set { at: at.clone(), from: cell(row, &at.field), to: to.clone() }
        }
        Change::MoveRow { table, row: id, to, from } => {
            let from = row.map_or(*from, |row| row.rank);
            Change::MoveRow { table: table.clone(), row: id.clone(), from, to: *to }
        }
        Change::InsertRow { .. } | Change::RemoveRow { .. } => change.clone(),
    }
}

/// What is typed in a field of a row.
pub fn cell(row: Option<&Row>, field: &str) -> Typed {
    row.and_then(|row| row.cells.get(field)).map(|text| Arc::from(text.as_str()))
}

fn apply(document: &mut Document, change: Change) {
    document.apply(&Op { id: OpId::new("overlay"), changes: vec![change] });
}
