//! Judging an edition file: its shape against the catalogue, its force, its calendar, its laws. Every fault carries the
//! path of the field and says what to do.

use super::catalogue::Catalogue;
use super::clock::CalendarYear;
use super::force::{self, ForceInterval};
use super::{Edition, EditionError, SCHEMA, json, laws};
use crate::kernel::calendar::{Date, FiscalYear};
use crate::policy::document_number::document_number;
use serde_json::{Map, Value};

/// The members of an edition file.
const MEMBERS: [&str; 11] = [
    "schema",
    "id",
    "revision",
    "from_year",
    "title",
    "demonstration",
    "base",
    "force",
    "note",
    "parameters",
    "calendar",
];

/// Where the file is judged.
#[derive(Clone, Copy, Debug, Default)]
pub struct CheckContext {
    /// Whether demonstration editions are allowed.
    pub demonstration: bool,
    /// Documents are not dated later; unknown in a check of the file alone.
    pub today: Option<Date>,
}

/// Reads and judges a file.
pub fn load(text: &str, context: CheckContext) -> Result<Edition, EditionError> {
    check_edition(&json::parse(text)?, context)?;
    Edition::read(text)
}

/// The edition's hash, or the first of its faults.
pub fn check_edition(file: &Value, context: CheckContext) -> Result<String, EditionError> {
    match faults(file, context).into_iter().next() {
        Some(fault) => Err(fault),
        None => {
            let id = file["id"].as_str().unwrap_or_default();
            Ok(json::content_hash(id, &file["parameters"]))
        }
    }
}

/// Every fault of the file. Force, calendar and laws are judged where their parts have the right shape.
pub fn faults(file: &Value, context: CheckContext) -> Vec<EditionError> {
    let mut found = Faults(Vec::new());
    let Some(members) = file.as_object() else {
        found.shape("", "政策版本文件应为一个 JSON 对象");
        return found.0;
    };
    if members.get("schema").and_then(Value::as_str) != Some(SCHEMA) {
        found.shape("schema", &format!("应为“{SCHEMA}”，其他格式不能读取"));
        return found.0;
    }
    for key in members.keys().filter(|key| !MEMBERS.contains(&key.as_str())) {
        found.shape(key, "文件中没有这一项，请删去");
    }
    for key in MEMBERS {
        match members.get(key) {
            Some(value) => found.member(key, value),
            None => found.shape(key, "缺少这一项"),
        }
    }
    let parameters = members.get("parameters").and_then(Value::as_object);
    if let Some(parameters) = parameters {
        found.parameters(parameters);
    }
    let well_shaped = found.0.is_empty();
    if members.get("demonstration") == Some(&Value::Bool(true)) && !context.demonstration {
        found.0.push(EditionError::new("EDN-12", None, "演示版本为虚构，仅可在演示模式下使用"));
    }
    if let Some(force) = members.get("force").and_then(Value::as_array) {
        found.force(force, context.today);
    }
    if let Some(calendar) = members.get("calendar").and_then(Value::as_object) {
        found.calendar(calendar);
    }
    if let Some(parameters) = parameters.filter(|_| well_shaped) {
        for law in Catalogue::shipped().consistency.iter().filter(|law| !laws::holds(law, parameters)) {
            found.0.push(EditionError::new(
                "EDN-08",
                Some(&law.code),
                format!("应满足：{}，请改正", law.says),
            ));
        }
    }
    found.0
}

/// The faults found so far.
pub(super) struct Faults(Vec<EditionError>);

impl Faults {
    pub(super) fn shape(&mut self, at: &str, message: &str) {
        self.0.push(EditionError::new("EDN-02", Some(at), message));
    }

    /// A member of the file, its type and bounds.
    fn member(&mut self, key: &str, value: &Value) {
        let length = |shortest: usize, longest: usize| {
            value.as_str().is_some_and(|text| (shortest..=longest).contains(&text.chars().count()))
        };
        let year = value.as_i64().and_then(|year| i32::try_from(year).ok()).map(FiscalYear);
        let fault = match key {
            "id" if !value.as_str().is_some_and(is_id) => "应为 2 至 31 个小写字母、数字或“-”，不以“-”开头",
            "revision" if !value.as_u64().is_some_and(|n| (1..=u64::from(u32::MAX)).contains(&n)) => {
                "应为从 1 起的整数"
            }
            "from_year" if !year.is_some_and(FiscalYear::well_formed) => "应为年份",
            "title" if !length(2, 100) => "应为 2 至 100 个字",
            "demonstration" if !value.is_boolean() => "应为 true 或 false",
            "base" if !(value.is_null() || value.is_string()) => "应为版本编号，或 null",
            "force" if value.as_array().is_none_or(Vec::is_empty) => "应为至少一段效力",
            "note" if !length(0, 2000) => "应为不超过 2000 个字的文本",
            "parameters" | "calendar" if !value.is_object() => "应为对象",
            _ => return,
        };
        self.shape(key, fault);
    }

