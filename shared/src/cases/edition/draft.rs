//! 拟订稿: what a filled-in form comes to as a change of the register, and everything that is wrong with it.

use super::flow::RegisterChange;
use super::form::{self, header_cell};
use crate::engine::document::Document;
use crate::kernel::calendar::Date;
use crate::policy::editions::catalogue::Catalogue;
use crate::policy::editions::check::{CheckContext, faults};
use crate::policy::editions::clock::CalendarYear;
use crate::policy::editions::diff::{ParameterChange, apply, diff_editions, leaves};
use crate::policy::editions::force::{ForceInterval, ForceKind, extend};
use crate::policy::editions::register::{ConfirmedChange, Register};
use crate::policy::editions::{Edition, EditionError, SCHEMA};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What a draft is judged against.
#[derive(Clone, Copy, Debug)]
pub struct DraftContext<'a> {
    pub register: &'a Register,
    pub base: &'a Edition,
    pub demonstration: bool,
    pub today: Date,
}

/// What the form comes to.
///
/// # Errors
/// Every fault, in the order of the guards' numbers; each names its path and says what to do.
pub fn change_of(
    change: RegisterChange,
    document: &Document,
    context: DraftContext<'_>,
) -> Result<ConfirmedChange, Vec<EditionError>> {
    let mut found = exceeding(change, document);
    let made = match change {
        RegisterChange::Extension => extension(document, context),
        RegisterChange::Calendar => calendar(document, context),
        RegisterChange::New | RegisterChange::Revision => edition(change, document, context),
    };
    let fits = made.and_then(|made| {
        let applied = context.register.clone().apply(&made);
        applied.map(|()| made).map_err(|error| vec![error])
    });
    match fits {
        Ok(made) if found.is_empty() => Ok(made),
        Ok(_) => Err(found),
        Err(more) => {
            found.extend(more);
            found.sort_by(|one, other| one.code.cmp(&other.code));
            Err(found)
        }
    }
}

/// EDN-14: what was filled in besides what this sort of change may touch.
fn exceeding(change: RegisterChange, document: &Document) -> Vec<EditionError> {
    let own = form::tables_of(change);
    let filled = |rows: &[crate::engine::document::Row]| rows.iter().any(|row| !row.cells.is_empty());
    let others =
        document.tables.iter().filter(|(table, rows)| !own.contains(&table.as_str()) && filled(rows));
    let fault = |table: &String| {
        let message = format!("{}不得改动这一部分，请清空", change.label());
        EditionError::new("EDN-14", Some(table), message)
    };
    others.map(|(table, _)| fault(table)).collect()
}

/// A day typed into the header of the force.
fn day(document: &Document, field: &str, label: &str) -> Result<Date, EditionError> {
    let typed = header_cell(document, form::FORCE, field);
    let missing = || EditionError::new("EDN-02", Some(&format!("force/{field}")), format!("请填写{label}"));
    Date::parse(typed).ok_or_else(missing)
}

fn extension(document: &Document, context: DraftContext<'_>) -> Result<ConfirmedChange, Vec<EditionError>> {
    let number = header_cell(document, form::FORCE, form::DOCUMENT);
    let days = day(document, form::DATED, "文件日期")
        .and_then(|dated| Ok((dated, day(document, form::TO, "有效期至")?)));
    let (dated, until) = days.map_err(|error| vec![error])?;
    let begins = context.base.force.last().and_then(|last| last.to.plus_days(1)).map(|day| day.to_string());
    let typed_from = header_cell(document, form::FORCE, form::FROM);
    if !typed_from.is_empty() && begins.as_deref() != Some(typed_from) {
        let next = begins.unwrap_or_default();
        let message = format!("延续自原效力届满次日（{next}）起，起始日请留空或填写该日");
        return Err(vec![EditionError::new("EDN-05", Some("force/from"), message)]);
    }
    let force = extend(&context.base.force, number, dated, until, context.today);
    let force = force.map_err(|error| vec![error])?;
    Ok(ConfirmedChange::Extension { id: context.base.id.clone(), force })
}

fn calendar(document: &Document, context: DraftContext<'_>) -> Result<ConfirmedChange, Vec<EditionError>> {
    let typed = header_cell(document, form::CALENDAR, form::YEAR);
    let missing = || EditionError::new("EDN-02", Some("calendar/year"), "请填写日历的年份");
    let year: i32 = typed.parse().map_err(|_| vec![missing()])?;
    let mut lists: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in document.rows(form::DAYS) {
        let cell = |field: &str| row.cells.get(field).map_or("", |text| text.trim());
        let list = if cell(form::WHAT) == form::WORKED { "workdays" } else { "holidays" };
        lists.entry(list).or_default().insert(cell(form::DAY));
    }
    let of = |list: &str| lists.get(list).cloned().unwrap_or_default();
    let days = json!({
        "document": header_cell(document, form::FORCE, form::DOCUMENT),
        "holidays": of("holidays"), "workdays": of("workdays"),
    });
    let mut file = serde_json::to_value(context.base).map_err(unwritable)?;
    file["calendar"] = json!({ typed: days.clone() });
    let found = in_context(faults(&file, check(context, context.base.demonstration)));
    if !found.is_empty() {
        return Err(found);
    }
    let days: CalendarYear = serde_json::from_value(days).map_err(unwritable)?;
    if context.register.years().get(&year) == Some(&days) {
        return Err(vec![unchanged()]);
    }
    Ok(ConfirmedChange::Calendar { year, days })
}

