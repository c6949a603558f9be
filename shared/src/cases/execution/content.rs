//! 案卷内容: what an execution case says, as labelled lines and tables, so that one page shows every kind.

use super::labels::{field_label, word_label};
use super::registry::{AnyExecutionCase, ExecutionKindName};
use super::world::ExecutionWorld;
use crate::kernel::money::Money;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A field with its value, or a table with its rows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ContentLine {
    pub key: String,
    pub label: String,
    pub value: ContentValue,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContentValue {
    Text(String),
    Rows(Vec<Vec<ContentLine>>),
}

/// Fields that hold 分.
const AMOUNTS: [&str; 14] = [
    "amount",
    "requested",
    "budget",
    "price",
    "claimed",
    "verified",
    "penalty",
    "settled",
    "paid",
    "advanced",
    "added_amount",
    "cut",
    "difference",
    "due",
];

/// 复核得分 by row.
const REVIEWED: &str = "reviewed";

/// Fields that only the rules read.
const INTERNAL: [&str; 6] = ["stage", "settled_after", "found", "is_final", "before", "concluded_as"];

impl AnyExecutionCase {
    /// What the case says, without its form.
    ///
    /// # Errors
    /// The case cannot be written as JSON, which only a defect of its type can cause.
    pub fn content(&self) -> serde_json::Result<Vec<ContentLine>> {
        let mut body = self.body()?;
        if let Some(fields) = body.as_object_mut().filter(|_| self.form().is_some()) {
            fields.remove("content");
        }
        Ok(body.as_object().map(|fields| lines(self.kind(), fields)).unwrap_or_default())
    }

    /// 编号 of the case, where it has one.
    ///
    /// # Errors
    /// The case cannot be written as JSON, which only a defect of its type can cause.
    pub fn number(&self) -> serde_json::Result<Option<String>> {
        Ok(find(&self.body()?, "number"))
    }

    /// What lists call the case: its number or its name, else what tells it from others, else its kind.
    pub fn title(&self, world: &ExecutionWorld) -> serde_json::Result<String> {
        let body = self.body()?;
        let text = |key: &str| find(&body, key);
        let named = text("number").or_else(|| text("name")).or_else(|| text("invoice"));
        Ok(named.or_else(|| self.caption(world)).unwrap_or_else(|| self.kind().label().to_string()))
    }
}

/// The text of a field of the case or of a part of it, not of its tables.
fn find(value: &Value, key: &str) -> Option<String> {
    let fields = value.as_object()?;
    let own = fields.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    own.map(str::to_string).or_else(|| fields.values().find_map(|part| find(part, key)))
}

/// Parts of a case follow its own fields; what is absent is left out.
fn lines(kind: ExecutionKindName, fields: &Map<String, Value>) -> Vec<ContentLine> {
    let mut lines = Vec::new();
    for (key, value) in fields.iter().filter(|(key, _)| !INTERNAL.contains(&key.as_str())) {
        match value {
            Value::Object(part) if key == REVIEWED => lines.extend(part.iter().filter_map(|(row, score)| {
                let line = line(kind, key, score)?;
                Some(ContentLine { label: format!("{} {row}", line.label), ..line })
            })),
            Value::Object(part) => lines.extend(self::lines(kind, part)),
            value => lines.extend(line(kind, key, value)),
        }
    }
    lines
}

fn line(kind: ExecutionKindName, key: &str, value: &Value) -> Option<ContentLine> {
    let row = |row: &Value| match row {
        Value::Object(fields) => lines(kind, fields),
        // A pair: what was asked and, once there is one, the answer.
        row => row
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_object)
            .flat_map(|of| lines(kind, of))
            .collect(),
    };
    let value = match value {
        Value::Array(rows) if rows.is_empty() => return None,
        Value::Array(rows) if rows.iter().all(|row| row.is_object() || row.is_array()) => {
            ContentValue::Rows(rows.iter().map(row).collect())
        }
        Value::Array(words) => {
            let words = words.iter().filter_map(Value::as_str).map(word_label);
            ContentValue::Text(words.collect::<Vec<_>>().join("、"))
        }
        value => ContentValue::Text(text(key, value)?),
    };
    Some(ContentLine { key: key.to_string(), label: field_label(kind, key).to_string(), value })
}

fn text(key: &str, value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(word_label(text).to_string()),
        Value::Bool(true) => Some("是".to_string()),
        Value::Bool(false) => Some("否".to_string()),
        Value::Number(number) if AMOUNTS.contains(&key) => {
            Some(Money::from_fen(number.as_i64()?).to_string())
        }
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
