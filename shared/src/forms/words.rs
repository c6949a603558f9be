//! Short words the form definitions are written in.

use crate::engine::definition::{Choice, Field, FieldKind, Form, Measure, Table, TableKind};
use rust_decimal::Decimal;

pub fn text(key: &str, label: &str, shortest: u32, longest: u32) -> Field {
    Field::new(key, label, FieldKind::Text { shortest, longest, lines: false })
}

pub fn paragraph(key: &str, label: &str, shortest: u32, longest: u32) -> Field {
    Field::new(key, label, FieldKind::Text { shortest, longest, lines: true })
}

/// 金额, ≥ 0.
pub fn money(key: &str, label: &str) -> Field {
    number(key, label, Measure::Money, Some(0), false, None)
}

/// 金额, > 0.
pub fn positive_money(key: &str, label: &str) -> Field {
    number(key, label, Measure::Money, Some(0), true, None)
}

/// 百分数, 0–100.
pub fn percent(key: &str, label: &str) -> Field {
    number(key, label, Measure::Percent, Some(0), false, Some(100))
}

/// 计数, from `least`.
pub fn count(key: &str, label: &str, least: i64, most: Option<i64>) -> Field {
    number(key, label, Measure::Count, Some(least), false, most)
}

pub fn number(
    key: &str,
    label: &str,
    measure: Measure,
    least: Option<i64>,
    above: bool,
    most: Option<i64>,
) -> Field {
    let kind =
        FieldKind::Number { measure, least: least.map(Decimal::from), above, most: most.map(Decimal::from) };
    Field::new(key, label, kind)
}

pub fn date(key: &str, label: &str) -> Field {
    Field::new(key, label, FieldKind::Date)
}

pub fn choice(key: &str, label: &str, choices: &[&str]) -> Field {
    let choices = choices.iter().map(|value| Choice { value: value.to_string(), beside: None }).collect();
    Field::new(key, label, FieldKind::Choice { choices, by: None })
}

/// Choices that depend on the value of the field `by`.
pub fn narrowed_choice(key: &str, label: &str, by: &str, groups: &[(&str, &[&str])]) -> Field {
    let choices = groups
        .iter()
        .flat_map(|(beside, values)| {
            values.iter().map(|v| Choice { value: v.to_string(), beside: Some(beside.to_string()) })
        })
        .collect();
    Field::new(key, label, FieldKind::Choice { choices, by: Some(by.to_string()) })
}

/// 所属系统: a row of the systems table.
pub fn system() -> Field {
    Field::new(
        "system",
        "所属系统",
        FieldKind::RowOf { table: "systems".to_string(), label: "name".to_string() },
    )
}

/// 测算依据.
pub fn basis() -> Field {
    paragraph("basis", "测算依据", 0, 500)
}

pub fn table(key: &str, title: &str, kind: TableKind, article: u8, fields: Vec<Field>) -> Table {
    Table { key: key.to_string(), title: title.to_string(), kind, article, fields }
}

pub fn form(key: &str, title: &str, tables: Vec<Table>) -> Form {
    Form { key: key.to_string(), title: title.to_string(), tables }
}
