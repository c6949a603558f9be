//! 政策版本的填报: what the security administrator fills in for a change of the register. The force of a document and the
//! numbers are typed as text and judged as the file they come to.

use super::flow::RegisterChange;
use crate::engine::definition::{Definition, TableKind};
use crate::engine::document::{Document, RANK_STEP, Row};
use crate::engine::op::HEADER_ROW;
use crate::forms::words::{count, date, form, paragraph, table, text};
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::RowId;
use crate::policy::editions::{Edition, EditionError, diff};
use serde_json::Value;
use std::collections::BTreeMap;

/// 依据文件: the document that gives force, for every sort of change.
pub const FORCE: &str = "force";
pub const DOCUMENT: &str = "document";
pub const DATED: &str = "dated";
pub const FROM: &str = "from";
pub const TO: &str = "to";
/// 版本: what a new version or a revision is called and from when it serves.
pub const VERSION: &str = "version";
pub const ID: &str = "id";
pub const TITLE: &str = "title";
pub const FROM_YEAR: &str = "from_year";
pub const NOTE: &str = "note";
/// 参数: one row a leaf.
pub const VALUES: &str = "values";
pub const NAME: &str = "name";
pub const WAS: &str = "was";
pub const VALUE: &str = "value";
/// 工作日历.
pub const CALENDAR: &str = "calendar";
pub const YEAR: &str = "year";
pub const DAYS: &str = "days";
pub const DAY: &str = "date";
pub const WHAT: &str = "what";
/// 休 · 班.
pub const OFF: &str = "休";
pub const WORKED: &str = "班";

/// Longest value of a parameter: the largest list has about 900 characters.
const LONGEST_VALUE: u32 = 4000;

/// 政策版本变更单.
pub fn definition() -> Definition {
    let article = 18;
    let header = |key: &str, title: &str, fields| table(key, title, TableKind::Header, article, fields);
    let lines = |key: &str, title: &str, fields| table(key, title, TableKind::Lines, article, fields);
    let force = vec![
        text(DOCUMENT, "文号", 0, 60).required().help("如 晋财行〔2024〕12号"),
        date(DATED, "文件日期").required(),
        date(FROM, "效力起始日").help("新版本填写；延续自原效力届满次日起"),
        date(TO, "有效期至").help("延续、新版本填写"),
    ];
    let version = vec![
        text(ID, "版本编号", 0, 31).help("小写字母、数字和“-”，如 2027-10"),
        text(TITLE, "名称", 0, 100),
        count(FROM_YEAR, "自哪一年度起执行", 1901, Some(2998)),
        paragraph(NOTE, "说明", 0, 2000),
    ];
    let values = vec![
        text(NAME, "参数", 0, 120).required().unique().width(12),
        text(WAS, "原值", 0, LONGEST_VALUE),
        text(VALUE, "新值", 0, LONGEST_VALUE),
    ];
    let day = vec![
        date(DAY, "日期").required().unique(),
        crate::forms::words::choice(WHAT, "休或班", &[OFF, WORKED]).required(),
    ];
    Definition {
        key: "edition".to_string(),
        title: "政策版本".to_string(),
        forms: vec![
            form(FORCE, "依据文件", vec![header(FORCE, "依据文件", force)]),
            form(VERSION, "版本", vec![header(VERSION, "版本", version), lines(VALUES, "参数", values)]),
            form(
                CALENDAR,
                "工作日历",
                vec![
                    header(CALENDAR, "日历年度", vec![count(YEAR, "年份", 1901, Some(2998))]),
                    lines(DAYS, "放假与调休", day),
                ],
            ),
        ],
        rules: Vec::new(),
    }
}

/// The tables a sort of change is filled in with.
pub fn tables_of(change: RegisterChange) -> &'static [&'static str] {
    match change {
        RegisterChange::New | RegisterChange::Revision => &[FORCE, VERSION, VALUES],
        RegisterChange::Extension => &[FORCE],
        RegisterChange::Calendar => &[FORCE, CALENDAR, DAYS],
    }
}

/// What the form begins with: for a new version and a revision every parameter of the base.
///
/// # Errors
/// The base cannot be written as JSON, which only a defect of its type can cause.
pub fn initial(
    change: RegisterChange,
    base: &Edition,
    year: FiscalYear,
) -> Result<Option<Document>, serde_json::Error> {
    if !matches!(change, RegisterChange::New | RegisterChange::Revision) {
        return Ok(None);
    }
    let mut document = Document::new(year);
    if let (RegisterChange::Revision, Some(original)) = (change, base.force.first()) {
        let force = [
            (DOCUMENT, original.document.clone()),
            (DATED, original.dated.to_string()),
            (FROM, original.from.to_string()),
            (TO, original.to.to_string()),
        ];
        put_header(&mut document, FORCE, force.into_iter());
        let from_year = base.from_year.to_string();
        let version = [(ID, base.id.clone()), (TITLE, base.title.clone()), (FROM_YEAR, from_year)];
        put_header(&mut document, VERSION, version.into_iter());
    }
    document.tables.insert(VALUES.to_string(), value_rows(base, base)?);
    Ok(Some(document))
}

