//! 剧本: a script of commands as JSON, read strictly where a slip would change what is played.

use crate::cases::execution::ask::Statements;
use crate::cases::execution::parameters::MoneyParameters;
use crate::cases::execution::world::{Party, Setting};
use crate::cases::performance::world::{MoneyFact, MoneyFactKind, Surroundings};
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::{AccountId, CaseId, DepartmentId, PersonId, TenantId};
use crate::kernel::money::Money;
use crate::kernel::people::{Actor, Office, Role};
use crate::ledger::reconcile::{CashDirection, StatementRow};
use crate::policy::editions::Edition;
use crate::policy::editions::clock::{CalendarYear, WorkingCalendar};
use crate::policy::editions::register::Register;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

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
    pub people: BTreeMap<String, Party>,
    /// What the execution kinds are judged by.
    pub setting: Setting,
    /// Statements to reconcile, by name.
    pub statements: Statements,
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
    /// What the command carries; judged with the command, so that a misfit refuses the step alone.
    #[serde(default)]
    pub with: Value,
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
    departments: BTreeMap<String, Value>,
    people: BTreeMap<String, Person>,
    #[serde(default)]
    extensions: BTreeMap<String, String>,
    #[serde(default)]
    calendar: DaysOff,
    #[serde(default)]
    parameters: Map<String, Value>,
    #[serde(default)]
    statements: BTreeMap<String, Vec<WrittenRow>>,
    /// Money facts of requests whose payments were made elsewhere.
    #[serde(default)]
    ledger: Vec<WrittenFact>,
    #[serde(default)]
    institutions: BTreeMap<String, Institution>,
    #[serde(default)]
    devices: BTreeMap<String, Device>,
    steps: Vec<Value>,
    #[serde(default)]
    ask: Vec<String>,
}

#[derive(Deserialize)]
struct WrittenFact {
    on: Date,
    request: CaseId,
    kind: MoneyFactKind,
    amount: Decimal,
}

