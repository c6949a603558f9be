//! 读取: the mapped rows as typed content, with every cell that could not be read, every doubt and every row left out
//! named by its address.

use super::cell::{Source, seen};
use super::doubts;
use super::grid::Grid;
use super::header::{Mapped, Proposal};
use super::line_units::LineUnits;
use super::measured;
use super::normal::{self, CellKind, RejectReason, fold};
use super::regions;
use super::rows;
use super::target::{ImportColumn, ImportTable};
use super::units::UnitWord;
use super::workbook::{Workbook, WorkbookCell, Worksheet, address};
use crate::kernel::ids::RowId;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

pub use super::cell::seen as seen_text;
pub use super::doubts::{Doubt, DoubtKind};
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
    let mut reading = read_part(workbook, proposal, target, systems);
    for part in &proposal.further_parts {
        let part = Proposal { with_hidden: proposal.with_hidden, ..part.clone() };
        let more = read_part(workbook, &part, target, systems);
        let new = |skipped: &Skipped| {
            let listed = reading.skipped.iter().any(|other| other.row == skipped.row);
            !listed && skipped.reason != Skip::Blank
        };
        let skipped: Vec<Skipped> = more.skipped.into_iter().filter(new).collect();
        reading.skipped.extend(skipped);
        reading.rows.extend(more.rows);
        reading.refused.extend(more.refused);
        reading.doubts.extend(more.doubts);
    }
    reading
}

fn read_part(
    workbook: &Workbook,
    proposal: &Proposal,
    target: &ImportTable,
    systems: &[System],
) -> ImportReading {
    let Some(sheet) = workbook.sheets.get(proposal.sheet) else { return ImportReading::default() };
    let whole = Grid::new(sheet);
    let grid = whole.between(proposal.columns);
    let fractions = columns_of_fractions(&grid, proposal, target);
    let reader = Reader {
        sheet,
        whole: &whole,
        grid: &grid,
        date_1904: workbook.date_1904,
        proposal,
        target,
        systems,
        fractions,
        line_units: LineUnits::new(&grid, proposal),
    };
    reader.read()
}

struct Reader<'r, 'a> {
    sheet: &'r Worksheet,
    whole: &'r Grid<'a>,
    /// The columns of the table.
    grid: &'r Grid<'a>,
    date_1904: bool,
    proposal: &'r Proposal,
    target: &'r ImportTable,
    systems: &'r [System],
    /// Columns that hold shares of one.
    fractions: BTreeSet<u32>,
    line_units: LineUnits<'r>,
}

/// Columns of percentages in which some cell is a bare share of one, as 0.85.
fn columns_of_fractions(grid: &Grid<'_>, proposal: &Proposal, target: &ImportTable) -> BTreeSet<u32> {
    let shares = proposal.columns(target).filter(|(_, column)| column.kind == CellKind::Percent);
    let is_share = |cell: &WorkbookCell| {
        let value = cell.text.trim().parse::<Decimal>().ok();
        !cell.format.contains('%') && value.is_some_and(|value| value > Decimal::ZERO && value < Decimal::ONE)
    };
    let rows = grid.rows();
    let below = || rows.iter().filter(|row| **row >= proposal.first_row);
    let holds = |column: u32| below().any(|row| grid.at(*row, column).is_some_and(is_share));
    shares.map(|(mapped, _)| mapped.column).filter(|column| holds(*column)).collect()
}

impl Reader<'_, '_> {
    fn read(&self) -> ImportReading {
        let mut reading = ImportReading::default();
        self.rows_above(&mut reading);
        self.column_doubts(&mut reading);
        for (row, reason) in regions::rows_of(self.grid, self.proposal, self.target) {
            match reason {
                Some(reason) => reading.skipped.push(self.skipped(row, reason)),
                None => self.line(row, &mut reading),
            }
        }
        doubts::one_per_unit(&mut reading.doubts);
        reading
    }

    fn skipped(&self, row: u32, reason: Skip) -> Skipped {
        Skipped { row, reason, text: self.grid.summary(row) }
    }

    fn rows_above(&self, reading: &mut ImportReading) {
        let (top, header) = (self.proposal.top, self.proposal.header_row);
        for row in self.whole.rows().into_iter().filter(|row| (top..header).contains(row)) {
            let named = self.proposal.mapping.iter().filter(|mapped| {
                let cell = self.grid.at(row, mapped.column);
                cell.is_some_and(|cell| !mapped.header.is_empty() && cell.text.trim() == mapped.header)
            });
            let reason = if named.count() >= 2 { Skip::Header } else { Skip::Title };
            reading.skipped.push(Skipped { row, reason, text: self.whole.summary(row) });
        }
    }

