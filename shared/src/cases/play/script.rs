//! 剧本: a script of commands as JSON, read strictly where a slip would change what is played.

use super::oversight::OversightKind;
use super::step::{Clock, Step, steps};
use super::written::{Fields, misfit, part};
use crate::cases::Kind;
use crate::cases::execution::ask::Statements;
use crate::cases::execution::body::written_number;
use crate::cases::execution::parameters::MoneyParameters;
use crate::cases::execution::registry::ExecutionKindName;
use crate::cases::execution::world::{Party, Setting};
use crate::cases::performance::world::{AccountHolder, MoneyFact, MoneyFactKind, Surroundings};
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::{AccountId, CaseId, DepartmentId, PersonId, TenantId};
use crate::kernel::money::Money;
use crate::kernel::people::{Actor, Office, Role};
use crate::ledger::reconcile::StatementRow;
use crate::policy::editions::Edition;
use crate::policy::editions::check::{CheckContext, load};
use crate::policy::editions::clock::{CalendarYear, WorkingCalendar};
use crate::policy::editions::out_of_range;
use crate::policy::editions::parameters::EditionParameters;
use crate::policy::editions::register::Register;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Why a script as a whole cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    #[error("答案写不成 JSON：{0}")]
    Json(#[from] serde_json::Error),
    #[error("{place}：{problem}")]
    At { place: String, problem: String },
}

/// A refusal of the script that names its place.
pub fn at(place: impl Into<String>, problem: impl Into<String>) -> ScriptError {
    ScriptError::At { place: place.into(), problem: problem.into() }
}

/// Where a script finds the edition it names, besides those the program ships.
pub struct EditionSource<'a> {
    /// The text of an edition file by the name in the script.
    pub files: &'a dyn Fn(&str) -> Option<String>,
    /// Whether demonstration editions are allowed.
    pub demonstration: bool,
}

impl EditionSource<'_> {
    /// Shipped editions alone.
    pub fn shipped() -> EditionSource<'static> {
        EditionSource { files: &|_| None, demonstration: false }
    }

    fn find(&self, name: &str) -> Result<Edition, ScriptError> {
        if let Some(edition) = Register::shipped().find(name) {
            return Ok(Edition::clone(edition));
        }
        let missing = || at("edition", format!("没有政策版本“{name}”，也没有这个名称的版本文件"));
        let text = (self.files)(name).ok_or_else(missing)?;
        let context = CheckContext { demonstration: self.demonstration, today: None };
        load(&text, context).map_err(|fault| at("edition", fault.to_string()))
    }
}

/// What stands for the edition of a script that names none: nothing in it is asked.
const UNREAD_EDITION: &str = "2022-51";