#[derive(Deserialize)]
struct Institution {
    /// Departments and providers it works or worked for.
    #[serde(default)]
    served: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Device {
    #[serde(default)]
    revoked_on: Option<Date>,
}

#[derive(Default, Deserialize)]
struct DaysOff {
    #[serde(default)]
    holidays: Vec<Date>,
    #[serde(default)]
    workdays: Vec<Date>,
}

#[derive(Deserialize)]
struct WrittenRow {
    date: Date,
    direction: CashDirection,
    amount: Decimal,
    #[serde(default)]
    voucher: Option<String>,
    #[serde(default)]
    account: Option<String>,
}

#[derive(Deserialize)]
struct Person {
    role: Role,
    #[serde(default)]
    department: Option<String>,
    #[serde(default)]
    provider: Option<String>,
    #[serde(default)]
    person: Option<String>,
    #[serde(default)]
    institution: Option<String>,
}

/// Reads a script.
///
/// # Errors
/// It is no JSON, lacks a part, names an unknown edition or account, or a day goes back; the place is named.
pub fn read(text: &str) -> Result<Script, ScriptError> {
    let written: Written = serde_json::from_str(text)?;
    let edition = Register::shipped().find(&written.edition);
    let edition = edition.ok_or_else(|| at("edition", format!("没有政策版本“{}”", written.edition)))?;
    let wrong = |error: serde_json::Error| at("parameters", error.to_string());
    let edition_parameters = edition.parameters.with(&written.parameters).map_err(wrong)?;
    let parameters = MoneyParameters::of(&edition_parameters).map_err(wrong)?;
    let years = covered_years(edition, &written.extensions)?;
    let statements = statements(written.statements)?;
    let calendar = working_calendar(written.calendar);
    let departments: Vec<_> = written
        .departments
        .into_iter()
        .map(|(id, name)| {
            let name = name.as_str().unwrap_or(&id).to_string();
            (DepartmentId::new(id), name)
        })
        .collect();
    let employer =
        |(account, person): (&String, &Person)| Some((account.clone(), person.institution.clone()?));
    let employers: Vec<(String, String)> = written.people.iter().filter_map(employer).collect();
    let people = written.people.into_iter().map(|(account, person)| {
        let party = party(&account, person, &departments)?;
        Ok((account, party))
    });
    let people: BTreeMap<String, Party> = people.collect::<Result<_, ScriptError>>()?;
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
    let surroundings = Surroundings {
        edition: Arc::new(edition_parameters),
        institutions: written.institutions.into_iter().map(|(name, of)| (name, of.served)).collect(),
        revoked: written.devices.into_iter().filter_map(|(id, of)| Some((id, of.revoked_on?))).collect(),
        employers: employers.into_iter().collect(),
        accounts: people.iter().map(|(account, of)| (account.clone(), of.actor.role)).collect(),
        money: written.ledger.into_iter().enumerate().map(money_fact).collect::<Result<_, _>>()?,
    };
    let setting = Setting {
        parameters,
        calendar,
        departments: departments.iter().cloned().collect(),
        years,
        surroundings,
    };
    Ok(Script { today: written.today, departments, people, setting, statements, steps, ask: written.ask })
}

/// Fiscal years the edition is in force on the first day of, and those an extension adds.
fn covered_years(
    edition: &Edition,
    extensions: &BTreeMap<String, String>,
) -> Result<BTreeSet<i32>, ScriptError> {
    let mut years = BTreeSet::new();
    for force in &edition.force {
        let all = force.from.year()..=force.to.year();
        years.extend(all.filter(|year| (force.from..=force.to).contains(&FiscalYear(*year).first_day())));
    }
    for year in extensions.keys() {
        let year = year.parse().map_err(|_| at("extensions", format!("“{year}”不是年份")))?;
        years.insert(year);
    }
    Ok(years)
}

fn money_fact((n, fact): (usize, WrittenFact)) -> Result<MoneyFact, ScriptError> {
    let WrittenFact { on, request, kind, amount } = fact;
    let wrong = || at(format!("ledger[{n}].amount"), format!("金额“{amount}”有误"));
    Ok(MoneyFact { on, request, kind, amount: Money::from_yuan(amount).ok_or_else(wrong)? })
}

fn working_calendar(days: DaysOff) -> WorkingCalendar {
    let DaysOff { holidays, workdays } = days;
    let all = CalendarYear { document: String::new(), holidays, workdays };
    WorkingCalendar::new(&BTreeMap::from([(0, all)]))
}

fn statements(written: BTreeMap<String, Vec<WrittenRow>>) -> Result<Statements, ScriptError> {
    let filled =
        |text: Option<String>| text.map(|text| text.trim().to_string()).filter(|text| !text.is_empty());
    let row = |name: &str, row: WrittenRow| {
        let amount = Money::from_yuan(row.amount).filter(|amount| amount.fits_field());
        let place = || at(format!("statements.{name}"), format!("金额“{}”有误", row.amount));
        Ok(StatementRow {
            date: row.date,
            direction: row.direction,
            amount: amount.ok_or_else(place)?,
            voucher: filled(row.voucher),
            account: filled(row.account),
        })
    };
    let read = written.into_iter().map(|(name, rows)| {
        let rows = rows.into_iter().map(|of| row(&name, of)).collect::<Result<_, ScriptError>>()?;
        Ok((name, rows))
    });
    read.collect()
}

fn party(
    account: &str,
    person: Person,
    departments: &[(DepartmentId, String)],
) -> Result<Party, ScriptError> {
    let place = format!("people.{account}");
    let department = person.department.map(DepartmentId::new);
    let of_department = person.role.office() == Office::Department;
    if of_department != department.is_some() {
        return Err(at(place, "部门岗位须写明 department，其他岗位不写"));
    }
    if let Some(unknown) = department.iter().find(|id| departments.iter().all(|(known, _)| known != *id)) {
        return Err(at(place, format!("没有部门“{unknown}”")));
    }
    let actor = Actor {
        tenant: TenantId::new("play"),
        account: AccountId::new(account),
        person: PersonId::new(person.person.as_deref().unwrap_or(account)),
        name: account.to_string(),
        role: person.role,
        department,
        provider: person.provider.map(CaseId::new),
    };
    Ok(Party { actor })
}
