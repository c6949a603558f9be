//! 剧本的原文: the parts of a script, each read under its place, so that a slip is named where it stands and in Chinese.

use super::script::{ScriptError, at};
use crate::policy::editions::json;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The text as a value. A mark of its encoding at the start is none of it.
///
/// # Errors
/// It is no JSON, or an object names a key twice, of which one would be lost.
pub fn parse(text: &str) -> Result<Value, ScriptError> {
    let parsed = json::parse(text.trim_start_matches('\u{feff}'));
    parsed.map_err(|fault| at(fault.at.unwrap_or_else(|| "脚本".to_string()), fault.message))
}

/// One part read as what it should be.
///
/// # Errors
/// It is something else; its place is named.
pub fn part<T: DeserializeOwned>(place: &str, value: Value) -> Result<T, ScriptError> {
    serde_json::from_value(value).map_err(|error| at(place, misfit(&error)))
}

/// Why a value does not fit, in Chinese where serde's words are known.
pub fn misfit(error: &serde_json::Error) -> String {
    in_chinese(&error.to_string())
}

/// The fields of an object of a script; null is absent, and what nobody asks for is ignored.
pub struct Fields {
    place: String,
    fields: Map<String, Value>,
}

impl Fields {
    /// # Errors
    /// The value is no object.
    pub fn of(place: &str, value: Value) -> Result<Fields, ScriptError> {
        match value {
            Value::Object(fields) => Ok(Fields { place: place.to_string(), fields }),
            _ => Err(at(if place.is_empty() { "脚本" } else { place }, "应为各项内容（{…}）")),
        }
    }

    fn place_of(&self, key: &str) -> String {
        if self.place.is_empty() { key.to_string() } else { format!("{}.{key}", self.place) }
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        self.fields.remove(key).filter(|value| !value.is_null())
    }

    pub fn optional<T: DeserializeOwned>(&mut self, key: &str) -> Result<Option<T>, ScriptError> {
        let place = self.place_of(key);
        self.take(key).map(|value| part(&place, value)).transpose()
    }

    pub fn required<T: DeserializeOwned>(&mut self, key: &str) -> Result<T, ScriptError> {
        self.optional(key)?.ok_or_else(|| at(self.place_of(key), "缺少这一项，请补上"))
    }

    /// The entries of an object, each with its place; none when absent.
    pub fn entries(&mut self, key: &str) -> Result<Vec<(String, String, Value)>, ScriptError> {
        let place = self.place_of(key);
        let entries = self.optional::<Map<String, Value>>(key)?.unwrap_or_default();
        Ok(entries.into_iter().map(|(name, value)| (format!("{place}.{name}"), name, value)).collect())
    }

    /// The items of a list, each with its place; `None` when absent.
    pub fn items(&mut self, key: &str) -> Result<Option<Vec<(String, Value)>>, ScriptError> {
        let place = self.place_of(key);
        let items = self.optional::<Vec<Value>>(key)?;
        let placed = |items: Vec<Value>| {
            items.into_iter().enumerate().map(|(n, value)| (format!("{place}[{n}]"), value)).collect()
        };
        Ok(items.map(placed))
    }

    /// Every item of a list read alike; none when absent.
    pub fn list<T: DeserializeOwned>(&mut self, key: &str) -> Result<Vec<T>, ScriptError> {
        let items = self.items(key)?.unwrap_or_default().into_iter();
        items.map(|(place, value)| part(&place, value)).collect()
    }
}

/// What serde expects, as a person would say it.
const EXPECTED: [(&str, &str); 8] = [
    ("a string", "文字"),
    ("a boolean", "true 或 false"),
    ("a sequence", "列表（[…]）"),
    ("a map", "各项内容（{…}）"),
    ("a Decimal type representing a fixed-point number", "写作文字的数，如 \"1234.50\""),
    ("i32", "整数"),
    ("u32", "不小于 0 的整数"),
    ("usize", "不小于 0 的整数"),
];

/// What the types of this crate say of a text they cannot read.
const OWN: [(&str, &str); 3] = [
    ("a date is written", "日期应写作 YYYY-MM-DD，且为真实的一天"),
    ("a day of the year is written", "应写作 MM-DD，且为每年都有的一天"),
    ("money has two decimals", "金额应为不超过 9,999,999,999.99 的数，最多两位小数"),
];

fn in_chinese(says: &str) -> String {
    if let Some((_, chinese)) = OWN.iter().find(|(english, _)| says.contains(english)) {
        return (*chinese).to_string();
    }
    let plain = |text: &str| text.replace('`', "");
    if let Some(rest) = says.strip_prefix("missing field ") {
        return format!("缺少 {}，请补上", plain(rest));
    }
    if let Some((got, words)) =
        says.strip_prefix("unknown variant ").and_then(|rest| rest.split_once(", expected "))
    {
        let words = words.trim_start_matches("one of ").replace(" or ", "、").replace(", ", "、");
        return format!("没有“{}”，应为 {} 之一", plain(got), plain(&words));
    }
    if let Some(rest) = says.strip_prefix("unknown field ") {
        let got = rest.split_once(", expected ").map_or(rest, |(got, _)| got);
        return format!("没有“{}”这一项，请核对名称", plain(got));
    }
    let mismatch = ["invalid type: ", "invalid value: "].iter().find_map(|start| says.strip_prefix(start));
    if let Some((got, expected)) = mismatch.and_then(|rest| rest.split_once(", expected ")) {
        let known = EXPECTED.iter().find(|(word, _)| *word == expected);
        let expected = known.map_or_else(|| plain(expected), |(_, chinese)| (*chinese).to_string());
        let kinds = ["string ", "integer ", "floating point ", "boolean "];
        let got = kinds.iter().find_map(|kind| got.strip_prefix(kind)).unwrap_or(got);
        return format!("应为{expected}，写的是 {}", plain(got));
    }
    says.to_string()
}
