//! 批复入账: what finance's answer to a request says to the money: its lines with what is left of each, its indicators.

use super::flow::Category;
use crate::cases::execution::field::is_word;
use crate::cases::performance::target::{Level, Nature, Operator, Scoring};
use crate::cases::request::RequestCase;
use crate::cases::review::anchor::row_name;
use crate::cases::review::sums::{Cuts, lines, sums};
use crate::engine::plan::Slot;
use crate::engine::session::{Cell, Session};
use crate::forms::performance_targets::INDICATORS;
use crate::kernel::hash::digest;
use crate::kernel::ids::CaseId;
use crate::kernel::money::Money;
use crate::kernel::people::Office;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Most characters of the name of a line.
const LONGEST_NAME: usize = 60;
/// Most characters of a request's id in that of its money, so that a line of it stays a reference.
const LONGEST_REQUEST: usize = 40;

/// The name of the case that holds the money of a request.
pub fn money_of(request: &CaseId) -> CaseId {
    let id = request.as_str();
    match id.chars().count() > LONGEST_REQUEST {
        false => CaseId::new(format!("money-{id}")),
        true => {
            let head: String = id.chars().take(LONGEST_REQUEST - 9).collect();
            CaseId::new(format!("money-{head}-{}", &digest(&[id])[..8]))
        }
    }
}

/// What `approve` carries of an approved request: `session` is what was reported, `cuts` what both offices took off it.
pub fn approval(request: &RequestCase, number: &str, session: &Session, cuts: &Cuts) -> Value {
    let sums = sums(&lines(session), cuts);
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut approved = Vec::new();
    for (line, columns) in &sums.lines {
        let place = places.entry(line.table).or_default();
        *place += 1;
        let amount = columns.approved(Office::Finance);
        if is_word::<Category>(line.table) && amount.is_positive() {
            approved.push(json!({
                "id": format!("{}-{place}", line.table),
                "category": line.table,
                "name": name(session, line.table, line.row.as_str(), *place),
                "amount": yuan(amount),
            }));
        }
    }
    json!({
        "year": request.fiscal_year.0,
        "department": request.department,
        "number": number,
        "requested": yuan(sums.total.requested),
        "lines": approved,
        "targets": targets(session),
    })
}

fn yuan(amount: Money) -> String {
    format!("{:.2}", amount.yuan())
}

/// What the row is called, or where it stands in its table.
fn name(session: &Session, table: &str, row: &str, place: usize) -> String {
    let known = session.plan().table(table).map(|table| row_name(session, table, row));
    let known: String = known.unwrap_or_default().trim().chars().take(LONGEST_NAME).collect();
    match known.is_empty() {
        true => format!("第{place}行"),
        false => known,
    }
}

/// The indicators that are complete, as they were reported.
fn targets(session: &Session) -> Vec<Value> {
    let plan = session.plan();
    let Some(table) = plan.table(INDICATORS) else { return Vec::new() };
    let slots = session.rows(table).iter().copied();
    let row = |(place, slot): (usize, Slot)| {
        let text = |key: &str| {
            let field = plan.field(table, key)?;
            let text = session.value(Cell { table, slot, field }).plain().trim().to_string();
            (!text.is_empty()).then_some(text)
        };
        let mut target = Map::new();
        target.insert("id".to_string(), json!(format!("t{}", place + 1)));
        for key in ["level2", "name", "value", "weight"] {
            target.insert(key.to_string(), json!(text(key)?));
        }
        target.insert("level1".to_string(), json!(text("level1").filter(|word| is_word::<Level>(word))?));
        target.insert("nature".to_string(), json!(text("nature").filter(|word| is_word::<Nature>(word))?));
        target.insert("unit".to_string(), json!(text("unit")));
        let operator = text("operator").filter(|word| is_word::<Operator>(word));
        target.insert("operator".to_string(), json!(operator));
        let scoring = text("scoring").filter(|word| is_word::<Scoring>(word));
        target.insert("scoring".to_string(), json!(scoring));
        Some(Value::Object(target))
    };
    slots.enumerate().filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_money_of_a_request_has_a_name_short_enough_for_its_lines() {
        assert_eq!(money_of(&CaseId::new("water-2024")), CaseId::new("money-water-2024"));
        let long = |last: char| money_of(&CaseId::new(format!("{}{last}", "r".repeat(63))));
        assert!(long('a').as_str().len() <= 46);
        assert_ne!(long('a'), long('b'));
    }
}
