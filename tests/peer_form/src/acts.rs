//! What the harness asks of the page beyond clicks and keys, each an act of the sheet like a person's.

use crate::form::{CATEGORIES, ITEMS};
use crate::shown;
use app::FormSheet;
use app::new_id;
use leptos::prelude::Set;
use shared::engine::editing::NewRow;
use shared::engine::op::Change;
use shared::engine::plan::TableIx;
use shared::engine::session::Cell;
use shared::kernel::ids::RowId;
use std::collections::BTreeMap;
use wasm_bindgen::prelude::*;

/// What a new row begins with.
const INITIAL: [(&str, &str); 3] = [("category", CATEGORIES[0]), ("qty", "1"), ("rate", "100.00")];

fn items(sheet: FormSheet) -> TableIx {
    sheet.read(|session| session.plan().table(ITEMS)).unwrap_or_default()
}

/// Puts a row with the initial values at the end and goes there.
pub fn add_row(sheet: FormSheet) {
    let table = items(sheet);
    let cells: BTreeMap<String, String> =
        INITIAL.map(|(key, text)| (key.to_string(), text.to_string())).into();
    let row = NewRow { id: RowId::new(new_id("r")), cells };
    let changes =
        sheet.read(|session| session.inserting(table, session.rows(table).last().copied(), vec![row]));
    sheet.act(changes);
    go_to(sheet, sheet.read(|session| session.rows(table).len()) - 1);
}

fn go_to(sheet: FormSheet, row: usize) {
    let table = items(sheet);
    if let Some(slot) = sheet.read(|session| session.rows(table).get(row).copied()) {
        sheet.jump.set(Some(Cell { table, slot, field: 0 }));
    }
}

/// Brings a row into the page, with the cursor on it.
#[wasm_bindgen]
pub fn reveal(row: usize) {
    if let Some(sheet) = shown() {
        go_to(sheet, row);
    }
}

/// Types a block of texts, lines by `\n` and cells by `\t`, into `columns` from row `start` on: one act.
#[wasm_bindgen]
pub fn set_cells(start: usize, columns: Vec<String>, block: &str) {
    let Some(sheet) = shown() else { return };
    let table = items(sheet);
    let changes: Vec<Change> = sheet.read(|session| {
        let fields: Vec<_> = columns.iter().filter_map(|key| session.plan().field(table, key)).collect();
        let lines = session.rows(table)[start..].iter().zip(block.split('\n'));
        let cells =
            lines.flat_map(|(slot, line)| fields.iter().zip(line.split('\t')).map(move |cell| (*slot, cell)));
        cells
            .filter_map(|(slot, (field, text))| session.typing(Cell { table, slot, field: *field }, text))
            .collect()
    });
    sheet.act(changes);
}

/// Validates everything anew.
#[wasm_bindgen]
pub fn validate_all() {
    if let Some(sheet) = shown() {
        sheet.validate();
    }
}
