//! 读取: the mapped rows as typed content, with every cell that could not be read named by its address.

use super::grid::Grid;
use super::header::Proposal;
use super::normal::{self, CellKind, RejectReason, fold};
use super::rows;
use super::target::{ImportColumn, ImportTable};
use super::workbook::{Workbook, WorkbookCell, WorkbookCellKind, address};
use crate::engine::document::RANK_STEP;
use crate::engine::op::Change;
use crate::kernel::ids::RowId;
use std::collections::BTreeMap;
use std::fmt;

pub use rows::Skip;

/// A row of 信息系统清单, as far as matching goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct System {
    pub row: RowId,
    pub name: String,
    pub code: String,
}

/// What an import would do; nothing has changed yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReading {
    /// Lines in the order of the file.
    pub rows: Vec<ReadRow>,
    pub skipped: Vec<Skipped>,
    /// Cells that stay empty, because what stands in them could not be read.
    pub refused: Vec<RefusedCell>,
    /// Cells that were read but could mean something else.
    pub doubts: Vec<Doubt>,
}

/// A line to insert: typed text by field, empty cells absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadRow {
    /// Row in the sheet, from 0.
    pub row: u32,
    pub cells: BTreeMap<String, String>,
}

/// A row left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Row in the sheet, from 0.
    pub row: u32,
    pub reason: Skip,
    /// The beginning of what stands in it.
    pub text: String,
}

/// A cell that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedCell {
    /// `硬件设备台账!H17`.
    pub address: String,
    pub row: u32,
    pub field: String,
    /// What stands in the cell.
    pub value: String,
    pub reason: RejectReason,
}

/// A cell that was read one way although another is as likely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    pub address: String,
    pub row: u32,
    pub field: String,
    pub value: String,
    /// What it was read as and what else it could be, in Chinese.
    pub question: String,
}

/// Reads every line below the proposal's header. A refused cell leaves only itself empty.
pub fn read(
    workbook: &Workbook,
    proposal: &Proposal,
    target: &ImportTable,
    systems: &[System],
) -> ImportReading {
    let mut reading = ImportReading::default();
    let Some(sheet) = workbook.sheets.get(proposal.sheet) else { return reading };
    let grid = Grid::new(sheet);
    let filled = grid.rows();
    let Some(last) = filled.last().copied() else { return reading };
    for row in filled.iter().copied().filter(|row| *row < proposal.header_row) {
        reading.skipped.push(Skipped { row, reason: Skip::Title, text: grid.summary(row) });
    }
    for row in proposal.header_row.saturating_add(1)..=last {
        if let Some(reason) = rows::skip(&grid, row, proposal, target) {
            reading.skipped.push(Skipped { row, reason, text: grid.summary(row) });
            continue;
        }
        let mut cells = BTreeMap::new();
        for (mapped, column) in proposal.columns(target) {
            let Some(cell) = grid.resolved(row, mapped.column) else { continue };
            let at = || format!("{}!{}", sheet.name, address(row, mapped.column));
            let shared_number = grid.continues_merge(row, mapped.column) && adds_up(&column.kind);
            let source = Source { cell, date_1904: workbook.date_1904, ten_thousands: mapped.ten_thousands };
            let value =
                if shared_number { Err(RejectReason::MergedNumber) } else { source.value(column, systems) };
            match value {
                Ok(text) if text.is_empty() => {}
                Ok(text) => {
                    if let Some(question) = question(cell, column, &text) {
                        let (field, value) = (column.field.clone(), cell.text.clone());
                        reading.doubts.push(Doubt { address: at(), row, field, value, question });
                    }
                    cells.insert(column.field.clone(), text);
                }
                Err(reason) => {
                    let (field, value) = (column.field.clone(), cell.text.clone());
                    reading.refused.push(RefusedCell { address: at(), row, field, value, reason });
                }
            }
        }
        reading.rows.push(ReadRow { row, cells });
    }
    reading
}

/// Lines and bytes of text that one operation may carry, so that it can be sent in one request.
pub const MOST_LINES: usize = 10_000;
pub const MOST_TEXT: usize = 4 << 20;

/// More than one operation carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany;

impl fmt::Display for TooMany {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "一次最多导入 {MOST_LINES} 行（文字合计 {} MB），请拆成几个文件分次导入",
            MOST_TEXT / (1 << 20)
        )
    }
}

/// The changes that insert the lines after the table's rows, in file order: the content of one operation, so
/// that one undo takes the whole import back.
///
/// # Errors
/// [`TooMany`] lines for one operation.
pub fn to_changes(
    reading: &ImportReading,
    table: &str,
    existing_ranks: &[i64],
    mut new_row: impl FnMut() -> RowId,
) -> Result<Vec<Change>, TooMany> {
    let text: usize = reading.rows.iter().flat_map(|line| line.cells.values()).map(String::len).sum();
    if reading.rows.len() > MOST_LINES || text > MOST_TEXT {
        return Err(TooMany);
    }
    let mut rank = existing_ranks.iter().copied().max().unwrap_or(0);
    let mut insert = |line: &ReadRow| {
        rank = rank.saturating_add(RANK_STEP);
        Change::InsertRow { table: table.to_string(), row: new_row(), rank, cells: line.cells.clone() }
    };
    Ok(reading.rows.iter().map(&mut insert).collect())
}

