//! 剧本: a script of commands as JSON, read strictly where a slip would change what is played.

use crate::kernel::calendar::Date;
use crate::kernel::ids::{AccountId, DepartmentId, PersonId, TenantId};
use crate::kernel::people::{Actor, Office, Role};
use crate::policy::editions::register::Register;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Why a script as a whole cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    #[error("不是 JSON：{0}")]
    Json(#[from] serde_json::Error),
    #[error("{place}：{problem}")]
    At { place: String, problem: String },
}

/// A refusal of the script that names its place.
pub fn at(place: impl Into<String>, problem: impl Into<String>) -> ScriptError {
    ScriptError::At { place: place.into(), problem: problem.into() }
}

/// A script; keys it does not know are for other kinds and are ignored.
pub struct Script {
    /// First day.
    pub today: Date,
    /// 部门名称 by id, in the order of the ids.
    pub departments: Vec<(DepartmentId, String)>,
    pub people: BTreeMap<String, Actor>,
    pub steps: Vec<Step>,
    /// Questions asked after the last step.
    pub ask: Vec<String>,
}

/// One command of one person.
#[derive(Clone, Debug, Deserialize)]
pub struct Step {
    /// Day; that of the step before when absent.
    #[serde(default)]
    pub at: Option<Date>,
    pub by: String,
    pub case: String,
    pub kind: String,
    #[serde(rename = "do")]
    pub command: String,
    #[serde(default)]
    pub with: Map<String, Value>,
    /// Operation id.
    #[serde(default)]
    pub op: Option<String>,
    /// Must be accepted, and is not reported.
    #[serde(default)]
    pub quiet: bool,
}

#[derive(Deserialize)]
struct Written {
    edition: String,
    today: Date,
    #[serde(default)]
    departments: BTreeMap<String, String>,
    people: BTreeMap<String, Person>,
    steps: Vec<Value>,
    #[serde(default)]
    ask: Vec<String>,
}

#[derive(Deserialize)]
struct Person {
    role: Role,
    #[serde(default)]
    department: Option<String>,
    #[serde(default)]
    person: Option<String>,
}

/// Reads a script.
///
/// # Errors
/// It is no JSON, lacks a part, names an unknown edition or account, or a day goes back; the place is named.
pub fn read(text: &str) -> Result<Script, ScriptError> {
    let written: Written = serde_json::from_str(text)?;
    if Register::shipped().find(&written.edition).is_none() {
        return Err(at("edition", format!("没有政策版本“{}”", written.edition)));
    }
    let departments: Vec<_> =
        written.departments.into_iter().map(|(id, name)| (DepartmentId::new(id), name)).collect();
    let people = written.people.into_iter().map(|(account, person)| {
        let actor = actor(&account, person, &departments)?;
        Ok((account, actor))
    });
    let people: BTreeMap<String, Actor> = people.collect::<Result<_, ScriptError>>()?;
    let mut steps = Vec::with_capacity(written.steps.len());
    let mut day = written.today;
    for (n, step) in written.steps.into_iter().enumerate() {
        let place = format!("steps[{n}]");
        let step: Step = serde_json::from_value(step).map_err(|error| at(&place, error.to_string()))?;
        if !people.contains_key(&step.by) {
            return Err(at(format!("{place}.by"), format!("没有账号“{}”", step.by)));
        }
        let on = step.at.unwrap_or(day);
        if on < day {
            return Err(at(format!("{place}.at"), format!("{on} 早于上一步的 {day}")));
        }
        day = on;
        steps.push(Step { at: Some(on), ..step });
    }
    Ok(Script { today: written.today, departments, people, steps, ask: written.ask })
}

fn actor(
    account: &str,
    person: Person,
    departments: &[(DepartmentId, String)],
) -> Result<Actor, ScriptError> {
    let place = format!("people.{account}");
    let department = person.department.map(DepartmentId::new);
    let of_department = person.role.office() == Office::Department;
    if of_department != department.is_some() {
        return Err(at(place, "部门岗位须写明 department，其他岗位不写"));
    }
    if let Some(unknown) = department.iter().find(|id| departments.iter().all(|(known, _)| known != *id)) {
        return Err(at(place, format!("没有部门“{unknown}”")));
    }
    Ok(Actor {
        tenant: TenantId::new("play"),
        account: AccountId::new(account),
        person: PersonId::new(person.person.as_deref().unwrap_or(account)),
        name: account.to_string(),
        role: person.role,
        department,
    })
}
