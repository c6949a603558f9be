//! 自评表读回: a filled-in sheet as the cells it changes; what does not fit is named by the address of its cell.

use super::flow::SelfEvaluation;
use super::form::FORM;
use super::sheet::{EvaluationSheet, FLAGS, SheetCell, SheetCellKind, SheetPlace};
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::performance::form::{Part, Takes};
use crate::engine::reading::as_number;
use crate::exchange::import::format::NumberFormat;
use crate::exchange::import::workbook::{WorkbookCell, WorkbookCellKind, Worksheet, address};
use crate::kernel::finding::Severity;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What a filled-in sheet comes to. Nothing is stored: the changes are filled in by the case's own command.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SheetImport {
    pub changes: Vec<SheetChange>,
    /// What keeps the sheet from being taken over.
    pub faults: Vec<SheetFault>,
    /// What breaks a rule of the form once it is taken over.
    pub findings: Vec<SheetFault>,
    /// The body of `fill`.
    pub document: Value,
}

/// A cell that says something else than the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetChange {
    pub cell: String,
    pub label: String,
    pub from: String,
    pub to: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetFault {
    pub cell: String,
    /// Code of the rule; empty for what cannot be read.
    pub rule: String,
    pub is_error: bool,
    pub message: String,
}

impl SheetFault {
    fn unreadable(cell: &SheetCell<'_>, message: impl Into<String>) -> SheetFault {
        let message = message.into();
        SheetFault { cell: address(cell.row, cell.column), rule: String::new(), is_error: true, message }
    }
}

/// Reads a sheet that was laid out from this case.
pub fn read_sheet(case: &SelfEvaluation, world: &ExecutionWorld, sheet: &Worksheet) -> SheetImport {
    let layout = EvaluationSheet::of(case, world);
    let found: BTreeMap<(u32, u32), &WorkbookCell> =
        sheet.cells.iter().map(|cell| ((cell.row, cell.column), cell)).collect();
    let mut import = SheetImport::default();
    let mut typed = Typed::default();
    for cell in &layout.cells {
        let given = found.get(&(cell.row, cell.column)).copied();
        match read_cell(cell, given) {
            Ok(Some((text, value))) => {
                if let Some(place) = cell.place {
                    import.changes.push(SheetChange {
                        cell: address(cell.row, cell.column),
                        label: place.field.label.to_string(),
                        from: cell.text.clone(),
                        to: text,
                    });
                    typed.put(place, value);
                }
            }
            Ok(None) => {}
            Err(fault) => import.faults.push(fault),
        }
    }
    import.document = typed.document();
    import.findings = findings(case, world, &layout, &mut import);
    import
}

/// The new text of a cell with what is filled in, `None` where it says what the case says.
fn read_cell(
    cell: &SheetCell<'_>,
    given: Option<&WorkbookCell>,
) -> Result<Option<(String, Value)>, SheetFault> {
    let text = given.map(shown).unwrap_or_default();
    let same = || text == cell.text || equal_numbers(&text, &cell.text);
    match cell.kind {
        SheetCellKind::Shown => Ok(None),
        _ if same() => Ok(None),
        SheetCellKind::Fixed => Err(SheetFault::unreadable(
            cell,
            format!("这里应为“{}”；请在系统导出的表上填写，不要增删行列", cell.text),
        )),
        SheetCellKind::Locked => {
            Err(SheetFault::unreadable(cell, format!("这一格由批复和账面数带入（{}），不能改", cell.text)))
        }
        SheetCellKind::Typed => {
            if given.is_some_and(|given| {
                matches!(given.kind, WorkbookCellKind::Error | WorkbookCellKind::Uncomputed)
            }) {
                return Err(SheetFault::unreadable(cell, format!("公式没有可用的结果（{text}），请改成值")));
            }
            value_of(cell, &text).map(|value| Some((text, value)))
        }
    }
}

