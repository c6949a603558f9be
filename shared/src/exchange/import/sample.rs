//! Sheets and the hardware table for the tests of this module.

use super::target::ImportTable;
use super::workbook::{WorkbookCell, WorkbookCellKind, Worksheet};

/// A sheet of text cells; an empty text is no cell.
pub(crate) fn sheet(name: &str, rows: &[&[&str]]) -> Worksheet {
    let mut cells = Vec::new();
    for (row, texts) in (0..).zip(rows) {
        for (column, text) in (0..).zip(*texts) {
            if !text.is_empty() {
                let text = (*text).to_string();
                cells.push(WorkbookCell {
                    row,
                    column,
                    kind: WorkbookCellKind::Text,
                    text,
                    percent: false,
                    formula: false,
                });
            }
        }
    }
    Worksheet { name: name.to_string(), cells, merged: Vec::new() }
}

/// The columns of 硬件设备运维费.
pub(crate) fn hardware() -> ImportTable {
    ImportTable::of(crate::forms::om_request().table("hardware").unwrap())
}