    fn force(&mut self, force: &[Value], today: Option<Date>) {
        let before = self.0.len();
        for (n, interval) in force.iter().enumerate() {
            let at = format!("force/{n}");
            let Some(interval) = self.members(&at, interval, &["kind", "document", "dated", "from", "to"])
            else {
                continue;
            };
            for (key, value) in interval {
                let text = value.as_str();
                let fault = match key.as_str() {
                    "kind" if !matches!(text, Some("original" | "extension")) => "应为 original 或 extension",
                    "document" if text.is_none() => "应为文号",
                    "dated" | "from" | "to" if text.and_then(Date::parse).is_none() => {
                        "应为真实的日期，写作 YYYY-MM-DD"
                    }
                    _ => continue,
                };
                self.shape(&format!("{at}/{key}"), fault);
            }
        }
        if before < self.0.len() {
            return;
        }
        match serde_json::from_value::<Vec<ForceInterval>>(Value::from(force)) {
            Ok(force) => self.0.extend(force::faults(&force, today)),
            Err(error) => self.shape("force", &error.to_string()),
        }
    }

    /// The object with exactly these members; else their faults.
    fn members<'a>(&mut self, at: &str, value: &'a Value, keys: &[&str]) -> Option<&'a Map<String, Value>> {
        let Some(members) = value.as_object() else {
            self.shape(at, "应为对象");
            return None;
        };
        let before = self.0.len();
        for key in members.keys().filter(|key| !keys.contains(&key.as_str())) {
            self.shape(&format!("{at}/{key}"), "文件中没有这一项，请删去");
        }
        for key in keys.iter().filter(|key| !members.contains_key(**key)) {
            self.shape(&format!("{at}/{key}"), "缺少这一项");
        }
        (before == self.0.len()).then_some(members)
    }

    fn calendar(&mut self, calendar: &Map<String, Value>) {
        for (year, value) in calendar {
            let at = format!("calendar/{year}");
            let digits = year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
            let number = year.parse().ok().filter(|number| digits && FiscalYear(*number).well_formed());
            let Some(number) = number else {
                self.shape(&at, "应为四位年份");
                continue;
            };
            if value.as_object().is_some_and(|members| !members.contains_key("document")) {
                self.document(&at, "");
                continue;
            }
            let Some(members) = self.members(&at, value, &["document", "holidays", "workdays"]) else {
                continue;
            };
            match members["document"].as_str() {
                Some(document) => self.document(&at, document),
                None => self.shape(&format!("{at}/document"), "应为文号"),
            }
            let holidays = self.days(&at, "holidays", &members["holidays"]);
            let workdays = self.days(&at, "workdays", &members["workdays"]);
            let (Some(holidays), Some(workdays)) = (holidays, workdays) else { continue };
            self.year(number, &CalendarYear { document: String::new(), holidays, workdays });
        }
    }

    /// A calendar year names the notice that set it.
    fn document(&mut self, at: &str, document: &str) {
        if document_number(document).is_ok_and(|normal| normal == document) {
            return;
        }
        let text = "工作日历须写明放假安排文件的文号，如“国办发明电〔2023〕7号”";
        self.0.push(EditionError::new("EDN-11", Some(&format!("{at}/document")), text));
    }

    fn days(&mut self, at: &str, list: &str, value: &Value) -> Option<Vec<Date>> {
        let at = format!("{at}/{list}");
        let Some(items) = value.as_array() else {
            self.shape(&at, "应为日期列表");
            return None;
        };
        let mut days = Vec::new();
        for (n, item) in items.iter().enumerate() {
            match item.as_str().and_then(Date::parse) {
                Some(day) => days.push(day),
                None => {
                    let place = item.as_str().map_or_else(|| n.to_string(), str::to_string);
                    self.shape(&format!("{at}/{place}"), "应为真实的日期，写作 YYYY-MM-DD");
                }
            }
        }
        (days.len() == items.len()).then_some(days)
    }

    fn year(&mut self, year: i32, calendar: &CalendarYear) {
        let mut refuse = |list: &str, day: Date, message: String| {
            let at = format!("calendar/{year}/{list}/{day}");
            self.0.push(EditionError::new("EDN-11", Some(&at), message));
        };
        for (list, days) in [("holidays", &calendar.holidays), ("workdays", &calendar.workdays)] {
            for (n, day) in days.iter().enumerate() {
                if day.year() != year && (day.year(), day.month()) != (year - 1, 12) {
                    refuse(list, *day, format!("不在 {year} 年（含上年 12 月）内"));
                } else if n > 0 && days[n - 1] >= *day {
                    refuse(list, *day, "日期应从早到晚排列，不得重复".to_string());
                } else if list == "workdays" && !day.is_weekend() {
                    refuse(list, *day, "是星期一至星期五，本来就是工作日，不列为调休上班".to_string());
                } else if list == "workdays" && calendar.holidays.contains(day) {
                    refuse(list, *day, "同时列为放假和上班".to_string());
                }
            }
        }
    }
}

/// `^[a-z0-9][a-z0-9-]{1,30}$`
fn is_id(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (2..=31).contains(&text.len()) && text.bytes().all(fits) && !text.starts_with('-')
}
