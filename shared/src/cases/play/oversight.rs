//! 推演政策版本、信息公开、账号事项: a step with `open` puts a case there with the facts the server would read, as effects do.

use super::script::{ScriptError, at};
use super::written::{Fields, misfit};
use crate::cases::account_order::AccountOrder;
use crate::cases::edition::EditionChange;
use crate::cases::oversight::judge::{OversightCase, judge};
use crate::cases::publication::Publication;
use crate::kernel::calendar::Date;
use crate::kernel::ids::{AccountId, DepartmentId, PersonId, TenantId};
use crate::kernel::people::Actor;
use crate::kernel::refusal::Refusal;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Kinds this file plays.
const KINDS: [&str; 3] = ["edition", "publication", "account_order"];

/// One act of one person: a case that is put there, or a command.
struct Step {
    case: String,
    kind: String,
    by: String,
    today: Date,
    act: Act,
    /// Operation id.
    op: Option<String>,
    /// Must be accepted, and is not reported.
    quiet: bool,
}

enum Act {
    /// The facts the server would read.
    Open(Value),
    Do(String, Value),
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
/// A step lacks a part, has facts its kind does not know, or names an unknown account; a quiet step is not accepted. The
/// place is named.
pub fn play_oversight(script: Value) -> Result<Value, ScriptError> {
    let mut script = Fields::of("", script)?;
    let people = script.entries("people")?.into_iter().map(|(place, account, person)| {
        let person = actor(&account, Fields::of(&place, person)?)?;
        Ok((account, person))
    });
    let people: BTreeMap<String, Actor> = people.collect::<Result<_, ScriptError>>()?;
    let mut day = script.optional("today")?;
    let mut cases: BTreeMap<String, Played> = BTreeMap::new();
    let mut known: BTreeMap<String, (Value, String)> = BTreeMap::new();
    let mut answers = Vec::new();
    for (n, (place, written)) in script.items("steps")?.unwrap_or_default().into_iter().enumerate() {
        let sent = written.clone();
        let step = step(&place, written, day)?;
        day = Some(step.today);
        let by = people.get(&step.by);
        let by = by.ok_or_else(|| at(format!("{place}.by"), format!("没有账号“{}”", step.by)))?;
        let before = step.op.as_ref().and_then(|op| known.get(op));
        let outcome = match before {
            Some((before, stage)) if same_act(before, &sent) => Ok(stage.clone()),
            Some(_) => Err(Refusal::new("LED-05", "同一操作编号已用于其他内容。")),
            None => carry_out(&mut cases, &place, &step, by)?,
        };
        match outcome {
            Ok(stage) => {
                known.extend(step.op.map(|op| (op, (sent, stage.clone()))));
                if !step.quiet {
                    answers.push(json!({ "step": n + 1, "ok": true, "stage": stage }));
                }
            }
            Err(refusal) if step.quiet => {
                let problem = format!("应予受理，却被拒绝（{}）：{}", refusal.code, refusal.message);
                return Err(at(place, problem));
            }
            Err(refusal) => answers.push(
                json!({ "step": n + 1, "ok": false, "refused": refusal.code, "article": refusal.article }),
            ),
        }
    }
    let stages: BTreeMap<String, &str> =
        cases.iter().map(|(id, case)| (id.clone(), case.stage_word())).collect();
    Ok(json!({ "steps": answers, "cases": stages }))
}

/// Whether two steps are one act of one person, whatever their day.
fn same_act(one: &Value, other: &Value) -> bool {
    ["by", "case", "kind", "do", "with", "open"].iter().all(|key| one.get(key) == other.get(key))
}

fn step(place: &str, written: Value, before: Option<Date>) -> Result<Step, ScriptError> {
    let mut step = Fields::of(place, written)?;
    let on: Option<Date> = step.optional("at")?;
    // Cases of different desks stand in one script, so a day may come before that of the step above.
    let today = on.or(before).ok_or_else(|| at(format!("{place}.at"), "缺少日期，请补上"))?;
    let (open, command): (Option<Value>, Option<String>) = (step.optional("open")?, step.optional("do")?);
    let act = match (open, command) {
        (Some(facts), None) => Act::Open(facts),
        (None, Some(command)) => Act::Do(command, step.optional("with")?.unwrap_or_else(|| json!({}))),
        _ => return Err(at(place, "每一步应有 open 或 do 之一")),
    };
    Ok(Step {
        case: step.required("case")?,
        kind: step.required("kind")?,
        by: step.required("by")?,
        today,
        act,
        op: step.optional("op")?,
        quiet: step.optional("quiet")?.unwrap_or_default(),
    })
}

/// The stage after the step, or its refusal; a refused step leaves everything as it was.
fn carry_out(
    cases: &mut BTreeMap<String, Played>,
    place: &str,
    step: &Step,
    by: &Actor,
) -> Result<Result<String, Refusal>, ScriptError> {
    let outcome = match &step.act {
        Act::Open(facts) => {
            let opened = open(&step.kind, by, facts, step.today);
            let opened = opened.map_err(|error| at(format!("{place}.open"), misfit(&error)))?;
            match cases.contains_key(&step.case) {
                true => Err(Refusal::new("case.exists", "已有同名案卷。")),
                false => opened,
            }
        }
        Act::Do(_, with) if !with.is_object() => Err(Refusal::new("command.body", "`with`：应为各项内容。")),
        Act::Do(command, with) => {
            let with = with.as_object().cloned().unwrap_or_default();
            let (outcome, stored) = carry(cases.remove(&step.case), step, by, (command, &with));
            cases.extend(stored.map(|case| (step.case.clone(), case)));
            outcome
        }
    };
    Ok(outcome.map(|case| {
        let stage = case.stage_word().to_string();
        cases.insert(step.case.clone(), case);
        stage
    }))
}

fn actor(account: &str, mut person: Fields) -> Result<Actor, ScriptError> {
    let own_person: Option<String> = person.optional("person")?;
    Ok(Actor {
        tenant: TenantId::new("play"),
        person: PersonId::new(own_person.as_deref().unwrap_or(account)),
        name: account.to_string(),
        account: AccountId::new(account),
        role: person.required("role")?,
        department: person.optional::<String>("department")?.map(DepartmentId::new),
        provider: None,
    })
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
    (command, with): (&str, &Map<String, Value>),
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
    let sent = (by, command, with, step.today);
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
