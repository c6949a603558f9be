//! 填写内容: what a person has typed into the dialog of a money command, stored on this device until the server has taken
//! it, and the command it makes.

use crate::kernel::local_storage::{self, Key};
use leptos::prelude::*;
use serde_json::{Map, Value, json};
use shared::cases::execution::offered::{FieldInput, OfferedField};
use shared::cases::performance::shown::OfferedForm;
use shared::kernel::ids::{AccountId, CaseId};
use std::collections::BTreeMap;

/// Texts by field; a table is a list of such. Every change goes to local storage first.
#[derive(Clone, Copy)]
pub struct TypedCommand {
    texts: RwSignal<Map<String, Value>>,
    key: StoredValue<Key>,
}

/// Where a text is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldPath {
    /// A field of the command.
    Field { key: String },
    /// A cell of a row of one of its tables.
    Line { table: String, row: usize, key: String },
    /// A cell of the kind's form, with what stands there: header or table and row, then the field.
    Cell { place: Vec<String>, stored: String },
}

impl TypedCommand {
    /// What was typed before for this command of this case, or what is given.
    pub fn read(
        account: AccountId,
        case: &CaseId,
        verb: &str,
        given: BTreeMap<String, String>,
    ) -> TypedCommand {
        let key = Key::Draft { account, case: case.clone(), what: format!("money-{verb}") };
        let before = local_storage::read(&key).and_then(|text| serde_json::from_str(&text).ok());
        let given = || given.into_iter().map(|(key, text)| (key, json!(text))).collect();
        TypedCommand { texts: RwSignal::new(before.unwrap_or_else(given)), key: StoredValue::new(key) }
    }

    /// The server has taken it.
    pub fn forget(self) {
        self.key.with_value(local_storage::remove);
    }

    fn change(self, change: impl FnOnce(&mut Map<String, Value>)) {
        self.texts.update(change);
        let text = self.texts.with_untracked(|texts| Value::Object(texts.clone()).to_string());
        // Where nothing can be stored the dialog itself still holds what was typed.
        let _ = self.key.with_value(|key| local_storage::write(key, &text));
    }

    pub fn text(self, path: &FieldPath) -> String {
        self.texts.with_untracked(|texts| {
            let (value, stored) = match path {
                FieldPath::Field { key } => (texts.get(key), ""),
                FieldPath::Line { table, row, key } => {
                    (texts.get(table).and_then(|rows| rows.get(row)?.get(key)), "")
                }
                FieldPath::Cell { place, stored } => (at(texts, place), stored.as_str()),
            };
            value.and_then(Value::as_str).unwrap_or(stored).to_string()
        })
    }

    pub fn set(self, path: &FieldPath, text: String) {
        self.change(|texts| match path {
            FieldPath::Field { key } => {
                texts.insert(key.clone(), json!(text));
            }
            FieldPath::Line { table, row, key } => {
                let rows = texts.get_mut(table).and_then(Value::as_array_mut);
                if let Some(Value::Object(row)) = rows.and_then(|rows| rows.get_mut(*row)) {
                    row.insert(key.clone(), json!(text));
                }
            }
            FieldPath::Cell { place, stored } => match text == *stored {
                // What stands there is not typed: somebody else may change it meanwhile.
                true => forget(texts, place),
                false => put(texts, place, json!(text)),
            },
        });
    }

    /// Rows that were added to a table of the form, or marked to be removed; follows them.
    pub fn form_rows(self, table: &str) -> Vec<(String, bool)> {
        self.texts.with(|texts| {
            let rows = at(texts, &form_place(&[table])).and_then(Value::as_object);
            let removed = |row: &Value| row.get("remove").is_some();
            rows.into_iter().flatten().map(|(id, row)| (id.clone(), removed(row))).collect()
        })
    }

    /// Adds a row to a table of the form under the first number that is free.
    pub fn add_form_row(self, table: &str, stored: &[String]) {
        let known = self.form_rows(table);
        let taken = |id: &String| stored.contains(id) || known.iter().any(|(other, _)| other == id);
        let free = (1_u32..).map(|n| format!("n{n:03}")).find(|id| !taken(id));
        if let Some(id) = free {
            self.change(|texts| put(texts, &form_place(&[table, &id]), json!({})));
        }
    }

    /// Takes an added row back, or marks one that stands in the form to be removed.
    pub fn remove_form_row(self, table: &str, id: &str, is_stored: bool) {
        self.change(|texts| match is_stored {
            true => put(texts, &form_place(&[table, id]), json!({ "remove": true })),
            false => forget(texts, &form_place(&[table, id])),
        });
    }

    /// How many rows a table has; follows it.
    pub fn rows(self, table: &str) -> usize {
        self.texts.with(|texts| texts.get(table).and_then(Value::as_array).map_or(0, Vec::len))
    }

    pub fn add_row(self, table: &str) {
        self.change(|texts| {
            let rows = texts.entry(table.to_string()).or_insert_with(|| json!([]));
            if let Value::Array(rows) = rows {
                rows.push(json!({}));
            }
        });
    }

