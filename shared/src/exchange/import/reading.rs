//! 读取: the mapped rows as typed content, with every cell that could not be read, every doubt and every row left out
//! named by its address.

use super::cell::{CellDoubt, Source, seen};
use super::grid::Grid;
use super::header::{Mapped, Proposal};
use super::measured;
use super::normal::{self, RejectReason, fold};
use super::rows;
use super::target::{ImportColumn, ImportTable};
use super::units::UnitWord;
use super::workbook::{Workbook, WorkbookCell, Worksheet, address};
use crate::kernel::ids::RowId;
use serde::Serialize;
use std::collections::BTreeMap;

pub use super::cell::seen as seen_text;
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
    /// Cells that could not be read; they keep what stands in them for a person to correct.
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
    /// Where each field was read from.
    pub places: BTreeMap<String, String>,
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

/// What a doubt is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DoubtKind {
    /// The unit of a whole column or of a cell.
    Unit,
    /// What is shown is not what is stored.
    Rounded,
    /// A bare fraction under a rate.
    Fraction,
}

/// A cell that was read one way although another is as likely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    pub kind: DoubtKind,
    pub address: String,
    pub row: u32,
    /// The column it is about, from 0.
    pub column: u32,
    pub field: String,
    pub value: String,
    /// What it was read as and what else it could be, in Chinese.
    pub question: String,
}

impl Doubt {
    /// Whether nothing may be imported before a person has answered it.
    pub fn must_be_answered(&self) -> bool {
        self.kind == DoubtKind::Unit
    }
}

/// A name that no row of 信息系统清单 answers to, with the rows that use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownSystem {
    pub name: String,
    /// Addresses of the cells.
    pub cells: Vec<String>,
}

impl ImportReading {
    /// Systems to be registered first, in the order of the file.
    pub fn unknown_systems(&self) -> Vec<UnknownSystem> {
        let mut found: Vec<UnknownSystem> = Vec::new();
        for refused in self.refused.iter().filter(|cell| cell.reason == RejectReason::UnknownSystem) {
            match found.iter_mut().find(|system| fold(&system.name) == fold(&refused.value)) {
                Some(system) => system.cells.push(refused.address.clone()),
                None => found.push(UnknownSystem {
                    name: normal::text(&refused.value),
                    cells: vec![refused.address.clone()],
                }),
            }
        }
        found
    }

    /// Refused cells other than names of unknown systems.
    pub fn unreadable(&self) -> impl Iterator<Item = &RefusedCell> {
        self.refused.iter().filter(|cell| cell.reason != RejectReason::UnknownSystem)
    }

    pub fn unanswered(&self) -> impl Iterator<Item = &Doubt> {
        self.doubts.iter().filter(|doubt| doubt.must_be_answered())
    }
}

/// Reads every line of the proposal's table. A refused cell keeps its text.
pub fn read(
    workbook: &Workbook,
    proposal: &Proposal,
    target: &ImportTable,
    systems: &[System],
) -> ImportReading {
    let Some(sheet) = workbook.sheets.get(proposal.sheet) else { return ImportReading::default() };
    let grid = Grid::new(sheet);
    let reader = Reader { sheet, grid: &grid, date_1904: workbook.date_1904, proposal, target, systems };
    reader.read()
}

struct Reader<'r, 'a> {
    sheet: &'r Worksheet,
    grid: &'r Grid<'a>,
    date_1904: bool,
    proposal: &'r Proposal,
    target: &'r ImportTable,
    systems: &'r [System],
}

impl Reader<'_, '_> {
    fn read(&self) -> ImportReading {
        let mut reading = ImportReading::default();
        let filled = self.grid.rows();
        let Some(last) = filled.last().copied() else { return reading };
        self.rows_above(&filled, &mut reading);
        self.column_doubts(&mut reading);
        let known = rows::known_headings();
        let mut other = false;
        for row in self.proposal.first_row..=last {
            if self.proposal.first_row > 0 && rows::ends_region(self.grid, row, self.proposal, &known) {
                other = true;
            } else if other && rows::repeats_header(self.grid, row, self.proposal) {
                other = false;
            }
            let reason = rows::skip(self.grid, row, self.proposal, self.target);
            let reason = if other {
                Some(reason.filter(|r| *r == Skip::Blank).unwrap_or(Skip::OtherTable))
            } else {
                reason
            };
            match reason {
                Some(reason) => reading.skipped.push(self.skipped(row, reason)),
                None => self.line(row, &mut reading),
            }
        }
        one_doubt_per_unit(&mut reading.doubts);
        reading
    }

    fn skipped(&self, row: u32, reason: Skip) -> Skipped {
        Skipped { row, reason, text: self.grid.summary(row) }
    }

    fn rows_above(&self, filled: &[u32], reading: &mut ImportReading) {
        let (top, header) = (self.proposal.top, self.proposal.header_row);
        for row in filled.iter().copied().filter(|row| (top..header).contains(row)) {
            let named = self.proposal.mapping.iter().filter(|mapped| {
                let cell = self.grid.at(row, mapped.column);
                cell.is_some_and(|cell| !mapped.header.is_empty() && cell.text.trim() == mapped.header)
            });
            let reason = if named.count() >= 2 { Skip::Header } else { Skip::Title };
            reading.skipped.push(self.skipped(row, reason));
        }
    }

