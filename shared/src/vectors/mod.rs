//! 检验用例: evaluates vectors, pairs of a named call and its expected answer, with the functions the product uses.
//! Pure: whoever evaluates them gives the files a vector names.

mod accounts;
mod content;
mod editions;
mod sample_trail;
mod trail;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// A file of vectors.
#[derive(Debug, Deserialize)]
pub struct VectorFile {
    pub vectors: Vec<Vector>,
}

/// One call and what it must answer.
#[derive(Debug, Deserialize)]
pub struct Vector {
    pub id: String,
    pub call: String,
    pub with: Value,
    /// Absent where only the answer is asked for.
    #[serde(default, deserialize_with = "present")]
    pub expect: Option<Value>,
}

/// A null that is written is an expectation too.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

type Answer = Result<Value, String>;

/// Finds a file of `editions/` by its name without extension.
pub type EditionFiles<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The files the program ships.
pub fn shipped_files(name: &str) -> Option<String> {
    use crate::policy::editions::register::{CALENDAR, DEMONSTRATION_2027, MEASURES_2022_51};
    let text = match name {
        "2022-51" => MEASURES_2022_51,
        "2027-demo" => DEMONSTRATION_2027,
        "calendar-cn" => CALENDAR,
        _ => return None,
    };
    Some(text.to_string())
}

/// What the call answers, or why it cannot be evaluated.
pub fn evaluate(call: &str, with: &Value, files: EditionFiles) -> Result<Value, String> {
    let evaluated = editions::evaluate(call, with, files)
        .or_else(|| content::evaluate(call, with, files))
        .or_else(|| accounts::evaluate(call, with))
        .or_else(|| trail::evaluate(call, with));
    evaluated.unwrap_or_else(|| Err(format!("没有“{call}”这一调用")))
}

/// The arguments of a call, none unknown.
fn arguments<'de, T: Deserialize<'de>>(with: &'de Value) -> Result<T, String> {
    T::deserialize(with).map_err(|error| format!("参数不合要求：{error}"))
}

fn answer(value: &impl Serialize) -> Answer {
    serde_json::to_value(value).map_err(|error| error.to_string())
}
