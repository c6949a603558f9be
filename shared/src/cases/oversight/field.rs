//! 办理内容: the fields a command carries and the rules F-01 – F-04 on each.

use crate::kernel::calendar::Date;
use crate::kernel::refusal::Refusal;
use crate::kernel::whole_number::whole_number;
use crate::policy::document_number::document_number;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Years a command may name.
const YEARS: RangeInclusive<i64> = 1901..=2998;

/// What a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyField {
    /// Text of so many characters, trimmed.
    Text { least: usize, most: usize },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A real day, `YYYY-MM-DD`.
    Day,
    /// 文号, GB/T 9704.
    DocumentNumber,
    /// A whole number.
    Year,
}

/// One field of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyRule {
    pub key: &'static str,
    pub label: &'static str,
    pub required: bool,
    pub takes: BodyField,
}

impl BodyRule {
    pub const fn required(key: &'static str, label: &'static str, takes: BodyField) -> BodyRule {
        BodyRule { key, label, required: true, takes }
    }

    pub const fn optional(key: &'static str, label: &'static str, takes: BodyField) -> BodyRule {
        BodyRule { key, label, required: false, takes }
    }

    /// 理由, 10 – 500 characters.
    pub const REASON: BodyRule =
        BodyRule::required("reason", "理由", BodyField::Text { least: 10, most: 500 });
    /// SM3 of the content that was read.
    pub const CONTENT_HASH: BodyRule =
        BodyRule::required("content_hash", "内容摘要", BodyField::Text { least: 1, most: 64 });
}

/// The fields a command was sent with, each of its type; blank ones are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandBody(BTreeMap<&'static str, BodyValue>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum BodyValue {
    Text(String),
    Day(Date),
    Year(i64),
}

impl CommandBody {
    /// Reads the fields a command carries.
    ///
    /// # Errors
    /// `command.body`: an unknown field or a wrong JSON type. `F-01` empty, `F-02` range, `F-03` length, `F-04` not of its
    /// format; under the article.
    pub fn read(
        rules: &[BodyRule],
        with: &Map<String, Value>,
        article: Option<u8>,
    ) -> Result<CommandBody, Refusal> {
        if let Some(key) = with.keys().find(|key| rules.iter().all(|rule| rule.key != *key)) {
            return Err(Refusal::new("command.body", format!("办理内容没有“{key}”这一项。")));
        }
        let mut read = BTreeMap::new();
        let present = |rule: &BodyRule| with.get(rule.key).filter(|value| !is_absent(value)).cloned();
        for (rule, value) in rules.iter().filter_map(|rule| Some((rule, present(rule)?))) {
            let fits = match rule.takes {
                BodyField::Year => whole_number(&value).is_some(),
                _ => value.is_string(),
            };
            if !fits {
                return Err(Refusal::new("command.body", format!("“{}”的类型不对。", rule.label)));
            }
        }
        for rule in rules {
            let value = present(rule);
            let text = value.as_ref().and_then(Value::as_str).unwrap_or_default().trim();
            let refuse =
                |code: &str, fault: String| Err(refusal(article, code, format!("“{}”{fault}。", rule.label)));
            if let (BodyField::Year, Some(year)) = (rule.takes, &value) {
                let Some(year) = year.as_i64().filter(|year| YEARS.contains(year)) else {
                    return refuse("F-02", format!("应在 {} 至 {} 之间", YEARS.start(), YEARS.end()));
                };
                read.insert(rule.key, BodyValue::Year(year));
                continue;
            }
            if text.is_empty() {
                if rule.required {
                    return refuse("F-01", "不能为空".to_string());
                }
                continue;
            }
            let value = match rule.takes {
                BodyField::Text { least, most } if !(least..=most).contains(&text.chars().count()) => {
                    return refuse("F-03", format!("应为 {least} 至 {most} 个字"));
                }
                BodyField::Choice(words) if !words.contains(&text) => {
                    return refuse("F-04", format!("应为 {} 之一", words.join("、")));
                }
                BodyField::DocumentNumber if document_number(text).is_err() => {
                    return refuse("F-04", "应为文号，如“晋财行〔2024〕12号”".to_string());
                }
                BodyField::Day => match Date::parse(text) {
                    Some(day) => BodyValue::Day(day),
                    None => return refuse("F-04", "应为真实的日期，写作 YYYY-MM-DD".to_string()),
                },
                _ => BodyValue::Text(text.to_string()),
            };
            read.insert(rule.key, value);
        }
        Ok(CommandBody(read))
    }

    /// The text of a field; empty when absent.
    pub fn text(&self, key: &str) -> &str {
        match self.0.get(key) {
            Some(BodyValue::Text(text)) => text,
            _ => "",
        }
    }

    pub fn day(&self, key: &str) -> Option<Date> {
        match self.0.get(key) {
            Some(BodyValue::Day(day)) => Some(*day),
            _ => None,
        }
    }

    pub fn year(&self, key: &str) -> Option<i64> {
        match self.0.get(key) {
            Some(BodyValue::Year(year)) => Some(*year),
            _ => None,
        }
    }
}

/// Null, or a blank text in a field of whatever kind.
fn is_absent(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// A refusal under the article, where one speaks.
pub fn refusal(article: Option<u8>, code: &str, message: impl Into<String>) -> Refusal {
    match article {
        Some(article) => Refusal::under(article, code, message),
        None => Refusal::new(code, message),
    }
}