/// The form filled in from a file, whose parameters are compared with those of the base.
///
/// # Errors
/// An edition cannot be written as JSON, which only a defect of its type can cause.
pub fn filled_from(file: &Edition, base: &Edition, year: FiscalYear) -> Result<Document, serde_json::Error> {
    let mut document = Document::new(year);
    if let Some(original) = file.force.first() {
        let force = [
            (DOCUMENT, original.document.clone()),
            (DATED, original.dated.to_string()),
            (FROM, original.from.to_string()),
            (TO, original.to.to_string()),
        ];
        put_header(&mut document, FORCE, force.into_iter());
    }
    let version = [
        (ID, file.id.clone()),
        (TITLE, file.title.clone()),
        (FROM_YEAR, file.from_year.to_string()),
        (NOTE, file.note.clone()),
    ];
    put_header(&mut document, VERSION, version.into_iter());
    document.tables.insert(VALUES.to_string(), value_rows(file, base)?);
    Ok(document)
}

fn put_header(document: &mut Document, table: &str, cells: impl Iterator<Item = (&'static str, String)>) {
    let cells = cells.filter(|(_, text)| !text.is_empty()).map(|(key, text)| (key.to_string(), text));
    let row = Row { id: RowId::new(HEADER_ROW), rank: 0, cells: cells.collect() };
    document.tables.insert(table.to_string(), vec![row]);
}

/// One row a leaf, in the order of the paths, with the value of the base next to it.
fn value_rows(edition: &Edition, base: &Edition) -> Result<Vec<Row>, serde_json::Error> {
    let (now, was) = (serde_json::to_value(&edition.parameters)?, serde_json::to_value(&base.parameters)?);
    let (mut values, mut before) = (BTreeMap::new(), BTreeMap::new());
    diff::leaves("", &now, &mut values);
    diff::leaves("", &was, &mut before);
    let row = |(n, (path, value)): (usize, (String, &Value))| {
        let was = before.get(&path).map(|was| text_of(was)).unwrap_or_default();
        let cells = [(NAME, path), (WAS, was), (VALUE, text_of(value))];
        let filled = cells.into_iter().filter(|(_, text)| !text.is_empty());
        Row {
            id: RowId::new(format!("v{n}")),
            rank: RANK_STEP * i64::try_from(n + 1).unwrap_or(i64::MAX),
            cells: filled.map(|(key, text)| (key.to_string(), text)).collect(),
        }
    };
    Ok(values.into_iter().enumerate().map(row).collect())
}

/// A leaf as it is typed: text and numbers plainly, nothing for null, a list as JSON.
fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What was typed for a leaf, as the JSON type of the base's leaf; a leaf the base lacks is text.
///
/// # Errors
/// `EDN-02` with the path: a number or a list is expected.
pub fn value_of(path: &str, typed: &str, was: Option<&Value>) -> Result<Value, EditionError> {
    let typed = typed.trim();
    let at = format!("parameters/{path}");
    let refuse = |message: &str| EditionError::new("EDN-02", Some(&at), message);
    match was {
        Some(Value::Number(_)) => {
            typed.parse::<i64>().map(Value::from).map_err(|_| refuse("应为整数，请改正"))
        }
        Some(Value::Array(_) | Value::Object(_)) => {
            serde_json::from_str(typed).map_err(|_| refuse("应为列表，写作 JSON，请对照原值改正"))
        }
        Some(Value::Bool(_)) => {
            typed.parse::<bool>().map(Value::from).map_err(|_| refuse("应为 true 或 false"))
        }
        Some(Value::Null | Value::String(_)) | None if typed.is_empty() => Ok(Value::Null),
        Some(Value::Null | Value::String(_)) | None => Ok(Value::from(typed)),
    }
}

/// A cell of a header; empty when nothing was typed.
pub fn header_cell<'a>(document: &'a Document, table: &str, field: &str) -> &'a str {
    let row = document.row(table, &RowId::new(HEADER_ROW));
    row.and_then(|row| row.cells.get(field)).map(|text| text.trim()).unwrap_or_default()
}
