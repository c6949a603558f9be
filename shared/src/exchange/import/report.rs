//! 试读报告: what an import would store, as the command line prints it. Its JSON is stable; docs/import.md explains it.

use super::header::{Proposal, headless, propose, propose_at, propose_in, restated, survey};
use super::reading::{DoubtKind, ImportReading, Skip, System, read};
use super::target::ImportTable;
use super::units::{UnitWord, power_of, unit_name};
use super::workbook::{Workbook, column_name};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Corrections a person makes to what was recognised, as a file says them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MappingFile {
    /// Row of the headings, from 1; 0 for a sheet without headings.
    pub header_row: Option<u32>,
    /// By the letters of the column; null leaves the column out.
    pub columns: BTreeMap<String, Option<ColumnMapping>>,
    /// Hidden rows are lines too.
    pub with_hidden: bool,
}

/// What one column is read into.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum ColumnMapping {
    Field(String),
    Detailed(ColumnDetail),
}

/// A column's field and the unit of its amounts, either alone or both.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnDetail {
    #[serde(default)]
    pub field: Option<String>,
    /// 万元, 千元, …
    #[serde(default)]
    pub unit: Option<String>,
}

/// Why no report can be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportError {
    UnknownSheet { name: String, sheets: Vec<String> },
    NoHeader,
    UnknownColumn(String),
    UnknownField(String),
    UnknownUnit(String),
}

impl fmt::Display for ReportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReportError::UnknownSheet { name, sheets } => {
                write!(f, "没有名为“{name}”的工作表；有：{}", sheets.join("、"))
            }
            ReportError::NoHeader => {
                f.write_str("没有认出表头，请用 --mapping 写明 header_row 和各列对应的栏目")
            }
            ReportError::UnknownColumn(column) => write!(f, "对应关系里的列“{column}”在表中没有"),
            ReportError::UnknownField(field) => write!(f, "要导入的表没有栏目“{field}”"),
            ReportError::UnknownUnit(unit) => {
                write!(f, "不认识单位“{unit}”，请写元、千元、万元、百万元或亿元等")
            }
        }
    }
}

impl std::error::Error for ReportError {}

