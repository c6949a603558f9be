//! Headless check: a request as plain JSON in, every computed figure and finding out (`omfund check`).

use super::{budget_request, performance_targets, plan};
use crate::engine::definition::{Definition, FieldKind, TableKind};
use crate::engine::document::{Document, RANK_STEP, Row};
use crate::engine::op::HEADER_ROW;
use crate::engine::session::Session;
use crate::kernel::calendar::FiscalYear;
use crate::kernel::finding::{Finding, Place, Severity};
use crate::kernel::ids::RowId;
use crate::policy::editions::Edition;
use crate::policy::editions::register::Register;
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Why a file is not a request.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    #[error("不是 JSON：{0}")]
    Json(#[from] serde_json::Error),
    #[error("{place}：{problem}")]
    Shape { place: String, problem: String },
    #[error("年度 {0} 不在任何政策版本内（第十八条）")]
    NoEdition(i32),
    #[error("表单定义有误：{0}")]
    Plan(#[from] crate::engine::plan::PlanError),
}

/// Reads a request, computes it and answers the figures and findings as pretty JSON with one space per level. It is
/// judged by `edition`, or by the one of its fiscal year where none is given.
pub fn check_case(text: &str, edition: Option<&Edition>) -> Result<String, CaseError> {
    let value: Value = serde_json::from_str(text)?;
    let document = read_case(&value)?;
    let session = match edition {
        Some(edition) => open_under(&document, edition)?,
        None => open(&document)?,
    };
    Ok(report(&session)?)
}

/// The figures and findings of an open document as pretty JSON with one space per level.
pub fn report(session: &Session) -> Result<String, serde_json::Error> {
    let answer = figures(session);
    let mut bytes = Vec::new();
    let pretty = serde_json::ser::PrettyFormatter::with_indent(b" ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, pretty);
    answer.serialize(&mut serializer)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Opens a document under the edition of its fiscal year.
pub fn open(document: &Document) -> Result<Session, CaseError> {
    let year = document.fiscal_year;
    let edition = Register::shipped().edition_for(year).map_err(|_| CaseError::NoEdition(year.0))?;
    open_under(document, edition)
}

/// Opens a document under an edition.
pub fn open_under(document: &Document, edition: &Edition) -> Result<Session, CaseError> {
    Ok(Session::open(Arc::new(plan(edition, document.fiscal_year)?), document))
}

/// The document in a request file.
pub fn read_case(value: &Value) -> Result<Document, CaseError> {
    read_form(&super::om_request(), value)
}

/// The document in a file: forms by key, each with its `header` and its tables of rows with ids.
pub fn read_form(definition: &Definition, value: &Value) -> Result<Document, CaseError> {
    let year = value.get("fiscal_year").and_then(Value::as_i64).and_then(|y| i32::try_from(y).ok());
    let year = FiscalYear(year.ok_or_else(|| shape("fiscal_year", "应为年份"))?);
    if !year.well_formed() {
        return Err(shape("fiscal_year", "应为年份"));
    }
    let mut document = Document::new(year);
    for form in &definition.forms {
        let Some(given) = value.get(&form.key) else { continue };
        for table in form.tables.iter().filter(|t| t.kind != TableKind::Justifications) {
            let header = table.kind == TableKind::Header;
            let place = if header { "header" } else { table.key.as_str() };
            let path = format!("{}.{place}", form.key);
            let rows = match given.get(place) {
                None | Some(Value::Null) => continue,
                Some(Value::Array(rows)) if !header => rows.clone(),
                Some(row @ Value::Object(_)) if header => vec![row.clone()],
                Some(_) => return Err(shape(&path, "应为一组行")),
            };
            let typed =
                rows.iter().enumerate().map(|(n, row)| read_row(&path, n, header, row, &table.fields));
            document.tables.insert(table.key.clone(), typed.collect::<Result<_, _>>()?);
        }
    }
    Ok(document)
}

fn read_row(
    path: &str,
    n: usize,
    header: bool,
    row: &Value,
    fields: &[crate::engine::definition::Field],
) -> Result<Row, CaseError> {
    let path = format!("{path}[{n}]");
    let row = row.as_object().ok_or_else(|| shape(&path, "应为一行"))?;
    let id = match row.get("id").and_then(Value::as_str) {
        _ if header => HEADER_ROW,
        Some(id) => id,
        None => return Err(shape(&path, "缺少行的 id")),
    };
    let mut cells = BTreeMap::new();
    for (key, value) in row.iter().filter(|(key, _)| *key != "id") {
        let place = format!("{path}.{key}");
        let field = fields.iter().find(|f| f.key == *key && f.formula.is_none());
        let field = field.ok_or_else(|| shape(&place, "没有这一栏"))?;
        match (value, &field.kind) {
            (Value::Null, _) => {}
            (Value::String(text), _) => drop(cells.insert(key.clone(), text.clone())),
            (Value::Bool(flag), FieldKind::Flag) => drop(cells.insert(key.clone(), flag.to_string())),
            (Value::Number(number), FieldKind::Number { .. }) => {
                cells.insert(key.clone(), number.to_string());
            }
            _ => return Err(shape(&place, "类型不对，应为文本或空")),
        }
    }
    let rank = RANK_STEP.saturating_mul(n as i64 + 1);
    Ok(Row { id: RowId::new(id), rank: if header { 0 } else { rank }, cells })
}

fn shape(place: &str, problem: &str) -> CaseError {
    CaseError::Shape { place: place.to_string(), problem: problem.to_string() }
}

/// Named values in the order they were put in.
struct Ordered<V>(Vec<(String, V)>);

impl<V: Serialize> Serialize for Ordered<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// Everything computed and found, in the shape and the order of the cases' `expected.json`.
#[derive(Serialize)]
struct CaseReport {
    computed: Ordered<Ordered<Ordered<Value>>>,
    subtotals: Subtotals,
    total: Option<String>,
    growth: Option<String>,
    funds: Option<String>,
    findings: Vec<FindingRow>,
}

#[derive(Serialize)]
struct Subtotals {
    category: Ordered<Option<String>>,
    system: Ordered<String>,
}

/// A finding without its words.
#[derive(Serialize)]
struct FindingRow {
    rule: String,
    severity: Severity,
    form: String,
    table: Option<String>,
    row: Option<String>,
    field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<String>,
}

impl From<Finding> for FindingRow {
    fn from(finding: Finding) -> FindingRow {
        let Place { form, table, row, field } = finding.place;
        let (rule, severity, about) = (finding.rule, finding.severity, finding.about);
        FindingRow { rule, severity, form, table, row, field, about }
    }
}

fn figures(session: &Session) -> CaseReport {
    let figure = |form: &str, field: &str| {
        session.header(form, field).map(|cell| session.text(cell)).filter(|text| !text.is_empty())
    };
    let subtotal = |category: &str| figure(budget_request::FORM, &budget_request::subtotal(category));
    let categories = budget_request::CATEGORIES.map(|category| (category.to_string(), subtotal(category)));
    CaseReport {
        computed: computed(session),
        subtotals: Subtotals { category: Ordered(categories.into()), system: by_system(session) },
        total: figure(budget_request::FORM, "total"),
        growth: figure(budget_request::FORM, "growth"),
        funds: figure(performance_targets::FORM, "funds"),
        findings: session.findings().into_iter().map(FindingRow::from).collect(),
    }
}

fn computed(session: &Session) -> Ordered<Ordered<Ordered<Value>>> {
    let mut tables = vec![("systems".to_string(), Ordered(Vec::new()))];
    for key in budget_request::CATEGORIES {
        let Some(table) = session.plan().table(key) else { continue };
        let ids = session.rows(table).iter().map(|slot| session.row_id(table, *slot));
        let rows = ids.map(|id| (id.to_string(), computed_row(session, key, id)));
        tables.push((key.to_string(), Ordered(rows.collect())));
    }
    Ordered(tables)
}

fn computed_row(session: &Session, table: &str, row: &str) -> Ordered<Value> {
    let mut cells = Vec::new();
    for field in ["billable_months", "original_total", "age", "amount"] {
        let Some(cell) = session.cell(table, row, field) else { continue };
        let text = session.text(cell);
        let value = match (field, text.is_empty()) {
            // Months exist only where the line is asked for by rate.
            ("billable_months", true) => continue,
            (_, true) => Value::Null,
            ("billable_months" | "age", false) => text.parse::<i64>().map_or(Value::Null, Value::from),
            _ => Value::String(text),
        };
        cells.push((field.to_string(), value));
    }
    Ordered(cells)
}

fn by_system(session: &Session) -> Ordered<String> {
    let plan = session.plan();
    let mut systems = Vec::new();
    if let Some(table) = plan.table("systems") {
        for slot in session.rows(table) {
            let id = session.row_id(table, *slot);
            let text =
                |field| session.cell("systems", id, field).map(|c| session.text(c)).unwrap_or_default();
            if text("lines") != "0" {
                systems.push((id.to_string(), text("subtotal")));
            }
        }
    }
    let unassigned = |key: &&str| {
        let Some(table) = plan.table(key) else { return false };
        let unnamed = |slot: &u32| {
            session
                .cell(key, session.row_id(table, *slot), "system")
                .is_some_and(|c| session.value(c).is_empty())
        };
        session.rows(table).iter().any(unnamed)
    };
    if budget_request::CATEGORIES.iter().any(unassigned)
        && let Some(cell) = session.header(budget_request::FORM, "shared")
    {
        systems.push(("shared".to_string(), session.text(cell)));
    }
    Ordered(systems)
}
