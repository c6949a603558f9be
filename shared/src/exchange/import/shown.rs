//! What an exported cell shows of what was typed: a row of another table by its name, yes and no in Chinese.

use crate::engine::definition::{Definition, Field, FieldKind};
use crate::engine::document::Document;
use std::collections::BTreeMap;

/// Names of rows by table and id.
pub type Names = BTreeMap<String, BTreeMap<String, String>>;

/// What the rows other tables name are called: by their label, with their id where that would be ambiguous.
pub fn shown_names(definition: &Definition, document: &Document) -> Names {
    let mut names = Names::new();
    for field in definition.tables().flat_map(|(_, table)| &table.fields) {
        let FieldKind::RowOf { table, label } = &field.kind else { continue };
        let named = |row: &crate::engine::document::Row| row.cells.get(label).cloned().unwrap_or_default();
        let mut used: BTreeMap<String, usize> = BTreeMap::new();
        for row in document.rows(table) {
            *used.entry(named(row).trim().to_string()).or_default() += 1;
        }
        let shown = document.rows(table).iter().map(|row| {
            let name = named(row).trim().to_string();
            let alone = !name.is_empty() && used.get(&name) == Some(&1);
            (row.id.to_string(), if alone { name } else { format!("{name}（{}）", row.id) })
        });
        names.insert(table.clone(), shown.collect());
    }
    names
}

/// The text an exported cell shows for what was typed.
pub fn shown_as(names: &Names, field: &Field, typed: &str) -> String {
    match (&field.kind, typed) {
        (FieldKind::RowOf { table, .. }, id) => {
            names.get(table).and_then(|rows| rows.get(id)).cloned().unwrap_or_else(|| id.to_string())
        }
        (FieldKind::Flag, "true") => "是".to_string(),
        (FieldKind::Flag, "false") => "否".to_string(),
        (_, typed) => typed.to_string(),
    }
}
