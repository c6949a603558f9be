//! 推演: plays a script of commands against the same decisions as the server, in memory, and says what each came to
//! (`omfund play`). A fiscal year can so be replayed from a file by anyone.

pub(super) mod kinds;
mod oversight;
mod script;
mod step;
pub(super) mod world;
mod written;

pub use script::{EditionSource, ScriptError};

#[cfg(test)]
use crate::cases::execution::paper::CasePaper;
#[cfg(test)]
use crate::cases::execution::world::ExecutionWorld;
use crate::kernel::refusal::Refusal;
use script::{Script, at, read};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use step::Step;
use world::World;

/// An operation that was accepted: what was sent and what was answered.
type KnownOperations = BTreeMap<String, (Value, Map<String, Value>)>;

/// Plays a script and answers as pretty JSON with one space per level.
///
/// # Errors
/// The script as a whole is refused, its place is named; a quiet step is not accepted; a question is unknown.
pub fn play(text: &str) -> Result<String, ScriptError> {
    play_under(text, &EditionSource::shipped())
}

/// [`play`] under an edition that may come from a file.
///
/// # Errors
/// Those of [`play`], and an edition file that cannot be used.
pub fn play_under(text: &str, editions: &EditionSource) -> Result<String, ScriptError> {
    let answer = answer(text, editions)?;
    let mut bytes = Vec::new();
    let pretty = serde_json::ser::PrettyFormatter::with_indent(b" ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, pretty);
    serde::Serialize::serialize(&answer, &mut serializer)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The answer to a script, as [`play`] writes it.
///
/// # Errors
/// Those of [`play`].
pub fn answer(text: &str, editions: &EditionSource) -> Result<Value, ScriptError> {
    play_script(&script_of(text, editions)?)
}

/// A script as it is read, before anything of it is played.
///
/// # Errors
/// The script as a whole is refused, its place is named.
pub fn script_of(text: &str, editions: &EditionSource) -> Result<Script, ScriptError> {
    read(written::parse(text)?, editions)
}

/// 文书 that the commands of a script made, in the order of the steps.
#[cfg(test)]
pub fn papers(text: &str) -> Result<Vec<CasePaper>, ScriptError> {
    let script = script_of(text, &EditionSource::shipped())?;
    Ok(played(&script)?.0.money.changes.papers)
}

/// The cases and the ledger after the steps of a script.
#[cfg(test)]
pub fn world_after(text: &str) -> Result<ExecutionWorld, ScriptError> {
    Ok(played(&script_of(text, &EditionSource::shipped())?)?.0.money)
}

fn play_script(script: &Script) -> Result<Value, ScriptError> {
    let (world, steps) = played(script)?;
    let mut ask = Map::new();
    for question in &script.ask {
        let answer = world.answer(question, &script.statements);
        ask.insert(question.clone(), answer.ok_or_else(|| at("ask", format!("不认识的问题“{question}”")))?);
    }
    let mut answer = json!({ "steps": steps, "cases": world.stages() });
    if script.has_ledger {
        let (balances, reserved) = world.balances();
        answer["balances"] = Value::Object(balances);
        answer["reserved"] = Value::Object(reserved);
    }
    if script.has_ledger || !ask.is_empty() {
        answer["ask"] = Value::Object(ask);
    }
    Ok(answer)
}

/// The world after all steps, and what each came to.
fn played(script: &Script) -> Result<(World, Vec<Value>), ScriptError> {
    let mut world = World::new(script);
    let mut known = KnownOperations::new();
    let mut steps = Vec::new();
    for (n, step) in script.steps.iter().enumerate() {
        let number = n + 1;
        world.today = step.at;
        let outcome = once(&mut world, &mut known, script, step);
        match outcome {
            Err(refusal) if step.quiet => {
                let problem = format!("应予受理，却被拒绝（{}）：{}", refusal.code, refusal.message);
                return Err(at(format!("steps[{n}]"), problem));
            }
            Err(refusal) => steps.push(
                json!({ "step": number, "ok": false, "refused": refusal.code, "article": refusal.article }),
            ),
            Ok(answer) if !step.quiet => {
                let mut answer = answer;
                answer.extend([("step".to_string(), json!(number)), ("ok".to_string(), json!(true))]);
                steps.push(Value::Object(answer));
            }
            Ok(_) => {}
        }
    }
    Ok((world, steps))
}

/// Carries out a step, or answers again what its operation was answered.
fn once(
    world: &mut World,
    known: &mut KnownOperations,
    script: &Script,
    step: &Step,
) -> Result<Map<String, Value>, Refusal> {
    if let Some((before, answer)) = step.op.as_ref().and_then(|op| known.get(op)) {
        return match *before == step.sent {
            true => Ok(answer.clone()),
            false => Err(Refusal::new("LED-05", "同一操作编号已用于其他内容。")),
        };
    }
    let by = script.people.get(&step.by).ok_or_else(|| Refusal::new("case.unknown", "没有这个账号。"))?;
    let executed = world.carry(by, step)?;
    let mut answer = executed.reply;
    answer.insert("stage".to_string(), json!(executed.stage));
    if let Some(op) = &step.op {
        known.insert(op.clone(), (step.sent.clone(), answer.clone()));
    }
    Ok(answer)
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub mod worked;
