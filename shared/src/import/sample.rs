//! Sheets and the hardware table for the tests of this module.

use super::target::Target;
use super::workbook::{Cell, Kind, Sheet};

/// A sheet of text cells; an empty text is no cell.
pub(crate) fn sheet(name: &str, rows: &[&[&str]]) -> Sheet {
    let mut cells = Vec::new();
    for (row, texts) in (0..).zip(rows) {
        for (column, text) in (0..).zip(*texts) {
            if !text.is_empty() {
                let text = (*text).to_string();
                cells.push(Cell { row, column, kind: Kind::Text, text, percent: false, formula: false });
            }
        }
    }
    Sheet { name: name.to_string(), cells, merged: Vec::new() }
}

/// The columns of 硬件设备运维费.
pub(crate) fn hardware() -> Target {
    Target::of(crate::forms::om_request().table("hardware").unwrap())
}