fn edition(
    change: RegisterChange,
    document: &Document,
    context: DraftContext<'_>,
) -> Result<ConfirmedChange, Vec<EditionError>> {
    let file = file_of(change, document, context)?;
    let found = in_context(faults(&file, check(context, false)));
    if !found.is_empty() {
        return Err(found);
    }
    let edition: Edition = serde_json::from_value(file).map_err(unwritable)?;
    let same_numbers = edition.parameters == context.base.parameters;
    if same_numbers && change == RegisterChange::Revision {
        return Err(vec![unchanged()]);
    }
    Ok(ConfirmedChange::Edition { file: Box::new(edition) })
}

/// The edition file a filled-in form stands for, with nothing judged yet.
///
/// # Errors
/// `EDN-02` of a value that is not of its type, with the path.
pub fn file_of(
    change: RegisterChange,
    document: &Document,
    context: DraftContext<'_>,
) -> Result<Value, Vec<EditionError>> {
    let base = context.base;
    let parameters = parameters_of(document, base)?;
    let version = |field: &str| header_cell(document, form::VERSION, field);
    let force = |field: &str| header_cell(document, form::FORCE, field);
    let original = json!([{
        "kind": ForceKind::Original, "document": force(form::DOCUMENT), "dated": force(form::DATED),
        "from": force(form::FROM), "to": force(form::TO),
    }]);
    let from_year: Value = version(form::FROM_YEAR).parse::<i64>().map_or(Value::Null, Value::from);
    let is_revision = change == RegisterChange::Revision;
    let revisions =
        context.register.editions().filter(|other| other.id == base.id).map(|other| other.revision);
    let revision = if is_revision { revisions.max().unwrap_or(0).saturating_add(1) } else { 1 };
    let before: &[ForceInterval] = base.force.get(..1).unwrap_or_default();
    if is_revision && original != json!(before) {
        let message = "修订不改变效力，依据文件须与原文件一致；延续请另行录入";
        return Err(vec![EditionError::new("EDN-14", Some("force"), message)]);
    }
    if is_revision && version(form::ID) != base.id {
        let message = format!("修订不改变版本编号，应为 {}", base.id);
        return Err(vec![EditionError::new("EDN-01", Some("id"), message)]);
    }
    Ok(json!({
        "schema": SCHEMA, "id": version(form::ID), "revision": revision, "from_year": from_year,
        "title": version(form::TITLE), "demonstration": is_revision && base.demonstration,
        "base": if is_revision { base.base.clone() } else { Some(base.id.clone()) },
        "force": original, "note": version(form::NOTE), "parameters": parameters, "calendar": {},
    }))
}

/// The parameters as they were typed, over those of the base.
fn parameters_of(document: &Document, base: &Edition) -> Result<Value, Vec<EditionError>> {
    let was = serde_json::to_value(&base.parameters).map_err(unwritable)?;
    let mut before = BTreeMap::new();
    leaves("", &was, &mut before);
    let (mut changes, mut found) = (Vec::new(), Vec::new());
    for row in document.rows(form::VALUES) {
        let cell = |field: &str| row.cells.get(field).map_or("", |text| text.trim());
        let path = cell(form::NAME).to_string();
        let known = before.get(&path).copied();
        match form::value_of(&path, cell(form::VALUE), known) {
            Ok(to) if known != Some(&to) => {
                changes.push(ParameterChange { path, from: known.cloned(), to: Some(to) });
            }
            Ok(_) => {}
            Err(fault) => found.push(fault),
        }
    }
    if found.is_empty() { Ok(apply(&was, &changes)) } else { Err(found) }
}

/// What two editions differ in.
///
/// # Errors
/// An edition cannot be written as JSON, which only a defect of its type can cause.
pub fn differences(from: &Edition, to: &Edition) -> Result<Vec<ParameterChange>, serde_json::Error> {
    Ok(diff_editions(&serde_json::to_value(&from.parameters)?, &serde_json::to_value(&to.parameters)?))
}

/// Groups of the catalogue that the changes touch.
pub fn groups_of(changes: &[ParameterChange]) -> Vec<String> {
    let name = |change: &ParameterChange| change.path.split('/').next().unwrap_or_default().to_string();
    let touched: BTreeSet<String> = changes.iter().map(name).collect();
    let entries = Catalogue::shipped().parameters.iter().filter(|entry| touched.contains(&entry.name));
    entries.map(|entry| entry.group.clone()).collect::<BTreeSet<String>>().into_iter().collect()
}

fn check(context: DraftContext<'_>, base_is_demonstration: bool) -> CheckContext {
    CheckContext { demonstration: context.demonstration || base_is_demonstration, today: Some(context.today) }
}

/// The faults in the order of the guards' numbers.
fn in_context(mut found: Vec<EditionError>) -> Vec<EditionError> {
    found.sort_by(|one, other| one.code.cmp(&other.code));
    found
}

fn unchanged() -> EditionError {
    EditionError::new("EDN-15", None, "与所据版本没有差别，无须办理")
}

fn unwritable(error: serde_json::Error) -> Vec<EditionError> {
    vec![EditionError::new("EDN-02", None, format!("无法写出政策版本：{error}"))]
}
