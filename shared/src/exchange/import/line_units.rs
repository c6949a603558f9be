//! 行内单位: what the cells of a line outside the fields say about its amounts: a column 金额单位, a remark 单位：万元.

use super::grid::Grid;
use super::header::{Mapped, Proposal};
use super::rows::is_text;
use super::stated::Place;
use super::surroundings::joined;
use super::units::{self, UnitWord};

pub(super) struct LineUnits<'p> {
    /// Columns of units, each with whether some line counts in another unit than 元: an empty cell then says nothing sure.
    unit_columns: Vec<(&'p Mapped, bool)>,
    remarks: Vec<&'p Mapped>,
}

impl<'p> LineUnits<'p> {
    pub(super) fn new(grid: &Grid<'_>, proposal: &'p Proposal) -> LineUnits<'p> {
        let (left, right) = proposal.columns;
        let outside = proposal.mapping.iter().filter(|mapped| {
            let free = mapped.field.is_none() || mapped.field.as_deref() == Some("basis");
            free && (left..=right).contains(&mapped.column)
        });
        let is_units = |mapped: &&Mapped| ["单位", "币种"].iter().any(|word| mapped.header.contains(word));
        let (units, remarks): (Vec<&Mapped>, Vec<&Mapped>) = outside.partition(is_units);
        let rows = grid.rows();
        let counts = |mapped: &Mapped| {
            let mut below = rows.iter().filter(|row| **row >= proposal.first_row);
            below.any(|row| !matches!(unit_cell(grid, *row, mapped), UnitWord::Silent | UnitWord::Power(0)))
        };
        LineUnits {
            unit_columns: units.into_iter().map(|mapped| (mapped, counts(mapped))).collect(),
            remarks,
        }
    }

    /// What one line says, with the cell that says it.
    pub(super) fn of(&self, grid: &Grid<'_>, row: u32) -> Option<(UnitWord, Place)> {
        let of_units = self.unit_columns.iter().map(|(mapped, counts)| {
            let is_empty = grid.resolved(row, mapped.column).is_none();
            match is_empty && *counts {
                true => (UnitWord::Unclear(mapped.header.clone()), mapped.column),
                false => (unit_cell(grid, row, mapped), mapped.column),
            }
        });
        let of_remarks = self.remarks.iter().map(|mapped| (remark(grid, row, mapped), mapped.column));
        let stated = of_units.chain(of_remarks).filter(|(word, _)| !word.is_silent());
        joined(stated.map(|(word, column)| (word, (row, column))).collect())
    }
}

fn unit_cell(grid: &Grid<'_>, row: u32, mapped: &Mapped) -> UnitWord {
    let cell = grid.resolved(row, mapped.column).filter(|cell| is_text(cell));
    cell.map_or(UnitWord::Silent, |cell| units::in_unit_cell(&cell.text))
}

fn remark(grid: &Grid<'_>, row: u32, mapped: &Mapped) -> UnitWord {
    let Some(cell) = grid.at(row, mapped.column).filter(|cell| is_text(cell)) else {
        return UnitWord::Silent;
    };
    match units::in_note(&cell.text) {
        // A long remark may speak of anything.
        UnitWord::Power(power) if cell.text.chars().count() > 12 => {
            UnitWord::Unclear(units::unit_name(power))
        }
        word => word,
    }
}
