//! 表的四周: the rows above and below a table that may say how its amounts are counted, and those that speak of another
//! table instead.

use super::grid::Grid;
use super::header::Proposal;
use super::rows::{self, Skip};
use super::stated::{Body, Place};
use super::target::heading;
use super::units::{self, UnitWord};
use super::workbook::WorkbookCell;

/// The rows of a sheet that speak of one table: those above it, seen over the whole width, and its own.
pub(super) struct SpokenRows<'g, 'a> {
    /// The whole sheet: a note may stand over the neighbour of a table.
    pub sheet: &'g Grid<'a>,
    pub name: &'g str,
    /// The columns of the table with all its parts.
    pub columns: (u32, u32),
    /// The columns of the table.
    pub table: &'g Grid<'a>,
}

/// The surroundings of one table.
pub(super) struct Surroundings<'r, 'g, 'a> {
    pub spoken: &'r SpokenRows<'g, 'a>,
    pub body: &'r Body<'g, 'a>,
    /// First row of its headings.
    pub headings_top: u32,
    pub proposal: &'r Proposal,
}

/// A row around a table.
struct NearRow<'r, 'a> {
    row: u32,
    grid: &'r Grid<'a>,
    /// Nothing suggests that it speaks of another table.
    is_ours: bool,
}

impl<'r, 'a> Surroundings<'r, '_, 'a> {
    /// What the notes above and below the table and the sheet's name say about all its amounts.
    pub(super) fn notes(&self) -> Option<(UnitWord, Place)> {
        let (left, right) = self.spoken.columns;
        let (mut seen, mut elsewhere) = (Vec::new(), Vec::new());
        for near in self.rows() {
            for (word, at) in statements(near.grid, near.row) {
                let is_ours =
                    near.is_ours && !near.grid.is_hidden_row(near.row) && (left..=right).contains(&at.1);
                if is_ours { &mut seen } else { &mut elsewhere }.push((word, at));
            }
        }
        seen.extend(self.among_headings());
        if let Some(stated) = joined(seen) {
            return Some(stated);
        }
        // What nobody sees may be left over from an older table; what stands over a neighbour may be the neighbour's.
        if let Some((word, at)) = elsewhere.into_iter().find(|(word, _)| *word != UnitWord::Power(0)) {
            return Some((UnitWord::Unclear(word.words()), at));
        }
        let named = units::in_note(self.spoken.name);
        matches!(named, UnitWord::Power(_)).then_some((named, (self.proposal.header_row, 0)))
    }

    /// The visible texts around the table.
    pub(super) fn texts(&self) -> Vec<String> {
        let visible =
            self.rows().into_iter().filter(|near| near.is_ours && !near.grid.is_hidden_row(near.row));
        visible.flat_map(|near| near.grid.row(near.row).map(|cell| cell.text.clone())).collect()
    }

    /// The rows around the table that may speak of all of it.
    fn rows(&self) -> Vec<NearRow<'r, 'a>> {
        let sheet: &'r Grid<'a> = self.spoken.sheet;
        let above = self.above().into_iter().map(|row| NearRow { row, grid: sheet, is_ours: true });
        let mut near: Vec<NearRow<'r, 'a>> = above.collect();
        let first = self.body.lines.map_or(u32::MAX, |(first, _)| first);
        for (row, skip) in &self.body.rows {
            let is_outside = *row < first || self.body.is_below(*row);
            let speaks = match skip {
                Some(Skip::Title | Skip::Footer | Skip::Hidden) => is_outside,
                Some(Skip::Units) => is_outside && self.body.grid.row(*row).count() == 1,
                _ => false,
            };
            if speaks && let Some(is_ours) = self.belongs(*row) {
                near.push(NearRow { row: *row, grid: self.body.grid, is_ours });
            }
        }
        near
    }

    /// The rows above the headings; under another table only the titles right above them.
    fn above(&self) -> Vec<u32> {
        let sheet = self.spoken.sheet;
        let rows =
            sheet.rows().into_iter().filter(|row| (self.proposal.top..self.headings_top).contains(row));
        let rows: Vec<u32> = rows.filter(|row| !self.is_left_over(*row)).collect();
        let Some(other) = rows.iter().copied().rfind(|row| self.is_other_heading(*row)) else { return rows };
        let is_title = |row: &u32| {
            let cells = || sheet.row(*row);
            (1..=3).contains(&cells().count()) && cells().all(rows::is_text)
        };
        (other + 1..self.headings_top).rev().take_while(is_title).collect()
    }

    /// Whether a row below the table speaks of it, `None` where it is the title of the next table. Without an empty row
    /// between them nobody can say.
    fn belongs(&self, row: u32) -> Option<bool> {
        let next =
            self.body.rows.iter().find(|(_, skip)| *skip == Some(Skip::OtherTable)).map(|(row, _)| *row);
        let (Some(next), Some((_, last))) = (next, self.body.lines) else { return Some(true) };
        if row < last {
            return Some(true);
        }
        let is_gap = |row: u32| self.body.grid.row(row).next().is_none();
        let apart = (last + 1..row).any(is_gap);
        let near_next = !(row + 1..next).any(is_gap);
        match (apart, near_next) {
            (true, true) => None,
            (apart, _) => Some(!apart && !near_next),
        }
    }

    /// Headings that nobody sees, or that this table repeats in a hidden row.
    fn is_left_over(&self, row: u32) -> bool {
        let sheet = self.spoken.sheet;
        sheet.is_hidden_row(row)
            && (rows::repeats_header(sheet, row, self.proposal) || rows::is_heading_row(sheet, row))
    }

    /// The headings of another table say nothing about this one.
    fn is_other_heading(&self, row: u32) -> bool {
        let sheet = self.spoken.sheet;
        rows::is_heading_row(sheet, row) && !rows::repeats_header(sheet, row, self.proposal)
    }

    /// 单位：万元 among the headings, in a column that is read into nothing.
    fn among_headings(&self) -> Vec<(UnitWord, Place)> {
        let is_mapped =
            |column| self.proposal.mapping.iter().any(|m| m.column == column && m.field.is_some());
        let mut stated = Vec::new();
        for row in self.headings_top..=self.proposal.header_row {
            let cells = self.body.grid.row(row);
            for cell in cells.filter(|cell| !is_mapped(cell.column) && cell.text.contains("单位")) {
                let word = units::in_note(&cell.text);
                if !word.is_silent() {
                    stated.push((word, (row, cell.column)));
                }
            }
        }
        stated
    }
}

/// What the cells of a row say about the unit of a whole table.
pub(super) fn statements(grid: &Grid<'_>, row: u32) -> Vec<(UnitWord, Place)> {
    let alone = grid.row(row).count() == 1;
    let known = rows::known_headings();
    let of_cell = |cell: &WorkbookCell| {
        // 金额（万元） among other headings speaks of its own column.
        let is_heading = !alone && !cell.text.contains("单位") && known.contains(&heading(&cell.text));
        let word = if is_heading { UnitWord::Silent } else { units::in_note(&cell.text) };
        (!word.is_silent()).then_some((word, (row, cell.column)))
    };
    grid.row(row).filter_map(of_cell).collect()
}

/// Several statements as one, at the place of the first.
pub(super) fn joined(stated: Vec<(UnitWord, Place)>) -> Option<(UnitWord, Place)> {
    let at = stated.first()?.1;
    Some((UnitWord::joined(stated.into_iter().map(|(word, _)| word)), at))
}
