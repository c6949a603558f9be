//! 路径: where a value is in a JSON document, written as keys and list numbers with dots between them, like
//! `data.users.0.name`.

use anyhow::{Context, bail, ensure};
use serde::Deserialize;
use serde_json::Value;
use std::fmt;
use std::str::FromStr;

/// Longest text that a path may lead to, in characters.
const LONGEST: usize = 255;

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct JsonPath {
    written: String,
    /// The same as a JSON pointer (RFC 6901).
    pointer: String,
}

impl FromStr for JsonPath {
    type Err = anyhow::Error;

    fn from_str(written: &str) -> anyhow::Result<JsonPath> {
        let is_plain = |key: &str| !key.is_empty() && key.trim() == key;
        ensure!(
            written.split('.').all(is_plain),
            "路径“{written}”不对：应为以点分隔的键或列表序号，如 data.user.id"
        );
        let pointer =
            written.split('.').map(|key| format!("/{}", key.replace('~', "~0").replace('/', "~1"))).collect();
        Ok(JsonPath { written: written.to_string(), pointer })
    }
}

impl TryFrom<String> for JsonPath {
    type Error = anyhow::Error;

    fn try_from(written: String) -> anyhow::Result<JsonPath> {
        written.parse()
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl JsonPath {
    /// The value at this path, to be replaced.
    pub(super) fn find_mut<'v>(&self, document: &'v mut Value) -> anyhow::Result<&'v mut Value> {
        document.pointer_mut(&self.pointer).with_context(|| self.missing())
    }

    /// The text or whole number at this path, without spaces around it.
    ///
    /// # Errors
    /// Nothing is there, or something else; the error names the path.
    pub(super) fn text(&self, document: &Value) -> anyhow::Result<String> {
        let text = match document.pointer(&self.pointer).with_context(|| self.missing())? {
            Value::String(text) => text.trim().to_string(),
            Value::Number(number) if number.is_i64() || number.is_u64() => number.to_string(),
            other => bail!("“{self}”处应是文字或整数，却是{}", kind(other)),
        };
        ensure!(!text.is_empty(), "“{self}”处是空的");
        ensure!(text.chars().count() <= LONGEST, "“{self}”处超过 {LONGEST} 个字符");
        ensure!(!text.chars().any(char::is_control), "“{self}”处含有控制字符");
        Ok(text)
    }

    fn missing(&self) -> String {
        format!("没有“{self}”")
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "空值（null）",
        Value::Bool(_) => "真假值",
        Value::Number(_) => "小数",
        Value::String(_) => "文字",
        Value::Array(_) => "列表",
        Value::Object(_) => "对象",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(path: &str, document: &Value) -> Result<String, String> {
        path.parse::<JsonPath>().unwrap().text(document).map_err(|error| error.to_string())
    }

    #[test]
    fn keys_and_list_numbers_lead_to_a_text() {
        let document = json!({ "data": { "user": { "idcard_hash": " P-101 ", "id": 7 } },
            "list": [{ "n": "a" }, { "n": "b" }], "a/b~c": "d", "0": "zero" });
        for (path, found) in [
            ("data.user.idcard_hash", "P-101"),
            ("data.user.id", "7"),
            ("list.1.n", "b"),
            ("a/b~c", "d"),
            ("0", "zero"),
        ] {
            assert_eq!(text(path, &document).as_deref(), Ok(found), "{path}");
        }
    }

    #[test]
    fn what_is_missing_or_of_another_kind_is_named_with_its_path() {
        let document =
            json!({ "a": { "b": null, "c": [], "d": 1.5, "e": "", "f": "x\ny", "g": true }, "l": ["x"] });
        for (path, words) in [
            ("a.x", "没有“a.x”"),
            ("a.b.c", "没有“a.b.c”"),
            ("l.1", "没有“l.1”"),
            ("l.01", "没有“l.01”"),
            ("l.-1", "没有“l.-1”"),
            ("l.first", "没有“l.first”"),
            ("a", "“a”处应是文字或整数，却是对象"),
            ("a.b", "却是空值"),
            ("a.c", "却是列表"),
            ("a.d", "却是小数"),
            ("a.e", "“a.e”处是空的"),
            ("a.f", "控制字符"),
            ("a.g", "却是真假值"),
        ] {
            let fault = text(path, &document).unwrap_err();
            assert!(fault.contains(words), "{path}: {fault}");
        }
        assert!(text("a", &json!({ "a": "x".repeat(256) })).unwrap_err().contains("“a”处超过"));
        assert!(text("a", &json!([1])).is_err() && text("0", &json!(3)).is_err());
    }

    #[test]
    fn a_path_has_no_empty_key() {
        for wrong in ["", ".", "a.", ".a", "a..b", " a", "a. b"] {
            assert!(wrong.parse::<JsonPath>().is_err(), "{wrong:?}");
        }
    }
}
