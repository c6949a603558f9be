//! Judging parameter values: each against its shape in the catalogue, by one walk for all of them.

use super::catalogue::{Catalogue, Shape, ShapeKind, ShapeParts};
use super::check::Faults;
use super::clock::{ClockRule, DayCount};
use super::values::MonthDay;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

/// Most days a clock may count.
const LONGEST_CLOCK: u32 = 366;
/// Most characters of a text parameter.
const LONGEST_TEXT: usize = 200;

impl Faults {
    pub(super) fn parameters(&mut self, parameters: &Map<String, Value>) {
        let catalogue = Catalogue::shipped();
        for name in parameters.keys().filter(|name| catalogue.entry(name).is_none()) {
            self.shape(&format!("parameters/{name}"), "参数目录中没有这个参数，请删去或改正名称");
        }
        for entry in &catalogue.parameters {
            let at = format!("parameters/{}", entry.name);
            match parameters.get(&entry.name) {
                Some(value) => self.value(&entry.shape, value, &at),
                None => self.shape(&at, &format!("缺少参数“{}”", entry.label)),
            }
        }
        if let Some(items) = parameters.get("disclosure_items").and_then(Value::as_object) {
            for item in items.keys().filter(|item| !has_clock(items, item)) {
                let at = format!("parameters/disclosure_items/{item}");
                self.shape(&at, "应有触发事项（trigger）和时限（clock），或随另一有时限的事项（with）");
            }
        }
    }

    /// A value against its shape.
    fn value(&mut self, shape: &Shape, value: &Value, at: &str) {
        if shape.null && value.is_null() {
            return;
        }
        let text = value.as_str();
        match (shape.kind, &shape.of) {
            (ShapeKind::Percent | ShapeKind::Ratio | ShapeKind::Points, _) => match text.and_then(decimal) {
                Some(number) => self.bounds(shape, number, at),
                None => self.shape(at, "应为文本写的不小于 0 的十进制数，不带多余的零，如 \"5.5\""),
            },
            (ShapeKind::Money, _) => match text.and_then(money) {
                Some(number) => self.bounds(shape, number, at),
                None => self.shape(at, "应为文本写的不小于 0 的金额（元），带两位小数，如 \"100000.00\""),
            },
            (ShapeKind::Count, _) => match value.as_u64() {
                Some(number) => self.bounds(shape, Decimal::from(number), at),
                None => self.shape(at, "应为整数，不加引号"),
            },
            (ShapeKind::MonthDay, _) if text.and_then(MonthDay::parse).is_none() => {
                self.shape(at, "应为每年都有的一天，写作 \"MM-DD\"");
            }
            (ShapeKind::Text, _)
                if !text.is_some_and(|text| (1..=LONGEST_TEXT).contains(&text.chars().count())) =>
            {
                self.shape(at, &format!("应为 1 至 {LONGEST_TEXT} 个字的文本"));
            }
            (ShapeKind::Option, ShapeParts::Words(words))
                if !text.is_some_and(|text| words.iter().any(|word| word == text)) =>
            {
                self.shape(at, &format!("应为 {} 之一", words.join("、")));
            }
            (ShapeKind::Clock, _) if !is_clock(value) => {
                self.shape(at, "时限应写明天数或天数参数的名称（n）、单位（unit）和方式（sense）");
            }
            (ShapeKind::List, ShapeParts::Each(each)) => match value.as_array() {
                Some(items) if !items.is_empty() => {
                    for (n, item) in items.iter().enumerate() {
                        self.value(each, item, &format!("{at}/{n}"));
                    }
                }
                _ => self.shape(at, "应为至少有一项的列表"),
            },
            (ShapeKind::Tuple, ShapeParts::Parts(parts)) => match value.as_array() {
                Some(items) if items.len() == parts.len() => {
                    for (n, (part, item)) in parts.iter().zip(items).enumerate() {
                        self.value(part, item, &format!("{at}/{n}"));
                    }
                }
                _ => self.shape(at, &format!("应为 {} 个值的列表", parts.len())),
            },
            (ShapeKind::Map, ShapeParts::Each(each)) => self.map(shape, each, value, at),
            (ShapeKind::Record, _) => self.record(shape, value, at),
            _ => {}
        }
    }

    fn bounds(&mut self, shape: &Shape, number: Decimal, at: &str) {
        if let Some(problem) = beyond(shape, number) {
            self.shape(at, &problem);
        }
    }

