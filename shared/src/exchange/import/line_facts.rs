//! 行的样子: how far a row is filled in like a line of its table.

use super::grid::Grid;
use super::header::{Mapped, Proposal};
use super::normal::{self, CellKind, fold};
use super::row_words::{is_placeholder, summing, total_word};
use super::rows::{is_number, is_text, is_zero};
use super::target::{ImportColumn, ImportTable};
use super::workbook::{WorkbookCell, WorkbookCellKind};
use std::collections::BTreeSet;

/// A cell of its own under a mapped heading.
#[derive(Clone, Copy)]
pub(super) struct FilledCell<'g, 't> {
    pub cell: &'g WorkbookCell,
    pub column: &'t ImportColumn,
    /// It holds what its column asks for, as far as its kind goes.
    pub readable: bool,
}

/// How far a row is filled in.
pub(super) struct RowFacts<'g, 't> {
    /// The row's own cells under mapped headings.
    pub filled: Vec<FilledCell<'g, 't>>,
    /// The columns that only a line has are filled, a date or a choice among them: a device may be called 合计.
    pub is_line: bool,
    /// Those columns are filled, but hold nothing that a sum could not have: a careless total has a price.
    pub is_priced: bool,
    /// Fewer than half of the required columns are filled.
    pub sparse: bool,
    /// Fewer than half of them hold what their columns ask for.
    pub vague: bool,
    /// Some cell does not hold what its column asks for.
    pub misfit: bool,
    /// Mapped columns.
    pub expected: usize,
    pub nothing_entered: bool,
    /// The row stands in one part of a table of several.
    pub in_part: bool,
    /// First row that may be a line.
    pub first_row: u32,
}

impl<'g, 't> RowFacts<'g, 't> {
    pub(super) fn new(
        grid: &Grid<'g>,
        row: u32,
        proposal: &Proposal,
        target: &'t ImportTable,
    ) -> RowFacts<'g, 't> {
        let mapped: Vec<_> = proposal.columns(target).collect();
        let own = |(at, column): &(&Mapped, &'t ImportColumn)| {
            let cell = grid.within(row, at.column, at.last_column)?;
            Some(FilledCell { cell, column, readable: is_readable(cell, column) })
        };
        let filled: Vec<FilledCell<'g, 't>> = mapped.iter().filter_map(own).collect();
        let is_filled =
            |column: &ImportColumn| filled.iter().any(|own| own.readable && own.column.field == column.field);
        let required: Vec<&ImportColumn> = mapped.iter().map(|(_, c)| *c).filter(|c| c.required).collect();
        let lines_only: Vec<&&ImportColumn> = required.iter().filter(|c| c.is_lines_only()).collect();
        let all = !lines_only.is_empty() && lines_only.iter().all(|column| is_filled(column));
        let proper =
            |own: &FilledCell<'_, '_>| own.readable && own.column.is_lines_only() && !own.column.is_price();
        // What cannot be read is filled in all the same, but the word for a sum is no choice.
        let is_entered = |column: &ImportColumn| {
            let own = filled.iter().find(|own| own.column.field == column.field);
            own.is_some_and(|own| !matches!(column.kind, CellKind::Choice(_)) || !is_sum(own.cell))
        };
        let present = required.iter().filter(|column| is_entered(column)).count();
        let read = required.iter().filter(|column| is_filled(column)).count();
        let sparse = present * 2 < required.len() || (required.is_empty() && filled.len() <= 2);
        let entered = |own: &FilledCell<'_, '_>| match own.column.kind {
            CellKind::Choice(_) | CellKind::YesNo | CellKind::Percent | CellKind::System => false,
            _ => !is_zero(own.cell) && !is_placeholder(&fold(&own.cell.text)),
        };
        RowFacts {
            is_line: all && filled.iter().any(proper),
            is_priced: all,
            sparse,
            vague: read * 2 < required.len(),
            misfit: filled.iter().any(|own| !own.readable),
            expected: mapped.len(),
            nothing_entered: target.has_entries() && !filled.iter().any(entered),
            in_part: proposal.is_part,
            first_row: proposal.first_row,
            filled,
        }
    }

    pub(super) fn has_numbers(&self) -> bool {
        self.numbers().next().is_some()
    }

    /// The numbers under columns that add up.
    pub(super) fn numbers(&self) -> impl Iterator<Item = &'g WorkbookCell> + '_ {
        self.filled.iter().filter(|own| own.column.adds_up() && is_number(own.cell)).map(|own| own.cell)
    }

    /// The one text of a row that holds sums and rates besides.
    pub(super) fn section_label(&self) -> Option<FilledCell<'g, 't>> {
        let is_rate = |own: &&FilledCell<'_, '_>| own.column.kind == CellKind::Percent;
        let says = |own: &&FilledCell<'_, '_>| {
            is_text(own.cell) && !own.column.adds_up() && !(is_rate(own) && own.readable)
        };
        let mut labels = self.filled.iter().filter(says);
        let label = labels.next().copied()?;
        let mut others = self.filled.iter().filter(|own| !is_rate(own));
        let sums = others.all(|own| is_text(own.cell) || own.column.adds_up());
        (labels.next().is_none() && sums).then_some(label)
    }

    /// Whether the row belongs to something else than the table: none of its choices, prices, dates and rates reads,
    /// and it names nothing that a line above names.
    pub(super) fn is_foreign(&self, named_above: &BTreeSet<String>) -> bool {
        let typed = self.filled.iter().filter(|own| {
            !matches!(own.column.kind, CellKind::Text | CellKind::System | CellKind::Code | CellKind::Phone)
        });
        let (right, wrong): (Vec<&FilledCell<'_, '_>>, Vec<&FilledCell<'_, '_>>) =
            typed.partition(|own| own.readable);
        let only_counts = right.iter().all(|own| own.column.kind == CellKind::Count);
        let known = self.names().any(|name| named_above.contains(&name));
        !wrong.is_empty() && only_counts && (right.is_empty() || self.vague) && !known
    }

    /// What the row's system is called.
    pub(super) fn names(&self) -> impl Iterator<Item = String> + '_ {
        let systems = self.filled.iter().filter(|own| own.column.kind == CellKind::System);
        systems.map(|own| fold(&own.cell.text))
    }
}

fn is_sum(cell: &WorkbookCell) -> bool {
    let text = fold(&cell.text);
    is_text(cell) && total_word(&text).or_else(|| summing(&text)).is_some()
}

/// Whether a cell holds what its column asks for, as far as its kind goes.
fn is_readable(cell: &WorkbookCell, column: &ImportColumn) -> bool {
    match &column.kind {
        CellKind::Text | CellKind::System | CellKind::Code | CellKind::Phone => true,
        CellKind::Choice(options) => normal::choice(&cell.text, options).is_ok(),
        CellKind::YesNo => normal::yes_no(&cell.text).is_ok(),
        CellKind::Date => match cell.kind {
            WorkbookCellKind::Date => true,
            WorkbookCellKind::Number => cell.text.parse::<u32>().is_ok_and(|serial| serial >= 20_000),
            _ => normal::date(&cell.text).is_ok(),
        },
        CellKind::Percent => is_number(cell) || normal::percent(&cell.text, false).is_ok(),
        CellKind::Money | CellKind::Number | CellKind::Count => {
            is_number(cell) || normal::count(&cell.text).is_ok()
        }
    }
}
