//! Laws L-01 … L-16: what the values of an edition keep to between each other.

use super::catalogue::{Law, LawKind};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

/// Whether the parameters, each of the right shape, keep the law.
pub fn holds(law: &Law, parameters: &Map<String, Value>) -> bool {
    let value = |name: &String| parameters.get(name).unwrap_or(&Value::Null);
    match law.law {
        LawKind::Order => law.of.windows(2).all(|pair| at_most(value(&pair[0]), value(&pair[1]))),
        LawKind::Sum => {
            let parts = law.of.iter().flat_map(|name| match law.scalars {
                true => vec![value(name)],
                false => elements(value(name), &law.field),
            });
            let to = law.to.parse().ok().or_else(|| number(value(&law.to)));
            sum(parts).is_some_and(|sum| Some(sum) == to)
        }
        LawKind::Falling => law.of.iter().all(|name| {
            let steps = numbers(value(name), &law.field);
            steps.windows(2).all(|pair| pair[0] > pair[1]) && steps.last().is_some_and(Decimal::is_zero)
        }),
        LawKind::NotRising => law
            .of
            .iter()
            .all(|name| numbers(value(name), &law.field).windows(2).all(|pair| pair[0] >= pair[1])),
    }
}

/// Numbers by size, days of the year by their text.
fn at_most(one: &Value, other: &Value) -> bool {
    match (number(one), number(other)) {
        (Some(one), Some(other)) => one <= other,
        _ => one.as_str() <= other.as_str(),
    }
}

fn sum<'a>(parts: impl Iterator<Item = &'a Value>) -> Option<Decimal> {
    parts.map(number).try_fold(Decimal::ZERO, |sum, part| sum.checked_add(part?))
}

fn numbers(value: &Value, field: &Value) -> Vec<Decimal> {
    elements(value, field).into_iter().filter_map(number).collect()
}

/// The part `field` of every element of a list or map; the elements themselves without one.
fn elements<'a>(value: &'a Value, field: &Value) -> Vec<&'a Value> {
    let elements: Vec<&Value> = match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => Vec::new(),
    };
    let part = |element: &'a Value| match field {
        Value::Number(at) => at.as_u64().and_then(|at| element.get(usize::try_from(at).ok()?)),
        Value::String(key) => element.get(key),
        _ => Some(element),
    };
    elements.into_iter().filter_map(part).collect()
}

fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(count) => count.as_u64().map(Decimal::from),
        _ => None,
    }
}