    pub fn remove_row(self, table: &str, row: usize) {
        self.change(|texts| {
            if let Some(Value::Array(rows)) = texts.get_mut(table)
                && row < rows.len()
            {
                rows.remove(row);
            }
        });
    }

    /// What the command carries. A blank text is left out; a text that is no number goes as it is, so that the server
    /// names the field.
    pub fn command(self, verb: &str, fields: &[OfferedField], justify: Option<(String, String)>) -> Value {
        let mut command = self.texts.with_untracked(|texts| body(fields, texts));
        command.insert("verb".to_string(), json!(verb));
        if let Some((code, reason)) = justify {
            command.insert("justify".to_string(), json!({ code: reason }));
        }
        Value::Object(command)
    }
}

fn body(fields: &[OfferedField], texts: &Map<String, Value>) -> Map<String, Value> {
    let value = |field: &OfferedField| {
        if let FieldInput::Form { form } = &field.input {
            let typed = texts.get(&field.key).and_then(Value::as_object);
            return Some((field.key.clone(), typed.map_or_else(|| json!({}), |typed| document(form, typed))));
        }
        let typed = texts.get(&field.key)?;
        let text = typed.as_str().unwrap_or_default().trim();
        let value = match &field.input {
            FieldInput::Table { columns } => {
                let rows = typed.as_array()?.iter().filter_map(Value::as_object);
                json!(rows.map(|row| Value::Object(body(columns, row))).collect::<Vec<_>>())
            }
            _ if text.is_empty() => return None,
            FieldInput::Count { .. } => {
                text.parse::<i64>().map_or_else(|_| json!(text), |count| json!(count))
            }
            FieldInput::Flag => json!(text == "true"),
            FieldInput::Codes { .. } => json!(text.split(' ').collect::<Vec<_>>()),
            FieldInput::Texts => {
                let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                json!(lines.collect::<Vec<_>>())
            }
            FieldInput::Text { .. }
            | FieldInput::LongText { .. }
            | FieldInput::Number
            | FieldInput::Date
            | FieldInput::Form { .. }
            | FieldInput::Choice { .. } => json!(text),
        };
        Some((field.key.clone(), value))
    };
    fields.iter().filter_map(value).collect()
}

/// What is typed into the form under this place.
fn form_place(rest: &[&str]) -> Vec<String> {
    std::iter::once("document").chain(rest.iter().copied()).map(str::to_string).collect()
}

fn at<'a>(texts: &'a Map<String, Value>, place: &[String]) -> Option<&'a Value> {
    let (first, rest) = place.split_first()?;
    rest.iter().try_fold(texts.get(first)?, |value, key| value.get(key))
}

fn put(texts: &mut Map<String, Value>, place: &[String], value: Value) {
    match place {
        [] => {}
        [key] => {
            texts.insert(key.clone(), value);
        }
        [key, rest @ ..] => {
            if let Value::Object(inner) = texts.entry(key.clone()).or_insert_with(|| json!({})) {
                put(inner, rest, value);
            }
        }
    }
}

fn forget(texts: &mut Map<String, Value>, place: &[String]) {
    match place {
        [] => {}
        [key] => {
            texts.remove(key);
        }
        [key, rest @ ..] => {
            if let Some(Value::Object(inner)) = texts.get_mut(key) {
                forget(inner, rest);
            }
        }
    }
}

/// The typed cells as `fill` carries them: a blank one empties its cell.
fn document(form: &OfferedForm, typed: &Map<String, Value>) -> Value {
    let cells = |fields: &[OfferedField], typed: &Map<String, Value>| -> Map<String, Value> {
        let cell = |(key, typed): (&String, &Value)| {
            let text = typed.as_str().unwrap_or_default().trim();
            let is_flag = fields.iter().any(|field| field.key == *key && field.input == FieldInput::Flag);
            let value = match (text, is_flag) {
                ("", _) => Value::Null,
                (text, true) => json!(text == "true"),
                (text, false) => json!(text),
            };
            (key.clone(), value)
        };
        typed.iter().map(cell).collect()
    };
    let mut document = Map::new();
    for (key, typed) in typed.iter().filter_map(|(key, typed)| Some((key, typed.as_object()?))) {
        let table = form.tables.iter().find(|table| table.key == *key);
        let value = match table {
            None => Value::Object(cells(&form.fields, typed)),
            Some(table) => {
                let row = |(id, typed): (&String, &Value)| {
                    let mut row = match typed.get("remove") {
                        Some(_) => Map::from_iter([("remove".to_string(), json!(true))]),
                        None => {
                            typed.as_object().map(|typed| cells(&table.columns, typed)).unwrap_or_default()
                        }
                    };
                    row.insert("id".to_string(), json!(id));
                    Value::Object(row)
                };
                typed.iter().map(row).collect()
            }
        };
        document.insert(key.clone(), value);
    }
    Value::Object(document)
}
