//! 读取方案: where a table lies and what each of its columns is read into; a person can correct every part of it.

use super::target::{ImportColumn, ImportTable};
use super::units::UnitWord;
use std::collections::BTreeSet;

/// Where the table lies in the workbook and what its columns are; a person can correct every part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Index of the sheet in the workbook.
    pub sheet: usize,
    /// Row of the headings, from 0; the last of them where there are several.
    pub header_row: u32,
    /// First row that may be a line.
    pub first_row: u32,
    /// First row that belongs to this table: 0, or past the table above it on the sheet.
    pub top: u32,
    /// First and last column of the table; other tables may stand to its left and right.
    pub columns: (u32, u32),
    /// Every column with a heading or content, in order.
    pub mapping: Vec<Mapped>,
    /// Hidden rows are lines too.
    pub with_hidden: bool,
    /// Further parts of the same table, set to its right under the same headings.
    pub further_parts: Vec<Proposal>,
    /// The table has several parts: a sum in one of them may count the lines of all.
    pub is_part: bool,
}

/// One column of the sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapped {
    pub column: u32,
    /// Last column under its heading, where that is merged over several.
    pub last_column: u32,
    /// The heading as written, empty when there is none.
    pub header: String,
    /// The field it is read into; `None` leaves the column out.
    pub field: Option<String>,
    /// The heading is one of the field's names, not just similar to one.
    pub sure: bool,
    /// What is stated about the unit of its amounts.
    pub unit: UnitWord,
    /// The cell that says so.
    pub unit_at: Option<(u32, u32)>,
    /// Statements inside the table, in order.
    pub later: Vec<StatedUnit>,
    /// The measure its counts are stated in: 年, 人天, ‰.
    pub measure: Option<&'static str>,
    /// The power of ten that a person has chosen instead.
    pub chosen: Option<i64>,
    /// The column is hidden on the sheet, so it is not proposed for any field.
    pub hidden: bool,
}

/// A unit that is stated for the rows from one on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatedUnit {
    pub from: u32,
    pub word: UnitWord,
    /// The cell that says so.
    pub at: (u32, u32),
}

impl Mapped {
    pub(super) fn new(column: u32) -> Mapped {
        Mapped {
            column,
            last_column: column,
            header: String::new(),
            field: None,
            sure: false,
            unit: UnitWord::Silent,
            unit_at: None,
            later: Vec::new(),
            measure: None,
            chosen: None,
            hidden: false,
        }
    }

    /// What is stated about the amounts of a row.
    pub(crate) fn unit_of(&self, row: u32) -> &UnitWord {
        let later = self.later.iter().rev().find(|stated| stated.from <= row);
        later.map_or(&self.unit, |stated| &stated.word)
    }

    /// What a person has chosen for a row: of a column that changes its unit, only what is unclear.
    pub(crate) fn chosen_for(&self, unit: &UnitWord) -> Option<i64> {
        self.chosen.filter(|_| self.later.is_empty() || !matches!(unit, UnitWord::Power(_)))
    }

    /// Every statement that is not understood, with its cell.
    pub(crate) fn unclear(&self) -> impl Iterator<Item = (&str, Option<(u32, u32)>)> {
        let later = self.later.iter().map(|stated| (&stated.word, Some(stated.at)));
        std::iter::once((&self.unit, self.unit_at)).chain(later).filter_map(|(word, at)| match word {
            UnitWord::Unclear(words) => Some((words.as_str(), at)),
            _ => None,
        })
    }
}

impl Proposal {
    /// A table of one part whose lines begin below its headings.
    pub(super) fn new(sheet: usize, header_row: u32, columns: (u32, u32), mapping: Vec<Mapped>) -> Proposal {
        Proposal {
            sheet,
            header_row,
            first_row: header_row.saturating_add(1),
            top: 0,
            columns,
            mapping,
            with_hidden: false,
            further_parts: Vec::new(),
            is_part: false,
        }
    }

    /// Gives `column` to `field`, taking the field from whichever column had it.
    pub fn assign(&mut self, column: u32, field: Option<&str>) {
        for part in &mut self.further_parts {
            let own = (column + part.columns.0).checked_sub(self.columns.0);
            if let Some(own) = own.filter(|own| *own <= part.columns.1) {
                part.assign(own, field);
            }
        }
        if field.is_some() {
            self.columns = (self.columns.0.min(column), self.columns.1.max(column));
        }
        for mapped in &mut self.mapping {
            if mapped.column == column {
                mapped.field = field.map(str::to_string);
                mapped.sure = true;
            } else if field.is_some() && mapped.field.as_deref() == field {
                mapped.field = None;
            }
        }
    }

    /// A person says what the amounts of a column are counted in, in every part of the table.
    pub fn count_in(&mut self, column: u32, power: i64) {
        let parts = || std::iter::once(&*self).chain(&self.further_parts);
        let inside = |part: &&Proposal| (part.columns.0..=part.columns.1).contains(&column);
        let offset = parts().find(inside).map_or(column, |part| column - part.columns.0);
        let own = |part: &Proposal| part.columns.0 + offset;
        for part in &mut self.further_parts {
            let column = own(part);
            part.choose(column, power);
        }
        self.choose(own(self), power);
    }

    fn choose(&mut self, column: u32, power: i64) {
        for mapped in self.mapping.iter_mut().filter(|mapped| mapped.column == column) {
            mapped.chosen = Some(power);
        }
    }

    /// Required columns that no column of the sheet is read into.
    pub fn missing<'t>(&self, target: &'t ImportTable) -> Vec<&'t ImportColumn> {
        let mapped: BTreeSet<&str> = self.mapping.iter().filter_map(|m| m.field.as_deref()).collect();
        target.required().filter(|column| !mapped.contains(column.field.as_str())).collect()
    }

    /// The mapped columns with what they are read into.
    pub(crate) fn columns<'p, 't>(
        &'p self,
        target: &'t ImportTable,
    ) -> impl Iterator<Item = (&'p Mapped, &'t ImportColumn)> {
        self.mapping.iter().filter_map(|mapped| Some((mapped, target.column(mapped.field.as_deref()?)?)))
    }

    /// Whether both read the same headings.
    pub fn is_same_table(&self, other: &Proposal) -> bool {
        let place = |proposal: &Proposal| (proposal.sheet, proposal.header_row, proposal.columns);
        place(self) == place(other)
    }

    pub(super) fn sure_fields(&self) -> usize {
        self.mapping.iter().filter(|mapped| mapped.field.is_some() && mapped.sure).count()
    }
}