/// What is filled in for a text.
fn value_of(cell: &SheetCell<'_>, text: &str) -> Result<Value, SheetFault> {
    let Some(place) = cell.place.filter(|_| !text.is_empty()) else { return Ok(Value::Null) };
    let refuse = |message: String| Err(SheetFault::unreadable(cell, message));
    match place.field.takes {
        Takes::Flag if text == FLAGS[0] => Ok(json!(true)),
        Takes::Flag if text == FLAGS[1] => Ok(json!(false)),
        Takes::Flag => refuse(format!("“{text}”应为“是”或“否”")),
        Takes::Choice(words) if !words.contains(&text) => {
            refuse(format!("“{text}”应为{}之一", words.join("、")))
        }
        Takes::Number | Takes::PositiveNumber | Takes::Percent | Takes::Count(_) => {
            let plain = text.replace([',', '，', ' '], "");
            match as_number(&plain).filter(|number| *number >= Decimal::ZERO) {
                Some(_) => Ok(json!(plain)),
                None => refuse(format!("“{text}”应为不小于 0 的数")),
            }
        }
        Takes::Text(_, most) if text.chars().count() > most => {
            refuse(format!("有 {} 个字，最多 {most} 个字", text.chars().count()))
        }
        Takes::Text(..) | Takes::Choice(_) | Takes::Date | Takes::Hash => Ok(json!(text)),
    }
}

/// The text a person sees: `0.96` under a percent format is `96`, as the field takes it.
fn shown(cell: &WorkbookCell) -> String {
    let text = cell.text.trim();
    let percent = NumberFormat::parse(&cell.format).is_percent();
    let number = percent.then(|| text.parse::<Decimal>().ok()?.checked_mul(Decimal::ONE_HUNDRED)).flatten();
    number.map_or_else(|| text.to_string(), |number| number.normalize().to_string())
}

fn equal_numbers(one: &str, other: &str) -> bool {
    let number = |text: &str| as_number(&text.replace([',', '，'], ""));
    number(one).is_some_and(|one| number(other) == Some(one))
}

/// Cells by table and row, as `fill` takes them.
#[derive(Default)]
struct Typed {
    header: Map<String, Value>,
    tables: BTreeMap<&'static str, BTreeMap<String, Map<String, Value>>>,
}

impl Typed {
    fn put(&mut self, place: SheetPlace<'_>, value: Value) {
        let cells = match place.table {
            None => &mut self.header,
            Some(table) => self.tables.entry(table).or_default().entry(place.row.to_string()).or_default(),
        };
        cells.insert(place.field.key.to_string(), value);
    }

    fn document(self) -> Value {
        let mut document = Map::new();
        if !self.header.is_empty() {
            document.insert("header".to_string(), Value::Object(self.header));
        }
        for (table, rows) in self.tables {
            let rows = rows.into_iter().map(|(id, mut cells)| {
                cells.insert("id".to_string(), json!(id));
                Value::Object(cells)
            });
            document.insert(table.to_string(), rows.collect());
        }
        Value::Object(document)
    }
}

/// The rules the form breaks once it is filled in, each at the cell it is about.
fn findings(
    case: &SelfEvaluation,
    world: &ExecutionWorld,
    layout: &EvaluationSheet<'_>,
    import: &mut SheetImport,
) -> Vec<SheetFault> {
    let content = match case.content.fill(&FORM, &[Part::Whole], &import.document) {
        Ok(content) => content,
        Err(refusal) => {
            import.faults.push(SheetFault {
                cell: String::new(),
                rule: refusal.code,
                is_error: true,
                message: refusal.message,
            });
            return Vec::new();
        }
    };
    let filled = SelfEvaluation { content, ..case.clone() };
    let judged = filled.judge(world);
    let fault = |finding: &crate::kernel::finding::Finding| {
        let place = &finding.place;
        let cell = layout.find(place.table.as_deref(), place.row.as_deref(), place.field.as_deref());
        SheetFault {
            cell: cell.map(|cell| address(cell.row, cell.column)).unwrap_or_default(),
            rule: finding.rule.clone(),
            is_error: finding.severity == Severity::Error,
            message: finding.message.clone(),
        }
    };
    judged.findings(&Part::ALL).map(fault).collect()
}
