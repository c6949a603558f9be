//! Calls about editions, their register and the working calendar.

use super::{Answer, EditionFiles, answer, arguments};
use crate::kernel::calendar::{Date, FiscalYear};
use crate::policy::art15_disclosure::{DisclosureDue, DueState, due};
use crate::policy::editions::check::{CheckContext, check_edition};
use crate::policy::editions::clock::{CalendarYear, ClockSense, DayUnit, WorkingCalendar};
use crate::policy::editions::diff::diff_editions;
use crate::policy::editions::force::{ForceInterval, extend};
use crate::policy::editions::json;
use crate::policy::editions::register::{RegisterEntry, edition_for};
use crate::policy::editions::{Edition, EditionError};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// `None` for a call this file does not know.
pub fn evaluate(call: &str, with: &Value, files: EditionFiles) -> Option<Answer> {
    Some(match call {
        "workday" => workday(with, files),
        "clock" => clock(with, files),
        "left" => left(with, files),
        "edition_for" => lookup(with),
        "extend" => extension(with),
        "check_edition" => check(with, files),
        "diff_editions" => difference(with, files),
        "due" => disclosure(with, files),
        _ => return None,
    })
}

fn workday(with: &Value, files: EditionFiles) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        on: Date,
    }
    let With { on } = arguments(with)?;
    Ok(Value::from(calendar(files)?.is_workday(on)))
}

fn clock(with: &Value, files: EditionFiles) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        start: Date,
        n: u32,
        unit: DayUnit,
        sense: ClockSense,
    }
    let With { start, n, unit, sense } = arguments(with)?;
    answer(&calendar(files)?.clock(start, n, unit, sense).ok_or("日期超出范围")?)
}

fn left(with: &Value, files: EditionFiles) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        today: Date,
        due: Date,
    }
    let With { today, due } = arguments(with)?;
    answer(&calendar(files)?.left(today, due))
}

fn lookup(with: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        register: Vec<RegisterEntry>,
        year: FiscalYear,
    }
    let With { register, year } = arguments(with)?;
    Ok(match edition_for(&register, year) {
        Ok((edition, revision)) => json!({ "edition": edition, "revision": revision }),
        Err(refusal) => json!({ "refused": refusal.code }),
    })
}

fn extension(with: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        force: Vec<ForceInterval>,
        document: String,
        dated: Date,
        until: Date,
        today: Date,
    }
    let With { force, document, dated, until, today } = arguments(with)?;
    match extend(&force, &document, dated, until, today) {
        Ok(force) => Ok(json!({ "force": force })),
        Err(error) => Ok(refused(error)),
    }
}

fn check(with: &Value, files: EditionFiles) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        edition: Value,
        #[serde(default)]
        demo: bool,
        today: Option<Date>,
    }
    let With { edition, demo, today } = arguments(with)?;
    let edition = edition_file(&edition, files)?;
    Ok(match check_edition(&edition, CheckContext { demonstration: demo, today }) {
        Ok(hash) => json!({ "ok": hash }),
        Err(error) => refused(error),
    })
}

fn difference(with: &Value, files: EditionFiles) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        old: Value,
        new: Value,
    }
    let With { old, new } = arguments(with)?;
    let (old, new) = (edition_file(&old, files)?, edition_file(&new, files)?);
    answer(&diff_editions(&old["parameters"], &new["parameters"]))
}

fn disclosure(with: &Value, files: EditionFiles) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        item: String,
        triggers: BTreeMap<String, Date>,
        #[serde(default = "measures")]
        edition: Value,
    }
    fn measures() -> Value {
        Value::from("2022-51")
    }
    let With { item, triggers, edition } = arguments(with)?;
    let file = edition_file(&edition, files)?;
    let Edition { parameters, calendar, .. } = Edition::read(&file.to_string()).map_err(|e| e.to_string())?;
    let mut years = calendar_years(files)?;
    years.extend(calendar);
    let due = due(&parameters, &WorkingCalendar::new(&years), &item, &triggers);
    let DisclosureDue { office, with, state } = due.ok_or_else(|| format!("无法判断“{item}”的公开期限"))?;
    let mut described = match state {
        DueState::Due(reached) => answer(&reached)?,
        DueState::WaitsFor(trigger) => json!({ "day": null, "waits_for": trigger }),
    };
    described["office"] = answer(&office)?;
    if let Some(with) = with {
        described["with"] = Value::from(with);
    }
    Ok(described)
}

fn refused(error: EditionError) -> Value {
    let EditionError { code, at, .. } = error;
    match at {
        Some(at) => json!({ "refused": code, "at": at }),
        None => json!({ "refused": code }),
    }
}

fn calendar(files: EditionFiles) -> Result<WorkingCalendar, String> {
    Ok(WorkingCalendar::new(&calendar_years(files)?))
}

fn calendar_years(files: EditionFiles) -> Result<BTreeMap<i32, CalendarYear>, String> {
    #[derive(Deserialize)]
    struct File {
        years: BTreeMap<i32, CalendarYear>,
    }
    let text = files("calendar-cn").ok_or("没有工作日历 calendar-cn")?;
    let file: File = serde_json::from_str(&text).map_err(|error| format!("工作日历：{error}"))?;
    Ok(file.years)
}

/// An edition by its name, or one with other values at some paths; null removes what is there.
pub fn edition_file(edition: &Value, files: EditionFiles) -> Result<Value, String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Changed {
        base: Value,
        set: Map<String, Value>,
    }
    if let Some(name) = edition.as_str() {
        let text = files(name).ok_or_else(|| format!("没有政策版本“{name}”"))?;
        return json::parse(&text).map_err(|error| error.to_string());
    }
    let Changed { base, set } = arguments(edition)?;
    let mut file = edition_file(&base, files)?;
    for (path, value) in &set {
        change(&mut file, path, value).ok_or_else(|| format!("没有“{path}”这一位置"))?;
    }
    Ok(file)
}

fn change(file: &mut Value, path: &str, value: &Value) -> Option<()> {
    let (parent, key) = path.rsplit_once('/').unwrap_or(("", path));
    let pointer = if parent.is_empty() { String::new() } else { format!("/{parent}") };
    match (file.pointer_mut(&pointer)?, value) {
        (Value::Object(members), Value::Null) => drop(members.remove(key)),
        (Value::Object(members), value) => drop(members.insert(key.to_string(), value.clone())),
        (Value::Array(items), value) => {
            let at: usize = key.parse().ok().filter(|at| *at <= items.len())?;
            match value {
                Value::Null => drop((at < items.len()).then(|| items.remove(at))),
                value if at == items.len() => items.push(value.clone()),
                value => items[at] = value.clone(),
            }
        }
        _ => return None,
    }
    Some(())
}