/// What an import of one table would store. Rows count from 1, as the spreadsheet shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    pub table: String,
    pub sheet: String,
    /// None for a rectangle without headings.
    pub header_row: Option<u32>,
    pub columns: Vec<ReportColumn>,
    /// Required fields that no column is read into.
    pub missing: Vec<String>,
    pub rows: Vec<ReportRow>,
    pub doubts: Vec<ReportDoubt>,
    pub refused: Vec<ReportRefusal>,
    pub skipped: Vec<ReportSkip>,
    /// Names under 所属系统 that 信息系统清单 does not have.
    pub new_systems: Vec<ReportSystem>,
    /// Other tables of the workbook, and the form they look like.
    pub other_tables: Vec<ReportTable>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportColumn {
    pub column: String,
    pub heading: String,
    pub field: Option<String>,
    /// What amounts are counted in, where that is stated; `?` when it is stated and not understood.
    pub unit: Option<String>,
    pub hidden: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportRow {
    pub row: u32,
    pub cells: BTreeMap<String, ReportCell>,
}

/// What is stored in one field, and the cell it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportCell {
    pub at: String,
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportDoubt {
    pub kind: DoubtKind,
    pub at: String,
    pub field: String,
    pub seen: String,
    pub question: String,
    /// Nothing can be imported before a person has answered.
    pub must_answer: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportRefusal {
    pub at: String,
    pub field: String,
    pub seen: String,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportSkip {
    pub row: u32,
    pub reason: Skip,
    pub why: String,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportSystem {
    pub name: String,
    pub at: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportTable {
    pub table: String,
    pub sheet: String,
    pub header_row: u32,
    pub rows: usize,
}

/// Which table of which sheet is read, and with what corrections.
pub struct ReportRequest<'r> {
    pub target: &'r ImportTable,
    /// Every table that rows can be imported into.
    pub targets: &'r [ImportTable],
    pub sheet: Option<&'r str>,
    pub mapping: &'r MappingFile,
    /// The workbook is a clipboard's rectangle: without headings its columns are the table's own.
    pub clipboard: bool,
    pub systems: &'r [System],
}

/// Reads the workbook as the browser's import would.
///
/// # Errors
/// [`ReportError`] when the table cannot be found or the corrections fit nothing.
pub fn report(workbook: &Workbook, request: &ReportRequest<'_>) -> Result<ImportReport, ReportError> {
    let mut proposal = proposal(workbook, request)?;
    correct(&mut proposal, request)?;
    let proposal = restated(workbook, request.target, proposal);
    let reading = read(workbook, &proposal, request.target, request.systems);
    let others = survey(workbook, request.targets)
        .into_iter()
        .filter(|found| !found.proposal.is_same_table(&proposal));
    let other_tables = others
        .filter_map(|found| {
            let target = request.targets.get(found.target)?;
            Some(ReportTable {
                table: target.table.clone(),
                sheet: sheet_name(workbook, found.proposal.sheet),
                header_row: found.proposal.header_row + 1,
                rows: read(workbook, &found.proposal, target, request.systems).rows.len(),
            })
        })
        .collect();
    Ok(assemble(workbook, &proposal, request.target, &reading, other_tables))
}

fn sheet_name(workbook: &Workbook, sheet: usize) -> String {
    workbook.sheets.get(sheet).map(|sheet| sheet.name.clone()).unwrap_or_default()
}

fn proposal(workbook: &Workbook, request: &ReportRequest<'_>) -> Result<Proposal, ReportError> {
    let sheets: Vec<String> = workbook.sheets.iter().map(|sheet| sheet.name.clone()).collect();
    let named = request.sheet.map(|name| {
        let at = sheets.iter().position(|sheet| sheet == name);
        at.ok_or_else(|| ReportError::UnknownSheet { name: name.to_string(), sheets: sheets.clone() })
    });
    let named = named.transpose()?;
    let without_headings = |sheet: usize| {
        let fields =
            request.target.columns.iter().map(|column| Some(column.field.clone())).collect::<Vec<_>>();
        workbook.sheets.get(sheet).map(|worksheet| headless(worksheet, sheet, &fields))
    };
    let found = match (request.mapping.header_row, named) {
        (Some(0), sheet) => without_headings(sheet.unwrap_or(0)),
        (Some(row), sheet) => propose_at(workbook, sheet.unwrap_or(0), row - 1, request.target),
        (None, Some(sheet)) => propose_in(workbook, sheet, request.target),
        (None, None) => propose(workbook, request.target),
    };
    found.or_else(|| without_headings(0).filter(|_| request.clipboard)).ok_or(ReportError::NoHeader)
}

fn correct(proposal: &mut Proposal, request: &ReportRequest<'_>) -> Result<(), ReportError> {
    proposal.with_hidden |= request.mapping.with_hidden;
    for (letters, wanted) in &request.mapping.columns {
        let mapped =
            proposal.mapping.iter().find(|mapped| column_name(mapped.column) == letters.to_uppercase());
        let column =
            mapped.map(|mapped| mapped.column).ok_or_else(|| ReportError::UnknownColumn(letters.clone()))?;
        let (field, unit) = match wanted {
            None => (Some(None), None),
            Some(ColumnMapping::Field(field)) => (Some(Some(field.as_str())), None),
            Some(ColumnMapping::Detailed(detail)) => {
                (detail.field.as_deref().map(Some), detail.unit.as_deref())
            }
        };
        if let Some(field) = field {
            if let Some(field) = field.filter(|field| request.target.column(field).is_none()) {
                return Err(ReportError::UnknownField(field.to_string()));
            }
            proposal.assign(column, field);
        }
        if let Some(unit) = unit {
            let power = power_of(unit).ok_or_else(|| ReportError::UnknownUnit(unit.to_string()))?;
            proposal.count_in(column, power);
        }
    }
    Ok(())
}

fn assemble(
    workbook: &Workbook,
    proposal: &Proposal,
    target: &ImportTable,
    reading: &ImportReading,
    other_tables: Vec<ReportTable>,
) -> ImportReport {
    let columns = proposal.mapping.iter().map(|mapped| ReportColumn {
        column: column_name(mapped.column),
        heading: mapped.header.clone(),
        field: mapped.field.clone(),
        unit: match (mapped.chosen, &mapped.unit) {
            (Some(power), _) => Some(unit_name(power)),
            (None, UnitWord::Silent) => None,
            (None, UnitWord::Power(power)) => Some(unit_name(*power)),
            (None, UnitWord::Unclear(_)) => Some("?".to_string()),
        },
        hidden: mapped.hidden,
    });
    let rows = reading.rows.iter().map(|row| {
        let cell = |(field, value): (&String, &String)| {
            let at = row.places.get(field).cloned().unwrap_or_default();
            (field.clone(), ReportCell { at, value: value.clone() })
        };
        ReportRow { row: row.row + 1, cells: row.cells.iter().map(cell).collect() }
    });
    let doubts = reading.doubts.iter().map(|doubt| ReportDoubt {
        kind: doubt.kind,
        at: doubt.address.clone(),
        field: doubt.field.clone(),
        seen: doubt.value.clone(),
        question: doubt.question.clone(),
        must_answer: doubt.must_be_answered(),
    });
    let refused = reading.unreadable().map(|cell| ReportRefusal {
        at: cell.address.clone(),
        field: cell.field.clone(),
        seen: cell.value.clone(),
        reason: cell.reason.to_string(),
    });
    let skipped = reading.skipped.iter().map(|skipped| ReportSkip {
        row: skipped.row + 1,
        reason: skipped.reason,
        why: skipped.reason.to_string(),
        text: skipped.text.clone(),
    });
    let unknown = reading.unknown_systems().into_iter();
    ImportReport {
        table: target.table.clone(),
        sheet: sheet_name(workbook, proposal.sheet),
        header_row: (proposal.first_row > 0).then_some(proposal.header_row + 1),
        columns: columns.collect(),
        missing: proposal.missing(target).into_iter().map(|column| column.field.clone()).collect(),
        rows: rows.collect(),
        doubts: doubts.collect(),
        refused: refused.collect(),
        skipped: skipped.collect(),
        new_systems: unknown.map(|system| ReportSystem { name: system.name, at: system.cells }).collect(),
        other_tables,
    }
}
