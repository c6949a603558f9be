//! Sheets and the hardware table for the tests of this module.

use super::target::ImportTable;
use super::workbook::Worksheet;

/// A sheet of text cells; an empty text is no cell.
pub(crate) fn sheet(name: &str, rows: &[&[&str]]) -> Worksheet {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|texts| texts.iter().map(|text| (*text).to_string()).collect()).collect();
    Worksheet::of_texts(name, &rows)
}

/// The columns of 硬件设备运维费.
pub(crate) fn hardware() -> ImportTable {
    ImportTable::of(crate::forms::om_request().table("hardware").unwrap())
}
