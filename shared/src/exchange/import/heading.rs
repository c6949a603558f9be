//! 栏目标题: what a column is called, over one row of headings or several, and what they say about its unit.

use super::counted;
use super::grid::Grid;
use super::normal::CellKind;
use super::rows;
use super::target::heading;
use super::units::{self, UnitWord};

/// Rows above the headings that may hold groups of them.
const GROUP_ROWS: u32 = 3;
/// Rows below the headings that may hold units or numbers of columns.
const BELOW: u32 = 3;

/// The heading rows of a table, its last one known.
pub(super) struct Headings<'g, 'a> {
    grid: &'g Grid<'a>,
    row: u32,
    /// Rows of group headings above, nearest first.
    groups: Vec<u32>,
}

impl<'g, 'a> Headings<'g, 'a> {
    pub(super) fn new(grid: &'g Grid<'a>, row: u32) -> Headings<'g, 'a> {
        let mut groups = Vec::new();
        for above in (row.saturating_sub(GROUP_ROWS)..row).rev() {
            if !groups_headings(grid, above, row) {
                break;
            }
            groups.push(above);
        }
        Headings { grid, row, groups }
    }

    /// First row of the headings.
    pub(super) fn top(&self) -> u32 {
        self.groups.last().copied().unwrap_or(self.row)
    }

    /// The column's own heading: in the last row, or above where that row is empty under it.
    pub(super) fn own(&self, column: u32) -> String {
        let cell = self.grid.resolved(self.row, column);
        let above = || self.groups.iter().find_map(|row| self.grid.resolved(*row, column));
        cell.or_else(above).map_or_else(String::new, |cell| cell.text.trim().to_string())
    }

    /// What stands over the column's own heading and over its neighbours' too.
    pub(super) fn groups(&self, column: u32) -> Vec<String> {
        let rows = self.groups.iter().filter(|_| self.grid.at(self.row, column).is_some());
        rows.filter_map(|row| self.covering(*row, column)).collect()
    }

    /// The group heading over a column: of its merged range, else the nearest to its left with only headings between.
    fn covering(&self, row: u32, column: u32) -> Option<String> {
        if let Some(cell) = self.grid.at(row, column) {
            return Some(cell.text.clone());
        }
        for left in (0..column).rev() {
            let Some(cell) = self.grid.at(row, left) else {
                self.grid.at(self.row, left)?;
                continue;
            };
            let inside = self.grid.region(row, left).is_none_or(|region| column <= region.right);
            let over = self.grid.at(self.row, left).is_some();
            return (inside && over).then(|| cell.text.clone());
        }
        None
    }

    /// The rows of units right below the headings.
    fn unit_rows(&self) -> impl Iterator<Item = u32> + '_ {
        let below = self.row + 1..=self.row + BELOW;
        let is_empty = |row: u32| self.grid.row(row).next().is_none();
        below.take_while(move |row| is_empty(*row) || rows::is_unit_row(self.grid, *row))
    }

    /// Last row of the headings with their rows of units.
    pub(super) fn end(&self) -> u32 {
        self.unit_rows().last().unwrap_or(self.row)
    }

    /// Every text that speaks of a column: its heading, its groups, the rows of units.
    pub(super) fn spoken(&self, column: u32) -> Vec<String> {
        let units = self.unit_rows().filter_map(|row| self.grid.at(row, column));
        let mut texts = vec![self.own(column)];
        texts.extend(self.groups(column));
        texts.extend(units.map(|cell| cell.text.clone()));
        texts
    }

    /// What a column's counts are counted in, by its heading or the rows of units.
    pub(super) fn measure(&self, column: u32) -> Option<&'static str> {
        let mut units = self.unit_rows().filter_map(|row| self.grid.at(row, column));
        counted::in_heading(&self.own(column)).or_else(|| units.find_map(|cell| counted::stated(&cell.text)))
    }

    /// What is stated about a column's amounts, and the cell that says it: its own heading, a row of units below, its
    /// group.
    pub(super) fn unit(&self, column: u32, kind: &CellKind) -> Option<(UnitWord, (u32, u32))> {
        let of = |text: &str| match kind {
            CellKind::Money => units::in_heading(text),
            _ => units::multiple_in_heading(text),
        };
        let located = |word: UnitWord, at: (u32, u32)| (!word.is_silent()).then_some((word, at));
        let own = located(of(&self.own(column)), (self.row, column));
        let below = || {
            self.unit_rows().find_map(|row| {
                let cell = self.grid.at(row, column)?;
                let word = match kind {
                    CellKind::Money => units::in_unit_cell(&cell.text),
                    _ => units::multiple_in_heading(&format!("({})", cell.text)),
                };
                located(word, (row, column))
            })
        };
        let group = || {
            let row = self.groups.first().copied()?;
            let words = self.groups(column).into_iter().map(|text| units::in_heading(&text));
            located(UnitWord::joined(words), (row, column))
        };
        match (own, below()) {
            // The heading and the row of units speak of the same column: they agree, or a person decides.
            (Some((own, at)), Some((below, below_at))) => {
                let at = if own == below { at } else { below_at };
                Some((UnitWord::joined([own, below]), at))
            }
            (own, below) => own.or(below).or_else(|| group().filter(|_| *kind == CellKind::Money)),
        }
    }
}

/// Whether a row above the headings holds groups of them: it names columns the last row leaves empty, or spans several
/// of them twice. A title or a note does neither.
fn groups_headings(grid: &Grid<'_>, row: u32, last: u32) -> bool {
    let cells: Vec<_> = grid.row(row).collect();
    let below = |column: u32| (row + 1..=last).any(|lower| grid.at(lower, column).is_some());
    let complements = cells.iter().filter(|cell| !below(cell.column)).count();
    let spans = cells.iter().filter(|cell| {
        let region = grid.region(row, cell.column);
        region.is_some_and(|region| region.right > region.left && region.bottom < last)
    });
    let wide = spans.filter(|cell| !cell.text.contains([':', '：'])).count();
    let named = cells.iter().filter(|cell| !cell.text.contains([':', '：'])).count();
    cells.len() >= 2 && ((complements > 0 && named == cells.len()) || wide >= 2)
}

/// A heading for comparing, with its group in front.
pub(super) fn joined(groups: &[String], own: &str) -> Option<String> {
    let group = groups.iter().rev().map(|group| heading(group)).collect::<String>();
    (!group.is_empty()).then(|| format!("{group}{}", heading(own)))
}
