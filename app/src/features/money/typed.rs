//! 填写内容: what a person has typed into the dialog of a money command, stored on this device until the server has taken
//! it, and the command it makes.

use crate::kernel::local_storage::{self, Key};
use leptos::prelude::*;
use serde_json::{Map, Value, json};
use shared::cases::execution::offered::{FieldInput, OfferedField};
use shared::kernel::ids::{AccountId, CaseId};

/// Texts by field; a table is a list of such. Every change goes to local storage first.
#[derive(Clone, Copy)]
pub struct TypedCommand {
    texts: RwSignal<Map<String, Value>>,
    key: StoredValue<Key>,
}

/// A field of the form, or of a row of one of its tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPath {
    pub table: Option<(String, usize)>,
    pub key: String,
}

impl TypedCommand {
    /// What was typed before for this command of this case, or nothing.
    pub fn read(account: AccountId, case: &CaseId, verb: &str) -> TypedCommand {
        let key = Key::Draft { account, case: case.clone(), what: format!("money-{verb}") };
        let before = local_storage::read(&key).and_then(|text| serde_json::from_str(&text).ok());
        TypedCommand { texts: RwSignal::new(before.unwrap_or_default()), key: StoredValue::new(key) }
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
            let value = match &path.table {
                None => texts.get(&path.key),
                Some((table, row)) => texts.get(table).and_then(|rows| rows.get(row)?.get(&path.key)),
            };
            value.and_then(Value::as_str).unwrap_or_default().to_string()
        })
    }

    pub fn set(self, path: &FieldPath, text: String) {
        self.change(|texts| match &path.table {
            None => {
                texts.insert(path.key.clone(), json!(text));
            }
            Some((table, row)) => {
                let rows = texts.get_mut(table).and_then(Value::as_array_mut);
                if let Some(Value::Object(row)) = rows.and_then(|rows| rows.get_mut(*row)) {
                    row.insert(path.key.clone(), json!(text));
                }
            }
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
            FieldInput::Text { .. }
            | FieldInput::LongText { .. }
            | FieldInput::Number
            | FieldInput::Date
            | FieldInput::Choice { .. } => json!(text),
        };
        Some((field.key.clone(), value))
    };
    fields.iter().filter_map(value).collect()
}
