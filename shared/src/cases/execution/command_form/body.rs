//! 办理单的内容: what was typed into the form of a command, as the command carries it.

use super::{CommandForm, FORM};
use crate::cases::execution::offered::{FieldInput, OfferedField};
use crate::cases::performance::shown::{OfferedForm, OfferedTable};
use crate::engine::diff::{CellDifference, Difference, Fate};
use crate::engine::document::{Document, Row};
use crate::engine::findings::{JUSTIFICATION, JUSTIFICATIONS};
use crate::engine::op::HEADER_ROW;
use crate::kernel::ids::RowId;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashSet};

/// The body: a blank text is left out; what cannot be read goes as it is, so that the server names the field.
pub fn of(form: &CommandForm, document: &Document) -> Map<String, Value> {
    let header = document.row(FORM, &RowId::new(HEADER_ROW)).map(|row| &row.cells);
    let blank = BTreeMap::new();
    let value = |field: &OfferedField| match &field.input {
        FieldInput::Form { form: of } => Some(typed_form(form, of, document)),
        FieldInput::Table { columns } => {
            let rows = document.rows(&field.key).iter().filter(|row| !is_blank(row));
            let rows: Vec<Value> = rows.map(|row| Value::Object(cells(columns, &row.cells))).collect();
            (field.required || !rows.is_empty()).then_some(Value::Array(rows))
        }
        FieldInput::Codes { options } => {
            let ticked = document.row(&field.key, &RowId::new(HEADER_ROW));
            let is_ticked =
                |word: &str| ticked.is_some_and(|row| row.cells.get(word).is_some_and(|text| text == "true"));
            let words: Vec<&str> =
                options.iter().map(|option| option.word.as_str()).filter(|word| is_ticked(word)).collect();
            (!words.is_empty()).then(|| json!(words))
        }
        _ => entry(field, header.unwrap_or(&blank)),
    };
    let fields = form.command.fields.iter().filter_map(|field| Some((field.key.clone(), value(field)?)));
    fields.collect()
}

fn is_blank(row: &Row) -> bool {
    row.cells.values().all(|text| text.trim().is_empty())
}

fn cells(columns: &[OfferedField], cells: &BTreeMap<String, String>) -> Map<String, Value> {
    columns.iter().filter_map(|field| Some((field.key.clone(), entry(field, cells)?))).collect()
}

fn entry(field: &OfferedField, cells: &BTreeMap<String, String>) -> Option<Value> {
    let text = cells.get(&field.key).map(|text| text.trim()).filter(|text| !text.is_empty())?;
    Some(match &field.input {
        FieldInput::Count { .. } | FieldInput::Year => {
            text.parse::<i64>().map_or_else(|_| json!(text), |count| json!(count))
        }
        FieldInput::Flag => flag(text),
        FieldInput::Choice { options } => {
            let chosen = options.iter().find(|option| option.label == text);
            json!(chosen.map_or(text, |option| option.word.as_str()))
        }
        FieldInput::Texts | FieldInput::Codes { .. } => {
            json!(text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>())
        }
        FieldInput::Text { .. } | FieldInput::Form { .. } | FieldInput::Table { .. } => json!(text),
    })
}

fn flag(text: &str) -> Value {
    match text {
        "true" => json!(true),
        "false" => json!(false),
        other => json!(other),
    }
}

/// What differs from what stands in the case's form, as `fill` carries it: a cleared cell is null.
pub fn typed_form(form: &CommandForm, of: &OfferedForm, document: &Document) -> Value {
    let found = Difference::between(&form.begun, document);
    let mut typed = Map::new();
    let header: Map<String, Value> =
        found.rows(FORM).iter().flat_map(|row| &row.cells).map(|cell| typed_cell(&of.fields, cell)).collect();
    if !header.is_empty() {
        typed.insert("header".to_string(), Value::Object(header));
    }
    for table in &of.tables {
        let names = names_of_added(form, document, table);
        let rows: Vec<Value> = found
            .rows(&table.key)
            .iter()
            .filter_map(|row| {
                let id = names.get(&row.row).cloned().unwrap_or_else(|| row.row.to_string());
                let mut cells: Map<String, Value> = match row.fate {
                    Fate::Removed => [("remove".to_string(), json!(true))].into_iter().collect(),
                    Fate::Added | Fate::InPlace | Fate::Moved => {
                        row.cells.iter().map(|cell| typed_cell(&table.columns, cell)).collect()
                    }
                };
                // A row that only moved says nothing.
                (row.fate == Fate::Added || !cells.is_empty()).then(|| {
                    cells.insert("id".to_string(), json!(id));
                    Value::Object(cells)
                })
            })
            .collect();
        if !rows.is_empty() {
            typed.insert(table.key.clone(), Value::Array(rows));
        }
    }
    let reason = |row: &crate::engine::diff::RowDifference| {
        let cell = row.cells.iter().find(|cell| cell.field == JUSTIFICATION)?;
        let to = cell.to.as_deref().map(str::trim).filter(|text| !text.is_empty());
        Some((row.row.to_string(), json!(to)))
    };
    let reasons: Map<String, Value> = found.rows(JUSTIFICATIONS).iter().filter_map(reason).collect();
    if !reasons.is_empty() {
        typed.insert(JUSTIFICATIONS.to_string(), Value::Object(reasons));
    }
    Value::Object(typed)
}

fn typed_cell(fields: &[OfferedField], cell: &CellDifference) -> (String, Value) {
    let is_flag = fields.iter().any(|field| field.key == cell.field && field.input == FieldInput::Flag);
    let text = cell.to.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let value = match text {
        None => Value::Null,
        Some(text) if is_flag => flag(text),
        Some(text) => json!(text),
    };
    (cell.field.clone(), value)
}

/// Rows added in the browser get the first free numbers, which people read: `n001`, `n002` …
fn names_of_added(form: &CommandForm, document: &Document, table: &OfferedTable) -> BTreeMap<RowId, String> {
    let begun: HashSet<&str> = form.begun.rows(&table.key).iter().map(|row| row.id.as_str()).collect();
    let is_begun = |id: &str| begun.contains(id);
    let free = (1_u32..).map(|number| format!("n{number:03}")).filter(|name| !is_begun(name));
    let added = document.rows(&table.key).iter().filter(|row| !is_begun(row.id.as_str()));
    added.map(|row| row.id.clone()).zip(free).collect()
}

/// The row of the form that carries this name in the case's form.
pub fn row_named(form: &CommandForm, document: &Document, table: &str, name: &str) -> RowId {
    added_rows(form, document, table).remove(name).unwrap_or_else(|| RowId::new(name))
}

/// The rows added to a table of the form, by the names they carry in the case's form.
pub fn added_rows(form: &CommandForm, document: &Document, table: &str) -> BTreeMap<String, RowId> {
    let names = form.table(table).map(|table| names_of_added(form, document, table)).unwrap_or_default();
    names.into_iter().map(|(row, name)| (name, row)).collect()
}
