//! Sheets and the hardware table for the tests of this module.

use super::header::propose;
use super::reading::{ImportReading, read};
use super::target::ImportTable;
use super::workbook::{Workbook, Worksheet};

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

/// What an import of a sheet of texts into one of the tables would store.
pub(crate) fn read_table(table: &str, rows: &[&[&str]]) -> ImportReading {
    let target = ImportTable::of(crate::forms::om_request().table(table).unwrap());
    let workbook = Workbook { sheets: vec![sheet("台账", rows)], ..Workbook::default() };
    let proposal = propose(&workbook, &target).unwrap();
    read(&workbook, &proposal, &target, &[])
}

/// What is stored in one field, line by line; empty where nothing is.
pub(crate) fn column<'r>(reading: &'r ImportReading, field: &str) -> Vec<&'r str> {
    let rows = reading.rows.iter();
    rows.map(|row| row.cells.get(field).map_or("", String::as_str)).collect()
}
