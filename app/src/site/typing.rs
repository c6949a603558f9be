//! 填写: cells and rows of a visit as a screen reads and types them. Typed text goes as it is; the rules judge it.

use super::visit::{SaveTime, Visit};
use shared::engine::document::{RANK_STEP, Row};
use shared::engine::op::{CellAt, Change, HEADER_ROW};
use shared::kernel::ids::RowId;
use shared::sync::site::content::HEADER;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A cell of a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitCell {
    pub table: &'static str,
    pub row: RowId,
    pub field: &'static str,
}

impl VisitCell {
    pub fn of_header(field: &'static str) -> VisitCell {
        VisitCell { table: HEADER, row: RowId::new(HEADER_ROW), field }
    }

    /// What stands there; a view that reads it follows it.
    pub fn text(&self, visit: Visit) -> String {
        visit.read(|device| {
            let row = device.draft().row(self.table, &self.row);
            row.and_then(|row| row.cells.get(self.field)).cloned().unwrap_or_default()
        })
    }

    /// Types into it. A visit that is read-only takes nothing and shows why.
    pub fn type_text(&self, visit: Visit, text: &str, when: SaveTime) {
        let at = CellAt { table: Arc::from(self.table), row: self.row.clone(), field: Arc::from(self.field) };
        let to = (!text.trim().is_empty()).then(|| Arc::from(text));
        change(visit, when, vec![Change::Set { at, from: None, to }]);
    }
}

/// A row of a visit, with what stands in its cells.
pub fn row(visit: Visit, table: &str, id: &RowId) -> Option<Row> {
    visit.read(|device| device.draft().row(table, id).cloned())
}

pub fn rows(visit: Visit, table: &str) -> Vec<Row> {
    visit.read(|device| device.draft().rows(table).to_vec())
}

/// What stands in a cell of a row.
pub fn text<'r>(row: &'r Row, field: &str) -> &'r str {
    row.cells.get(field).map_or("", String::as_str)
}

/// Adds a row at the end.
pub fn add_row(visit: Visit, table: &'static str, id: RowId, cells: &[(&str, &str)]) {
    let rank =
        visit.read_once(|device| device.draft().rows(table).last().map_or(0, |row| row.rank + RANK_STEP));
    let cells: BTreeMap<String, String> =
        cells.iter().map(|(field, text)| ((*field).to_string(), (*text).to_string())).collect();
    change(
        visit,
        SaveTime::AtOnce,
        vec![Change::InsertRow { table: table.to_string(), row: id, rank, cells }],
    );
}

fn change(visit: Visit, when: SaveTime, changes: Vec<Change>) {
    // The only refusals are 未下载 and 已定稿, and the fields of such a visit are disabled.
    let _ = visit.act(when, |device| device.type_cells(changes));
}
