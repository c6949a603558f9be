//! 推演政策版本、信息公开、账号事项: a step with `open` puts a case there with the facts the server would read, as effects do.

use super::script::{ScriptError, at};
use crate::cases::account_order::AccountOrder;
use crate::cases::edition::EditionChange;
use crate::cases::oversight::judge::{OversightCase, judge};
use crate::cases::publication::Publication;
use crate::kernel::calendar::Date;
use crate::kernel::ids::{AccountId, DepartmentId, PersonId, TenantId};
use crate::kernel::people::{Actor, Role};
use crate::kernel::refusal::Refusal;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Kinds this file plays.
const KINDS: [&str; 3] = ["edition", "publication", "account_order"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    people: BTreeMap<String, Person>,
    steps: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    person: Option<String>,
    role: Role,
    #[serde(default)]
    department: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    case: String,
    kind: String,
    by: String,
    /// Day; that of the step before when absent.
    #[serde(default)]
    at: Option<Date>,
    #[serde(default)]
    open: Option<Value>,
    #[serde(default, rename = "do")]
    command: Option<String>,
    #[serde(default)]
    with: Map<String, Value>,
}

enum Played {
    Edition(EditionChange),
    Publication(Publication),
    AccountOrder(AccountOrder),
}

/// Whether the script is about these kinds alone.
pub fn is_about(script: &Value) -> bool {
    let Some(steps) = script.get("steps").and_then(Value::as_array) else { return false };
    let plays =
        |step: &Value| step.get("kind").and_then(Value::as_str).is_some_and(|kind| KINDS.contains(&kind));
    !steps.is_empty() && steps.iter().all(plays)
}

/// Plays the script.
///
/// # Errors
/// A step lacks a part, has facts its kind does not know, or names an unknown account; its place is named.
pub fn play_oversight(script: &Value) -> Result<Value, ScriptError> {
    let Written { people, steps } = Written::deserialize(script)?;
    let people: BTreeMap<String, Actor> =
        people.into_iter().map(|(account, person)| (account.clone(), actor(account, person))).collect();
    let mut cases: BTreeMap<String, Played> = BTreeMap::new();
    let mut answers = Vec::new();
    let mut day = None;
    for (n, step) in steps.into_iter().enumerate() {
        let place = format!("steps[{n}]");
        let step: Step = serde_json::from_value(step).map_err(|error| at(&place, error.to_string()))?;
        let by = people.get(&step.by);
        let by = by.ok_or_else(|| at(format!("{place}.by"), format!("没有账号“{}”", step.by)))?;
        day = step.at.or(day);
        let today = day.ok_or_else(|| at(format!("{place}.at"), "缺少日期"))?;
        let outcome = match (&step.open, &step.command) {
            (Some(facts), None) => {
                let opened = open(&step.kind, by, facts, today);
                let opened = opened.map_err(|error| at(format!("{place}.open"), error.to_string()))?;
                match cases.contains_key(&step.case) {
                    true => Err(Refusal::new("case.exists", "已有同名案卷。")),
                    false => opened,
                }
            }
            (None, Some(command)) => {
                let case = cases.remove(&step.case);
                let (outcome, kept) = carry(case, &step, by, command, today);
                cases.extend(kept.map(|case| (step.case.clone(), case)));
                outcome
            }
            _ => return Err(at(place, "每一步应有 open 或 do 之一")),
        };
        answers.push(match outcome {
            Ok(case) => {
                let stage = case.stage_word();
                cases.insert(step.case, case);
                json!({ "step": n + 1, "ok": true, "stage": stage })
            }
            Err(refusal) => {
                json!({ "step": n + 1, "ok": false, "refused": refusal.code, "article": refusal.article })
            }
        });
    }
    let stages: BTreeMap<String, &str> =
        cases.iter().map(|(id, case)| (id.clone(), case.stage_word())).collect();
    Ok(json!({ "steps": answers, "cases": stages }))
}

fn actor(account: String, person: Person) -> Actor {
    Actor {
        tenant: TenantId::new("play"),
        person: PersonId::new(person.person.unwrap_or_else(|| account.clone())),
        name: account.clone(),
        account: AccountId::new(account),
        role: person.role,
        department: person.department.map(DepartmentId::new),
        provider: None,
    }
}

fn open(kind: &str, by: &Actor, facts: &Value, today: Date) -> serde_json::Result<Result<Played, Refusal>> {
    fn opened<K: OversightCase>(
        by: &Actor,
        facts: &Value,
        today: Date,
    ) -> serde_json::Result<Result<K, Refusal>> {
        Ok(K::open(by, K::Facts::deserialize(facts)?, today))
    }
    Ok(match kind {
        "edition" => opened(by, facts, today)?.map(Played::Edition),
        "publication" => opened(by, facts, today)?.map(Played::Publication),
        _ => opened(by, facts, today)?.map(Played::AccountOrder),
    })
}

/// The case after the command, or its refusal and the case as it was.
fn carry(
    case: Option<Played>,
    step: &Step,
    by: &Actor,
    command: &str,
    today: Date,
) -> (Result<Played, Refusal>, Option<Played>) {
    fn moved<K: OversightCase>(
        case: K,
        sent: (&Actor, &str, &Map<String, Value>, Date),
        wrap: fn(K) -> Played,
    ) -> (Result<Played, Refusal>, Option<Played>) {
        let (by, command, with, today) = sent;
        match judge(&case, by, command, with, today) {
            Ok(event) => (Ok(wrap(case.evolve(event))), None),
            Err(refusal) => (Err(refusal), Some(wrap(case))),
        }
    }
    let sent = (by, command, &step.with, today);
    match case {
        Some(Played::Edition(case)) if step.kind == "edition" => moved(case, sent, Played::Edition),
        Some(Played::Publication(case)) if step.kind == "publication" => {
            moved(case, sent, Played::Publication)
        }
        Some(Played::AccountOrder(case)) if step.kind == "account_order" => {
            moved(case, sent, Played::AccountOrder)
        }
        other => (Err(Refusal::new("case.unknown", "没有这份案卷。")), other),
    }
}

impl Played {
    fn stage_word(&self) -> &'static str {
        match self {
            Played::Edition(case) => case.stage_word(),
            Played::Publication(case) => case.stage_word(),
            Played::AccountOrder(case) => case.stage_word(),
        }
    }
}
