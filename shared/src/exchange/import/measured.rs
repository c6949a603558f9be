//! 指标值: `≥12次` in one cell, as the official target table has it, taken apart into sign, value and unit.

use super::normal::{self, fold};
use super::target::ImportTable;
use crate::engine::definition::Field;
use std::collections::BTreeMap;

/// The three fields a value is taken apart into.
const FIELDS: [&str; 3] = ["operator", "value", "unit"];

/// Whether the table keeps sign, value and unit apart.
pub(super) fn applies(target: &ImportTable) -> bool {
    FIELDS.iter().all(|field| target.column(field).is_some())
}

/// Whether a form's fields keep sign, value and unit apart.
pub fn kept_apart(fields: &[Field]) -> bool {
    FIELDS.iter().all(|key| fields.iter().any(|field| field.key == *key))
}

/// Takes the value of a row apart. What stands in the fields of their own stays; a value of words stays whole.
pub fn take_apart(cells: &mut BTreeMap<String, String>) {
    let Some(parts) = cells.get("value").and_then(|value| Parts::of(value)) else { return };
    let filled = |field: &str| cells.get(field).is_some_and(|text| !text.is_empty());
    let unit_differs = |unit: &str| filled("unit") && !same_unit(&cells["unit"], unit);
    if parts.unit.as_deref().is_some_and(unit_differs) {
        return;
    }
    let operator = parts.operator.filter(|_| !filled("operator"));
    let unit = parts.unit.filter(|_| !filled("unit"));
    cells.insert("value".to_string(), parts.number);
    cells.extend(operator.map(|operator| ("operator".to_string(), operator.to_string())));
    cells.extend(unit.map(|unit| ("unit".to_string(), unit)));
}

fn same_unit(one: &str, other: &str) -> bool {
    let name = |unit: &str| match fold(unit).as_str() {
        "百分比" | "百分数" | "百分点" | "%" => "%".to_string(),
        unit => unit.to_string(),
    };
    name(one) == name(other)
}

struct Parts {
    operator: Option<&'static str>,
    number: String,
    unit: Option<String>,
}

/// Signs and their words, longer ones first.
const BEFORE: [(&str, &str); 25] = [
    (">=", "≥"),
    ("=>", "≥"),
    ("≥", "≥"),
    ("≧", "≥"),
    ("⩾", "≥"),
    ("不低于", "≥"),
    ("不少于", "≥"),
    ("不小于", "≥"),
    ("大于等于", "≥"),
    ("大于或等于", "≥"),
    ("<=", "≤"),
    ("=<", "≤"),
    ("≤", "≤"),
    ("≦", "≤"),
    ("⩽", "≤"),
    ("不高于", "≤"),
    ("不超过", "≤"),
    ("不大于", "≤"),
    ("小于等于", "≤"),
    ("小于或等于", "≤"),
    (">", ">"),
    ("大于", ">"),
    ("<", "<"),
    ("小于", "<"),
    ("=", "="),
];
/// Words behind a value that say what a sign before it would.
const BEHIND: [(&str, &str); 5] =
    [("及以上", "≥"), ("以上", "≥"), ("及以下", "≤"), ("以内", "≤"), ("以下", "≤")];
/// Units that are known for such even without a sign.
const UNITS: [&str; 30] = [
    "%", "‰", "次", "个", "台", "套", "人", "人次", "人天", "人月", "小时", "分钟", "天", "日", "个月", "月",
    "年", "万元", "元", "亿元", "千元", "项", "份", "条", "家", "场", "期", "分", "户", "次/年",
];

impl Parts {
    fn of(value: &str) -> Option<Parts> {
        let text = fold(value);
        let (operator, rest) = BEFORE
            .iter()
            .find_map(|(sign, operator)| Some((Some(*operator), text.strip_prefix(sign)?)))
            .unwrap_or((None, text.as_str()));
        let (operator, rest) =
            match BEHIND.iter().find_map(|(word, sign)| Some((*sign, rest.strip_suffix(word)?))) {
                Some((sign, rest)) if operator.is_none() => (Some(sign), rest),
                _ => (operator, rest),
            };
        let end =
            rest.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',' | '-')).unwrap_or(rest.len());
        let (digits, unit) = rest.split_at(end);
        let number = normal::number(digits).ok()?;
        let plain = unit.is_empty();
        let known = UNITS.contains(&unit);
        let fits = !unit.chars().any(|c| c.is_ascii_digit()) && unit.chars().count() <= 10;
        if !(plain || known || (operator.is_some() && fits)) {
            return None;
        }
        // 100 alone is a value already, but its digits may be of full width.
        Some(Parts { operator, number, unit: (!plain).then(|| unit.to_string()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apart(value: &str) -> (Option<String>, String, Option<String>) {
        let mut cells = BTreeMap::from([("value".to_string(), value.to_string())]);
        take_apart(&mut cells);
        (cells.get("operator").cloned(), cells["value"].clone(), cells.get("unit").cloned())
    }

    #[test]
    fn sign_value_and_unit_are_taken_apart() {
        for (written, operator, value, unit) in [
            ("≥12次", "≥", "12", "次"),
            ("≧99.9%", "≥", "99.9", "%"),
            ("＞＝９０％", "≥", "90", "%"),
            ("不低于95%", "≥", "95", "%"),
            ("≤ 2 小时", "≤", "2", "小时"),
            ("不超过50万元", "≤", "50", "万元"),
            ("90%以上", "≥", "90", "%"),
            ("2小时以内", "≤", "2", "小时"),
            ("≥1,200次/年", "≥", "1200", "次/年"),
            ("=100%", "=", "100", "%"),
        ] {
            let some = |text: &str| Some(text.to_string());
            assert_eq!(apart(written), (some(operator), value.to_string(), some(unit)), "{written}");
        }
        assert_eq!(apart("９９.９"), (None, "99.9".to_string(), None));
        assert_eq!(apart("12次"), (None, "12".to_string(), Some("次".to_string())));
        for whole in ["显著提升", "优", "7×24小时", "2024年12月", "12月底前", "≥3次且≤5次", "1-2次"]
        {
            assert_eq!(apart(whole), (None, whole.to_string(), None), "{whole}");
        }
    }

    #[test]
    fn what_stands_in_its_own_field_stays() {
        let row = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(field, text)| (field.to_string(), text.to_string())).collect()
        };
        let mut cells = row(&[("operator", "≥"), ("value", "99.9%"), ("unit", "%")]);
        take_apart(&mut cells);
        assert_eq!(cells, row(&[("operator", "≥"), ("value", "99.9"), ("unit", "%")]));
        let mut other = row(&[("value", "12次"), ("unit", "%")]);
        take_apart(&mut other);
        assert_eq!(other, row(&[("value", "12次"), ("unit", "%")]));
    }
}
