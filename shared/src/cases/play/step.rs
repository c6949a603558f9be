//! 剧本的步骤: what each person does on which day.

use super::oversight::{OversightFacts, OversightKind};
use super::script::{ScriptError, at};
use super::written::{Fields, misfit};
use crate::cases::execution::world::Party;
use crate::kernel::calendar::Date;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Longest name of a case, in characters.
const LONGEST_NAME: usize = 80;
/// Kinds whose cases effects open, under a name that says more than the one it is made of.
const OPENED_BY_EFFECTS: [&str; 2] = ["correction", "application"];

/// One act of one person.
#[derive(Clone, Debug)]
pub struct Step {
    /// Day; that of the step before where the script names none.
    pub at: Date,
    pub by: String,
    pub case: String,
    pub kind: String,
    pub act: Act,
    /// What was sent, by which a repeated operation is recognised.
    pub sent: Value,
    /// Operation id.
    pub op: Option<String>,
    /// Must be accepted, and is not reported.
    pub quiet: bool,
}

impl Step {
    /// The command with what it carries; `None` of a step that puts a case there.
    pub fn command(&self) -> Option<(&str, &Value)> {
        match &self.act {
            Act::Do { command, with } => Some((command, with)),
            Act::Open(_) => None,
        }
    }
}

/// What a step does to its case.
#[derive(Clone, Debug)]
pub enum Act {
    /// Puts a case of a kind that watches the others there, with the facts the server would read.
    Open(OversightFacts),
    /// A command with what it carries, which is judged with the command, so that a misfit refuses the step alone.
    Do { command: String, with: Value },
}

/// The days of a script.
#[derive(Clone, Copy, Debug)]
pub enum Clock {
    /// From a first day on, never back.
    From(Date),
    /// Each step names its own.
    Free,
}

/// Reads the steps.
///
/// # Errors
/// One lacks a part, has one of another shape, names an unknown account, or its day goes back; the place is named.
pub fn steps(
    written: Option<Vec<(String, Value)>>,
    clock: Clock,
    people: &BTreeMap<String, Party>,
) -> Result<Vec<Step>, ScriptError> {
    let written = written.ok_or_else(|| at("steps", "缺少这一项，请补上"))?;
    let mut day = match clock {
        Clock::From(first) => Some(first),
        Clock::Free => None,
    };
    let read = |(place, value): (String, Value)| {
        let mut step = Fields::of(&place, value)?;
        let by: String = step.required("by")?;
        if !people.contains_key(&by) {
            return Err(at(format!("{place}.by"), format!("没有账号“{by}”")));
        }
        let on = next_day(&place, clock, day, step.optional("at")?)?;
        day = Some(on);
        let kind: String = step.required("kind")?;
        let case = case_name(&place, step.required("case")?, &kind)?;
        let (act, sent) = act(&place, &kind, &mut step)?;
        Ok(Step {
            at: on,
            sent: json!([by, case, kind, sent]),
            by,
            case,
            kind,
            act,
            op: step.optional("op")?,
            quiet: step.optional("quiet")?.unwrap_or_default(),
        })
    };
    written.into_iter().map(read).collect()
}

/// The act of a step, and how it was written.
fn act(place: &str, kind: &str, step: &mut Fields) -> Result<(Act, Value), ScriptError> {
    let Some(facts) = step.optional::<Value>("open")? else {
        let command: String = step.required("do")?;
        let with = step.optional("with")?.unwrap_or_else(|| json!({}));
        let sent = json!([command, with]);
        return Ok((Act::Do { command, with }, sent));
    };
    if step.optional::<Value>("do")?.is_some() {
        return Err(at(place, "每一步应有 open 或 do 之一"));
    }
    let place = format!("{place}.open");
    let labels = || OversightKind::ALL.map(OversightKind::label).join("、");
    let problem = || format!("只有{}以 open 置入，其他案卷由办理开始，请写 do", labels());
    let watching = OversightKind::from_word(kind).ok_or_else(|| at(&place, problem()))?;
    let sent = json!(["open", facts]);
    let facts = OversightFacts::read(watching, facts).map_err(|error| at(&place, misfit(&error)))?;
    Ok((Act::Open(facts), sent))
}

/// The day of a step: that of the step before where it names none, and on one clock never before it.
fn next_day(place: &str, clock: Clock, before: Option<Date>, on: Option<Date>) -> Result<Date, ScriptError> {
    let place = || format!("{place}.at");
    let on = on.or(before).ok_or_else(|| at(place(), "缺少日期，请补上"))?;
    match (clock, before) {
        (Clock::From(_), Some(before)) if on < before => {
            Err(at(place(), format!("{on} 早于上一步的 {before}")))
        }
        _ => Ok(on),
    }
}

/// A name by which lines, rows and questions can refer to the case: `<case>/<row>`, `<year>:<line>`.
fn case_name(place: &str, name: String, kind: &str) -> Result<String, ScriptError> {
    let longest = if OPENED_BY_EFFECTS.contains(&kind) { 2 * LONGEST_NAME } else { LONGEST_NAME };
    let length = name.chars().count();
    let parts_a_reference = |c: char| c.is_control() || "/:".contains(c);
    let fits = (1..=longest).contains(&length) && name.trim() == name;
    match fits && !name.contains(parts_a_reference) {
        true => Ok(name),
        false => Err(at(
            format!("{place}.case"),
            format!("案卷编号“{name}”有误，应为 1–{longest} 个字，首尾不留空格，不含“/”“:”，请改名"),
        )),
    }
}