    /// A doubt for each column whose unit is spoken of and not understood.
    fn column_doubts(&self, reading: &mut ImportReading) {
        for (mapped, column) in self.proposal.columns(self.target).filter(|(m, _)| m.chosen.is_none()) {
            for (words, at) in mapped.unclear() {
                let at = at.unwrap_or((self.proposal.header_row, mapped.column));
                reading.doubts.push(self.unit_doubt(mapped, column, words, at));
            }
        }
    }

    fn unit_doubt(&self, mapped: &Mapped, column: &ImportColumn, words: &str, at: (u32, u32)) -> Doubt {
        let cell = self.whole.at(at.0, at.1);
        Doubt {
            kind: DoubtKind::Unit,
            address: self.address(at.0, at.1),
            row: at.0,
            column: mapped.column,
            field: column.field.clone(),
            value: cell.map_or_else(|| words.to_string(), |cell| cell.text.trim().to_string()),
            question: doubts::unit_question(words, column),
        }
    }

    /// What counts for one cell of a line: what its column says, and for amounts what the line says.
    fn unit(
        &self,
        row: u32,
        (mapped, column): (&Mapped, &ImportColumn),
        of_line: Option<&(UnitWord, (u32, u32))>,
        reading: &mut ImportReading,
    ) -> (UnitWord, Option<i64>) {
        let of_column = mapped.unit_of(row).clone();
        let (Some((word, at)), CellKind::Money) = (of_line, &column.kind) else {
            let chosen = mapped.chosen_for(&of_column);
            return (of_column, chosen);
        };
        let both = UnitWord::joined([of_column.clone(), word.clone()]);
        match (&both, &of_column) {
            (UnitWord::Power(_), _) => (both, None),
            (UnitWord::Unclear(words), UnitWord::Silent | UnitWord::Power(_)) => {
                if mapped.chosen.is_none() {
                    reading.doubts.push(self.unit_doubt(mapped, column, words, *at));
                }
                (both, mapped.chosen)
            }
            _ => (both, mapped.chosen),
        }
    }

    fn line(&self, row: u32, reading: &mut ImportReading) {
        let mut line = ReadRow { row, cells: BTreeMap::new(), places: BTreeMap::new() };
        let of_line = self.line_units.of(self.grid, row);
        for (mapped, column) in self.proposal.columns(self.target) {
            let Some((cell, at)) = self.cell(row, mapped) else { continue };
            let place = self.address(row, at);
            let shared_number = self.grid.continues_merge(row, at) && column.adds_up();
            let (unit, chosen) = self.unit(row, (mapped, column), of_line.as_ref(), reading);
            let (measure, fractions) = (mapped.measure, self.fractions.contains(&mapped.column));
            let source = Source { cell, date_1904: self.date_1904, unit, chosen, measure, fractions };
            let value = if shared_number {
                Err(RejectReason::MergedNumber)
            } else {
                source.read(column, self.systems)
            };
            match value {
                Ok(read) if read.text.is_empty() => {}
                Ok(read) => {
                    if let Some(doubt) = read.doubt {
                        let (kind, question) = doubt.question(column, &read.text);
                        let (value, field) = (seen(cell, self.date_1904), column.field.clone());
                        let (address, column) = (place.clone(), mapped.column);
                        reading.doubts.push(Doubt { kind, address, row, column, field, value, question });
                    }
                    line.places.insert(column.field.clone(), place);
                    line.cells.insert(column.field.clone(), read.text);
                }
                Err(reason) => {
                    let value = refused_text(cell, self.date_1904, &reason);
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
}

/// What stands in a cell that is not read, with the measure that its heading or format names: a bare 20 would pass for
/// months where 20人天 are meant.
fn refused_text(cell: &WorkbookCell, date_1904: bool, reason: &RejectReason) -> String {
    let text = if cell.text.is_empty() { String::new() } else { seen(cell, date_1904) };
    match reason {
        RejectReason::OtherMeasure { stated } if normal::number(&text).is_ok() => format!("{text}{stated}"),
        _ => text,
    }
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
