//! A sheet looked up by row and column, with merged cells resolved.

use super::workbook::{Region, WorkbookCell, Worksheet};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone)]
pub(super) struct Grid<'a> {
    cells: BTreeMap<(u32, u32), &'a WorkbookCell>,
    /// Merged ranges by their first column and row.
    merged: BTreeMap<(u32, u32), Region>,
    hidden_rows: BTreeSet<u32>,
    hidden_columns: BTreeSet<u32>,
    /// First and last column.
    columns: (u32, u32),
}

impl<'a> Grid<'a> {
    pub(super) fn new(sheet: &'a Worksheet) -> Grid<'a> {
        let cells: BTreeMap<(u32, u32), &WorkbookCell> = sheet
            .cells
            .iter()
            .filter(|cell| !super::normal::text(&cell.text).is_empty() || cell.formula)
            .map(|cell| ((cell.row, cell.column), cell))
            .collect();
        let width = cells.keys().map(|(_, column)| column + 1).max().unwrap_or(0);
        let merged = sheet.merged.iter().map(|region| ((region.left, region.top), *region)).collect();
        Grid {
            cells,
            merged,
            hidden_rows: sheet.hidden_rows.iter().copied().collect(),
            hidden_columns: sheet.hidden_columns.iter().copied().collect(),
            columns: (0, width.saturating_sub(1)),
        }
    }

    /// The part of the sheet that lies in some of its columns; its addresses stay those of the sheet.
    pub(super) fn between(&self, (left, right): (u32, u32)) -> Cow<'_, Grid<'a>> {
        if (left, right) == self.columns {
            return Cow::Borrowed(self);
        }
        let mut part = self.clone();
        part.cells.retain(|(_, column), _| (left..=right).contains(column));
        part.merged.retain(|(column, _), _| (left..=right).contains(column));
        part.columns = (left, right);
        Cow::Owned(part)
    }

    /// First and last column.
    pub(super) fn columns(&self) -> (u32, u32) {
        self.columns
    }

    /// Whether a column is empty below a row.
    pub(super) fn is_empty_below(&self, row: u32, column: u32) -> bool {
        !self.cells.keys().any(|(below, other)| *below > row && *other == column)
    }

    pub(super) fn at(&self, row: u32, column: u32) -> Option<&'a WorkbookCell> {
        self.cells.get(&(row, column)).copied()
    }

    /// The cell itself, or the first of the merged range whose first column it lies in.
    pub(super) fn resolved(&self, row: u32, column: u32) -> Option<&'a WorkbookCell> {
        self.at(row, column).or_else(|| {
            let (_, region) = self.merged.range((column, 0)..=(column, row)).next_back()?;
            (row <= region.bottom).then(|| self.at(region.top, column))?
        })
    }

    /// The first cell of its own in a row from one column to another.
    pub(super) fn within(&self, row: u32, first: u32, last: u32) -> Option<&'a WorkbookCell> {
        self.cells.range((row, first)..=(row, last)).next().map(|(_, cell)| *cell)
    }

    /// The merged range that begins in this cell.
    pub(super) fn region(&self, row: u32, column: u32) -> Option<Region> {
        self.merged.get(&(column, row)).copied()
    }

    /// Last column of the merged range a resolved cell belongs to; its own where none is merged.
    pub(super) fn right_end(&self, row: u32, column: u32) -> u32 {
        let region = self.merged.range((column, 0)..=(column, row)).next_back();
        region.filter(|(_, region)| row <= region.bottom).map_or(column, |(_, region)| region.right)
    }

    /// Whether the cell lies below the first row of a merged range.
    pub(super) fn continues_merge(&self, row: u32, column: u32) -> bool {
        self.at(row, column).is_none() && self.resolved(row, column).is_some()
    }

    pub(super) fn row(&self, row: u32) -> impl Iterator<Item = &'a WorkbookCell> {
        self.cells.range((row, 0)..=(row, u32::MAX)).map(|(_, cell)| *cell)
    }

    pub(super) fn is_hidden_row(&self, row: u32) -> bool {
        self.hidden_rows.contains(&row)
    }

    pub(super) fn is_hidden_column(&self, column: u32) -> bool {
        self.hidden_columns.contains(&column)
    }

    /// Rows with content, in order.
    pub(super) fn rows(&self) -> Vec<u32> {
        let mut rows: Vec<u32> = self.cells.keys().map(|(row, _)| *row).collect();
        rows.dedup();
        rows
    }

    /// One past the last column with content.
    pub(super) fn width(&self) -> u32 {
        self.cells.keys().map(|(_, column)| column + 1).max().unwrap_or(0)
    }

    /// What stands in a row, for a person to recognise it.
    pub(super) fn summary(&self, row: u32) -> String {
        let texts: Vec<&str> =
            self.row(row).map(|cell| cell.text.trim()).filter(|t| !t.is_empty()).take(6).collect();
        let joined = texts.join(" ");
        match joined.char_indices().nth(60) {
            Some((end, _)) => format!("{}…", &joined[..end]),
            None => joined,
        }
    }
}