/// A script; keys it does not know are for other kinds and are ignored.
pub struct Script {
    /// Whether it names an edition: without one only the kinds are played that watch the others, over no ledger.
    pub has_ledger: bool,
    /// First day.
    pub today: Date,
    pub edition: Arc<Edition>,
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

/// Reads a script.
///
/// # Errors
/// It lacks a part, has one of another shape, names an unknown edition or account, or a day goes back; the place is named.
pub fn read(written: Value, editions: &EditionSource) -> Result<Script, ScriptError> {
    let mut written = Fields::of("", written)?;
    let named: Option<String> = written.optional("edition")?;
    let mut edition = editions.find(named.as_deref().unwrap_or(UNREAD_EDITION))?;
    let parameters = written.optional::<Map<String, Value>>("parameters")?.unwrap_or_default();
    edition.parameters = overridden(&edition, parameters)?;
    let wrong = |error: serde_json::Error| at("parameters", error.to_string());
    let parameters = MoneyParameters::of(&edition.parameters).map_err(wrong)?;
    let years = covered_years(&edition, written.entries("extensions")?)?;
    let calendar = working_calendar(written.optional("calendar")?)?;
    let departments: Vec<_> = written.entries("departments")?.into_iter().map(department).collect();
    let known = named.as_ref().map(|_| departments.as_slice());
    let (people, employers) = people(written.required("people")?, known)?;
    let first: Option<Date> = written.optional("today")?;
    let clock = match (first, &named) {
        (Some(first), _) => Clock::From(first),
        // Cases of different desks may stand in one script without an edition, each on its own days.
        (None, None) => Clock::Free,
        (None, Some(_)) => return Err(at("today", "缺少这一项，请补上")),
    };
    let steps = steps(written.items("steps")?, clock, &people)?;
    let is_judged = |step: &Step| {
        let of_money = ExecutionKindName::from_word(&step.kind).is_some();
        OversightKind::from_word(&step.kind).is_none() && (of_money || Kind::from_word(&step.kind).is_some())
    };
    if named.is_none() && (steps.is_empty() || steps.iter().any(is_judged)) {
        return Err(at("edition", "缺少这一项，请补上"));
    }
    let today = first.or(steps.first().map(|step| step.at));
    let today = today.ok_or_else(|| at("today", "缺少这一项，请补上"))?;
    let institutions = written.entries("institutions")?.into_iter().map(institution);
    let devices = written.entries("devices")?.into_iter().map(device);
    let facts = written.items("ledger")?.unwrap_or_default().into_iter().map(money_fact);
    let surroundings = Surroundings {
        edition: Arc::new(edition.parameters.clone()),
        institutions: institutions.collect::<Result<_, _>>()?,
        revoked: devices.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect(),
        employers,
        accounts: people.iter().map(holder).collect(),
        money: facts.collect::<Result<_, _>>()?,
    };
    let setting = Setting {
        parameters,
        calendar,
        departments: departments.iter().cloned().collect(),
        ended: BTreeMap::new(),
        years,
        surroundings,
    };
    let statements = written.entries("statements")?.into_iter().map(statement);
    let statements = statements.collect::<Result<Statements, _>>()?;
    Ok(Script {
        has_ledger: named.is_some(),
        today,
        edition: Arc::new(edition),
        departments,
        people,
        setting,
        statements,
        steps,
        ask: written.list("ask")?,
    })
}

fn holder((account, party): (&String, &Party)) -> (String, AccountHolder) {
    let Actor { role, person, .. } = &party.actor;
    (account.clone(), AccountHolder { role: Some(*role), person: person.clone() })
}

/// The parameters of an edition with some replaced, each read under its name.
fn overridden(edition: &Edition, replaced: Map<String, Value>) -> Result<EditionParameters, ScriptError> {
    let mut parameters = edition.parameters.clone();
    for (name, value) in replaced {
        let place = format!("parameters.{name}");
        let one = Map::from_iter([(name.clone(), value)]);
        parameters = parameters.with(&one).map_err(|error| at(&place, misfit(&error)))?;
        // As it was understood, whichever way it was written.
        let understood = serde_json::to_value(&parameters)?;
        if let Some(problem) = out_of_range(&name, &understood[&name]) {
            return Err(at(place, problem));
        }
    }
    Ok(parameters)
}

/// The judge asks for ids alone; a name that is no text is its id.
fn department((_, id, name): (String, String, Value)) -> (DepartmentId, String) {
    let name = name.as_str().unwrap_or(&id).to_string();
    (DepartmentId::new(id), name)
}

/// Accounts, and the third parties some of them work for.
type People = (BTreeMap<String, Party>, BTreeMap<String, String>);

/// Reads the people; `departments` are those of the script, `None` where it needs none.
fn people(
    written: Map<String, Value>,
    departments: Option<&[(DepartmentId, String)]>,
) -> Result<People, ScriptError> {
    let (mut people, mut employers) = (BTreeMap::new(), BTreeMap::new());
    for (account, value) in written {
        let place = format!("people.{account}");
        let mut person = Fields::of(&place, value)?;
        let employer = person.optional("institution")?;
        people.insert(account.clone(), party(&place, &account, person, departments)?);
        employers.extend(employer.map(|institution| (account, institution)));
    }
    Ok((people, employers))
}

/// Fiscal years the edition is in force on the first day of, and those an extension adds.
fn covered_years(
    edition: &Edition,
    extensions: Vec<(String, String, Value)>,
) -> Result<BTreeSet<i32>, ScriptError> {
    let mut years = BTreeSet::new();
    for force in &edition.force {
        let all = force.from.year()..=force.to.year();
        let of_revision = all.filter(|year| *year >= edition.from_year);
        years.extend(
            of_revision.filter(|year| (force.from..=force.to).contains(&FiscalYear(*year).first_day())),
        );
    }
    for (place, year, document) in extensions {
        part::<String>(&place, document)?;
        let number = year.parse().ok().filter(|number: &i32| number.to_string() == year);
        let number = number.filter(|number| FiscalYear(*number).well_formed());
        years.insert(number.ok_or_else(|| at("extensions", format!("“{year}”不是年份")))?);
    }
    Ok(years)
}

fn institution(
    (place, name, value): (String, String, Value),
) -> Result<(String, BTreeSet<String>), ScriptError> {
    let mut institution = Fields::of(&place, value)?;
    Ok((name, institution.list("served")?.into_iter().collect()))
}

fn device((place, id, value): (String, String, Value)) -> Result<Option<(String, Date)>, ScriptError> {
    let revoked_on: Option<Date> = Fields::of(&place, value)?.optional("revoked_on")?;
    Ok(revoked_on.map(|on| (id, on)))
}

fn money_fact((place, value): (String, Value)) -> Result<MoneyFact, ScriptError> {
    let mut fact = Fields::of(&place, value)?;
    let (on, request, kind) = (fact.required("on")?, fact.required("request")?, fact.required("kind")?);
    let lowers = kind == MoneyFactKind::Adjust;
    let amount = amount(&mut fact, &place, |amount| amount.fits_field() || lowers && (-amount).fits_field())?;
    Ok(MoneyFact { on, request, kind, amount })
}

/// An amount written like those of commands (money.md § 2 (7)).
fn amount(fields: &mut Fields, place: &str, fits: impl Fn(Money) -> bool) -> Result<Money, ScriptError> {
    let text: String = fields.required("amount")?;
    let read = written_number(&text).flatten().and_then(Money::from_yuan).filter(|amount| fits(*amount));
    let wrong = || format!("金额“{text}”有误，应为不超过 {} 的数字，最多两位小数", Money::LARGEST_FIELD);
    read.ok_or_else(|| at(format!("{place}.amount"), wrong()))
}

fn working_calendar(written: Option<Value>) -> Result<WorkingCalendar, ScriptError> {
    let mut days = Fields::of("calendar", written.unwrap_or_else(|| Value::Object(Map::new())))?;
    let (holidays, workdays) = (days.list("holidays")?, days.list("workdays")?);
    let all = CalendarYear { document: String::new(), holidays, workdays };
    Ok(WorkingCalendar::new(&BTreeMap::from([(0, all)])))
}

fn statement(
    (place, name, value): (String, String, Value),
) -> Result<(String, Vec<StatementRow>), ScriptError> {
    let rows: Vec<Value> = part(&place, value)?;
    let rows = rows.into_iter().enumerate().map(|(n, row)| statement_row(&format!("{place}[{n}]"), row));
    Ok((name, rows.collect::<Result<_, _>>()?))
}

fn statement_row(place: &str, value: Value) -> Result<StatementRow, ScriptError> {
    let filled =
        |text: Option<String>| text.map(|text| text.trim().to_string()).filter(|text| !text.is_empty());
    let mut row = Fields::of(place, value)?;
    Ok(StatementRow {
        date: row.required("date")?,
        direction: row.required("direction")?,
        amount: amount(&mut row, place, Money::fits_field)?,
        voucher: filled(row.optional("voucher")?),
        account: filled(row.optional("account")?),
    })
}

fn party(
    place: &str,
    account: &str,
    mut person: Fields,
    departments: Option<&[(DepartmentId, String)]>,
) -> Result<Party, ScriptError> {
    let role: Role = person.required("role")?;
    let department = person.optional::<String>("department")?.map(DepartmentId::new);
    let of_department = role.office() == Office::Department;
    if departments.is_some() && of_department != department.is_some() {
        return Err(at(place, "部门岗位须写明 department，其他岗位不写"));
    }
    let is_unknown =
        |id: &&DepartmentId| departments.is_some_and(|all| all.iter().all(|(known, _)| known != *id));
    if let Some(unknown) = department.iter().find(is_unknown) {
        return Err(at(place, format!("没有部门“{unknown}”")));
    }
    let provider: Option<CaseId> = person.optional("provider")?;
    let own_person: Option<String> = person.optional("person")?;
    let actor = Actor {
        tenant: TenantId::new("play"),
        account: AccountId::new(account),
        person: PersonId::new(own_person.as_deref().unwrap_or(account)),
        name: account.to_string(),
        role,
        department,
        provider,
    };
    Ok(Party { actor })
}