    fn map(&mut self, shape: &Shape, each: &Shape, value: &Value, at: &str) {
        let Some(members) = value.as_object().filter(|members| !members.is_empty()) else {
            return self.shape(at, "应为至少有一项的对象");
        };
        if let Some(keys) = &shape.keys {
            let unknown = members.keys().find(|key| !keys.contains(key));
            let missing = keys.iter().find(|key| !members.contains_key(*key));
            if let Some(key) = unknown {
                return self.shape(at, &format!("没有“{key}”这一项，请删去"));
            }
            if let Some(key) = missing {
                return self.shape(at, &format!("缺少“{key}”"));
            }
        }
        for (key, member) in members {
            self.value(each, member, &format!("{at}/{key}"));
        }
    }

    fn record(&mut self, shape: &Shape, value: &Value, at: &str) {
        let Some(members) = value.as_object() else { return self.shape(at, "应为对象") };
        if let Some(key) = members.keys().find(|key| !shape.fields.contains_key(*key)) {
            return self.shape(at, &format!("没有“{key}”这一项，请删去"));
        }
        for (key, field) in &shape.fields {
            match members.get(key) {
                Some(member) => self.value(field, member, &format!("{at}/{key}")),
                None if field.optional => {}
                None => self.shape(at, &format!("缺少“{key}”")),
            }
        }
    }
}

/// What is wrong with the first number of a parameter that lies outside its range, however the number is written.
pub fn out_of_range(name: &str, value: &Value) -> Option<String> {
    out_of_shape_range(&Catalogue::shipped().entry(name)?.shape, value)
}

fn out_of_shape_range(shape: &Shape, value: &Value) -> Option<String> {
    match (shape.kind, &shape.of) {
        (ShapeKind::Percent | ShapeKind::Ratio | ShapeKind::Points | ShapeKind::Money, _) => {
            beyond(shape, value.as_str()?.parse().ok()?)
        }
        (ShapeKind::Count, _) => beyond(shape, Decimal::from(value.as_i64()?)),
        (ShapeKind::List, ShapeParts::Each(each)) => {
            value.as_array()?.iter().find_map(|item| out_of_shape_range(each, item))
        }
        (ShapeKind::Tuple, ShapeParts::Parts(parts)) => {
            parts.iter().zip(value.as_array()?).find_map(|(part, item)| out_of_shape_range(part, item))
        }
        (ShapeKind::Map, ShapeParts::Each(each)) => {
            value.as_object()?.values().find_map(|member| out_of_shape_range(each, member))
        }
        (ShapeKind::Record, _) => {
            let field = |(key, member): (&String, &Value)| out_of_shape_range(shape.fields.get(key)?, member);
            value.as_object()?.iter().find_map(field)
        }
        _ => None,
    }
}

/// What is wrong with a number outside its bounds.
fn beyond(shape: &Shape, number: Decimal) -> Option<String> {
    let Shape { min, max, .. } = shape;
    let above = max.is_some_and(|max| number > Decimal::from(max));
    if !above && number >= Decimal::from(*min) {
        return None;
    }
    Some(max.map_or_else(|| format!("不应小于 {min}"), |max| format!("应在 {min} 至 {max} 之间")))
}

/// A number ≥ 0 in its shortest form.
fn decimal(text: &str) -> Option<Decimal> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "1"));
    let shortest = is_whole(whole) && is_digits(fraction) && !fraction.ends_with('0');
    shortest.then(|| Decimal::from_str_exact(text).ok())?
}

/// Up to 13 digits of 元 and two of 分.
fn money(text: &str) -> Option<Decimal> {
    let (whole, fraction) = text.split_once('.')?;
    let fits = is_whole(whole) && whole.len() <= 13 && is_digits(fraction) && fraction.len() == 2;
    fits.then(|| text.parse().ok())?
}

/// Digits without leading zeros.
fn is_whole(text: &str) -> bool {
    is_digits(text) && (text == "0" || !text.starts_with('0'))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// `n` is a number of days or the name of a count parameter.
fn is_clock(value: &Value) -> bool {
    let Ok(clock) = serde_json::from_value::<ClockRule>(value.clone()) else { return false };
    match clock.n {
        DayCount::Days(days) => days <= LONGEST_CLOCK,
        DayCount::Parameter(name) => {
            Catalogue::shipped().entry(&name).is_some_and(|entry| entry.shape.kind == ShapeKind::Count)
        }
    }
}

/// Whether an item, or the one it goes with in the end, has a trigger and a clock.
fn has_clock(items: &Map<String, Value>, item: &str) -> bool {
    let mut at = item;
    for _ in items {
        let Some(found) = items.get(at) else { return false };
        match found.get("with").and_then(Value::as_str) {
            Some(with) => at = with,
            None => return found.get("trigger").is_some() && found.get("clock").is_some(),
        }
    }
    false
}