    /// A doubt for each column whose unit is spoken of and not understood.
    fn column_doubts(&self, reading: &mut ImportReading) {
        for (mapped, column) in self.proposal.columns(self.target) {
            let (UnitWord::Unclear(words), None) = (&mapped.unit, mapped.chosen) else { continue };
            let (row, at) = mapped.unit_at.unwrap_or((self.proposal.header_row, mapped.column));
            let value =
                self.grid.at(row, at).map_or_else(|| words.clone(), |cell| cell.text.trim().to_string());
            reading.doubts.push(Doubt {
                kind: DoubtKind::Unit,
                address: self.address(row, at),
                row,
                column: mapped.column,
                field: column.field.clone(),
                value,
                question: format!(
                    "写有“{words}”，不能确定“{}”按什么单位计；现按{}读入，请选定单位",
                    column.label, "元"
                ),
            });
        }
    }

    fn line(&self, row: u32, reading: &mut ImportReading) {
        let mut line = ReadRow { row, cells: BTreeMap::new(), places: BTreeMap::new() };
        for (mapped, column) in self.proposal.columns(self.target) {
            let Some((cell, at)) = self.cell(row, mapped) else { continue };
            let place = self.address(row, at);
            let shared_number = self.grid.continues_merge(row, at) && column.adds_up();
            let source =
                Source { cell, date_1904: self.date_1904, unit: mapped.unit.clone(), chosen: mapped.chosen };
            let value = if shared_number {
                Err(RejectReason::MergedNumber)
            } else {
                source.read(column, self.systems)
            };
            match value {
                Ok(read) if read.text.is_empty() => {}
                Ok(read) => {
                    if let Some(doubt) = read.doubt {
                        reading.doubts.push(self.doubt(
                            cell,
                            column,
                            &place,
                            (row, mapped.column),
                            &read.text,
                            &doubt,
                        ));
                    }
                    line.places.insert(column.field.clone(), place);
                    line.cells.insert(column.field.clone(), read.text);
                }
                Err(reason) => {
                    let value = if cell.text.is_empty() { String::new() } else { seen(cell, self.date_1904) };
                    let field = column.field.clone();
                    let fits = !shared_number && !value.is_empty() && value.len() <= normal::LONGEST_TEXT;
                    if fits {
                        line.cells.insert(field.clone(), value.clone());
                        line.places.insert(field.clone(), place.clone());
                    }
                    reading.refused.push(RefusedCell { address: place, row, field, value, reason });
                }
            }
        }
        if measured::applies(self.target) {
            measured::take_apart(&mut line.cells);
            if let Some(place) = line.places.get("value").cloned() {
                for field in line.cells.keys() {
                    line.places.entry(field.clone()).or_insert_with(|| place.clone());
                }
            }
        }
        reading.rows.push(line);
    }

    /// The cell under a heading, which may be merged over several columns.
    fn cell(&self, row: u32, mapped: &Mapped) -> Option<(&WorkbookCell, u32)> {
        if let Some(cell) = self.grid.resolved(row, mapped.column) {
            return Some((cell, mapped.column));
        }
        let taken = |column: u32| {
            let other = self.proposal.mapping.iter().find(|other| other.column == column);
            other.is_some_and(|other| other.field.is_some())
        };
        let neighbours = (mapped.column + 1..=mapped.last_column).take_while(|column| !taken(*column));
        neighbours.into_iter().find_map(|column| Some((self.grid.resolved(row, column)?, column)))
    }

    fn address(&self, row: u32, column: u32) -> String {
        format!("{}!{}", self.sheet.name, address(row, column))
    }

    fn doubt(
        &self,
        cell: &WorkbookCell,
        column: &ImportColumn,
        place: &str,
        (row, at): (u32, u32),
        read_as: &str,
        doubt: &CellDoubt,
    ) -> Doubt {
        let (kind, question) = match doubt {
            CellDoubt::Unit(words) => (
                DoubtKind::Unit,
                format!(
                    "写有“{words}”，不能确定“{}”按什么单位计；现按 {read_as} 元读入，请选定单位",
                    column.label
                ),
            ),
            CellDoubt::Scaled { shown } => (
                DoubtKind::Unit,
                format!("显示为 {shown}，存的是 {read_as}，没有写明单位；现按 {read_as} 元读入，请选定单位"),
            ),
            CellDoubt::Rounded { stored } => (
                DoubtKind::Rounded,
                format!("按显示的 {read_as} 读入；单元格里存的是 {stored}，如应以它为准，请导入后改正"),
            ),
            CellDoubt::Fraction { meant } => {
                (DoubtKind::Fraction, format!("按 {read_as}% 读入；如果原意是 {meant}%，请导入后改正"))
            }
        };
        let value = seen(cell, self.date_1904);
        let field = column.field.clone();
        Doubt { kind, address: place.to_string(), row, column: at, field, value, question }
    }
}

/// Of the doubts of a column that ask about the same words only the first stays.
fn one_doubt_per_unit(doubts: &mut Vec<Doubt>) {
    let mut asked: Vec<(u32, String)> = Vec::new();
    doubts.retain(|doubt| {
        let words = doubt.question.split(['，', ' ']).next().unwrap_or_default();
        let about = (doubt.column, words.to_string());
        if doubt.kind != DoubtKind::Unit {
            return true;
        }
        let first = !asked.contains(&about);
        if first {
            asked.push(about);
        }
        first
    });
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

#[cfg(test)]
mod tests;