/// The row of 信息系统清单 meant by a name, else by a code; width, case and spaces do not matter.
///
/// # Errors
/// [`Reason::UnknownSystem`], or [`Reason::AmbiguousSystem`] when several rows answer to the name.
pub fn match_system<'s>(text: &str, systems: &'s [System]) -> Result<&'s RowId, RejectReason> {
    let wanted = fold(text);
    for key in [|s: &System| fold(&s.name), |s: &System| fold(&s.code)] {
        let mut matches = systems.iter().filter(|system| key(system) == wanted);
        match (matches.next(), matches.next()) {
            (Some(system), None) => return Ok(&system.row),
            (Some(_), Some(_)) => return Err(RejectReason::AmbiguousSystem),
            (None, _) => {}
        }
    }
    Err(RejectReason::UnknownSystem)
}

/// Kinds whose merged value must not be repeated on every row it spans.
fn adds_up(kind: &CellKind) -> bool {
    matches!(kind, CellKind::Money | CellKind::Count | CellKind::Number)
}

/// A bare 0.055 under 费率 may be 0.055 % or 5.5 % that lost its format.
fn question(cell: &WorkbookCell, column: &ImportColumn, read_as: &str) -> Option<String> {
    let bare = column.kind == CellKind::Percent && !cell.percent && !cell.text.contains(['%', '％']);
    let fraction = bare && read_as.starts_with("0.");
    let meant = normal::percent(read_as, true).ok().filter(|_| fraction)?;
    Some(format!("按 {read_as}% 读入；如果原意是 {meant}%，请导入后改正"))
}

/// What one cell says, as text to store.
pub(super) fn cell_value(
    cell: &WorkbookCell,
    column: &ImportColumn,
    systems: &[System],
    date_1904: bool,
) -> Result<String, RejectReason> {
    Source { cell, date_1904, ten_thousands: false }.value(column, systems)
}

struct Source<'a> {
    cell: &'a WorkbookCell,
    date_1904: bool,
    ten_thousands: bool,
}

impl Source<'_> {
    /// The text to store; empty when the cell says there is nothing.
    fn value(&self, column: &ImportColumn, systems: &[System]) -> Result<String, RejectReason> {
        let raw = self.cell.text.as_str();
        match self.cell.kind {
            WorkbookCellKind::Error => Err(RejectReason::ErrorValue),
            WorkbookCellKind::Uncomputed => Err(RejectReason::FormulaWithoutResult),
            WorkbookCellKind::Date if adds_up(&column.kind) || column.kind == CellKind::Percent => {
                Err(RejectReason::DateForNumber)
            }
            WorkbookCellKind::Date => {
                written(&normal::serial_date(raw, self.date_1904)?, column, systems, false)
            }
            WorkbookCellKind::Number => self.number(raw, column, systems),
            WorkbookCellKind::Text | WorkbookCellKind::Bool if says_nothing(raw, &column.kind) => {
                Ok(String::new())
            }
            WorkbookCellKind::Text | WorkbookCellKind::Bool => {
                written(raw, column, systems, self.ten_thousands)
            }
        }
    }

    fn number(&self, raw: &str, column: &ImportColumn, systems: &[System]) -> Result<String, RejectReason> {
        let plain = normal::stored_number(raw);
        match &column.kind {
            CellKind::Date => numeric_date(&plain?, self.date_1904),
            CellKind::Percent => normal::percent(&plain?, self.cell.percent),
            CellKind::Money | CellKind::Count | CellKind::Number => {
                written(&plain?, column, systems, self.ten_thousands)
            }
            _ if self.cell.percent => {
                written(&format!("{}%", normal::percent(&plain?, true)?), column, systems, false)
            }
            // A long number, such as a serial number, is text here and stays as it is.
            _ => written(&plain.unwrap_or_else(|_| raw.to_string()), column, systems, false),
        }
    }
}

fn written(
    text: &str,
    column: &ImportColumn,
    systems: &[System],
    ten_thousands: bool,
) -> Result<String, RejectReason> {
    match column.kind {
        CellKind::System if !column.required && shared_by_all(text) => Ok(String::new()),
        CellKind::System => match_system(text, systems).map(|row| row.as_str().to_string()),
        CellKind::Money => normal::scaled_money(text, ten_thousands),
        _ => normal::read(&column.kind, text),
    }
}

/// A number under a date heading: `20190603`, or a serial that lost its date format.
fn numeric_date(plain: &str, date_1904: bool) -> Result<String, RejectReason> {
    /// Serials from 1954 to 2119: a bare 2019 is a year, not a day of 1905.
    const LIKELY: std::ops::RangeInclusive<u32> = 20_000..=80_000;
    let whole = plain.split('.').next().unwrap_or(plain);
    match whole.parse::<u32>() {
        Ok(serial) if LIKELY.contains(&serial) => normal::serial_date(plain, date_1904),
        _ => normal::date(plain),
    }
}

/// `-` and `/` stand for an empty cell; 无 does where no text is asked for.
fn says_nothing(raw: &str, kind: &CellKind) -> bool {
    match fold(raw).as_str() {
        "-" | "--" | "—" | "——" | "/" | "\\" => true,
        "无" | "暂无" | "n/a" => !matches!(kind, CellKind::Text | CellKind::Choice(_) | CellKind::YesNo),
        _ => false,
    }
}

fn shared_by_all(text: &str) -> bool {
    matches!(fold(text).as_str(), "共用" | "公用" | "共享" | "通用" | "全部系统")
}

#[cfg(test)]
mod tests;
