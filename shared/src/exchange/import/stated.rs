//! 单位的说法: what a sheet says about how each column is counted, and from which row on: by its headings, by notes
//! around the table, by sections and repeated headings inside it.

use super::counted::{self, Counted, Speaks};
use super::grid::Grid;
use super::header::{Proposal, StatedUnit};
use super::heading::Headings;
use super::normal::CellKind;
use super::regions;
use super::row_words::section_level;
use super::rows::{self, Skip};
use super::siblings;
use super::surroundings::{SpokenRows, Surroundings, joined, statements};
use super::target::ImportTable;
use super::units::{self, UnitWord};

pub(super) type Place = (u32, u32);

/// Marks every mapped column with what is stated about its unit.
pub(super) fn mark_units(spoken: &SpokenRows<'_, '_>, target: &ImportTable, proposal: &mut Proposal) {
    let headings = Headings::new(spoken.table, proposal.header_row);
    let body = Body::new(spoken.table, proposal, target);
    let around = Surroundings { spoken, body: &body, headings_top: headings.top(), proposal };
    let (notes, texts_around) = (around.notes(), around.texts());
    for at in 0..proposal.mapping.len() {
        let mapped = &proposal.mapping[at];
        let Some(column) = mapped.field.as_deref().and_then(|field| target.column(field)) else { continue };
        let own = headings.unit(mapped.column, &column.kind);
        match column.kind {
            CellKind::Money => {
                let of_sibling = || siblings::unit(spoken.table, &body.line_rows(), proposal, mapped.column);
                let notes = notes.clone().or_else(|| of_sibling().filter(|_| own.is_none()));
                let mut history = History::new(own, notes);
                body.follow(mapped.column, headings.end(), &mut history);
                let spoken_of = headings.spoken(mapped.column).into_iter();
                let mut of_price = spoken_of.map(|text| (text, Speaks::OfThePrice));
                let mut around = texts_around.iter().map(|text| (text.clone(), Speaks::OfTheTable));
                let other = |(text, speaks): (String, Speaks)| counted::other_period(column, &text, speaks);
                if let Some(words) = of_price.find_map(other).or_else(|| around.find_map(other)) {
                    let at = (proposal.header_row, mapped.column);
                    history = History::unclear(words, at);
                }
                let mapped = &mut proposal.mapping[at];
                (mapped.unit, mapped.unit_at, mapped.later) = (history.unit, history.at, history.later);
            }
            CellKind::Count | CellKind::Number | CellKind::Percent => {
                let mapped = &mut proposal.mapping[at];
                mapped.measure = Counted::of(column).and_then(|_| headings.measure(mapped.column));
                let multiple = own.filter(|_| column.kind != CellKind::Percent);
                let (word, at) = multiple.map_or((UnitWord::Silent, None), |(word, at)| (word, Some(at)));
                (mapped.unit, mapped.unit_at) = (word, at);
            }
            _ => {}
        }
    }
}

/// What is stated about one column of amounts, from the top down.
struct History {
    unit: UnitWord,
    at: Option<Place>,
    later: Vec<StatedUnit>,
    /// The statement in force is the column's own, not one for the whole table.
    own: bool,
    /// A section that states its own unit, by its level: the next one of that level must do so too.
    section: Option<u32>,
}

impl History {
    fn new(own: Option<(UnitWord, Place)>, notes: Option<(UnitWord, Place)>) -> History {
        let (stated, is_own) = (own.clone().or(notes), own.is_some());
        let (unit, at) = stated.map_or((UnitWord::Silent, None), |(word, at)| (word, Some(at)));
        History { unit, at, later: Vec::new(), own: is_own, section: None }
    }

    fn unclear(words: String, at: Place) -> History {
        History::new(Some((UnitWord::Unclear(words), at)), None)
    }

    fn in_force(&self) -> &UnitWord {
        self.later.last().map_or(&self.unit, |stated| &stated.word)
    }

    fn change(&mut self, row: u32, word: UnitWord, at: Place) {
        if *self.in_force() != word {
            self.later.push(StatedUnit { from: row, word, at });
        }
    }

    /// A statement for all columns: it must agree with what a column says of itself.
    fn change_all(&mut self, row: u32, word: UnitWord, at: Place) {
        let word = if self.own { UnitWord::joined([self.in_force().clone(), word]) } else { word };
        self.change(row, word, at);
    }

    /// A statement that may count for the lines above it as for those below.
    fn doubt(&mut self, word: &UnitWord, at: Place) {
        if self.in_force() != word && !(self.own && self.later.is_empty()) {
            *self = History::unclear(word.words(), at);
        }
    }
}

/// The rows below the headings, each with the reason why it is no line.
pub(super) struct Body<'g, 'a> {
    pub grid: &'g Grid<'a>,
    pub rows: Vec<(u32, Option<Skip>)>,
    /// The first and the last line.
    pub lines: Option<(u32, u32)>,
}

impl<'g, 'a> Body<'g, 'a> {
    fn new(grid: &'g Grid<'a>, proposal: &Proposal, target: &ImportTable) -> Body<'g, 'a> {
        let rows = regions::rows_of(grid, proposal, target);
        let mut lines = rows.iter().filter(|(_, skip)| skip.is_none()).map(|(row, _)| *row);
        let first = lines.next();
        let lines = first.map(|first| (first, lines.next_back().unwrap_or(first)));
        Body { grid, rows, lines }
    }

    fn line_rows(&self) -> Vec<u32> {
        self.rows.iter().filter(|(_, skip)| skip.is_none()).map(|(row, _)| *row).collect()
    }

    fn is_inside(&self, row: u32) -> bool {
        self.lines.is_some_and(|(first, last)| (first..last).contains(&row))
    }

    pub(super) fn is_below(&self, row: u32) -> bool {
        self.lines.is_none_or(|(_, last)| row > last)
    }

    /// Follows what the rows of the table say about one column.
    fn follow(&self, column: u32, headings_end: u32, history: &mut History) {
        for (row, skip) in &self.rows {
            let (row, Some(skip)) = (*row, *skip) else { continue };
            match skip {
                // The rows of units right below the headings are part of them.
                Skip::Units if row <= headings_end => {}
                Skip::Header | Skip::Units if !self.is_below(row) => {
                    let stated = self.own_statement(row, column, skip);
                    match stated {
                        Some(word) => {
                            history.change(row, word, (row, column));
                            (history.own, history.section) = (true, None);
                        }
                        None if self.is_inside(row) && self.grid.row(row).count() == 1 => {
                            self.note_inside(row, history);
                        }
                        None => {}
                    }
                }
                Skip::Units => {
                    if let Some(word) = self.own_statement(row, column, skip) {
                        let word = UnitWord::joined([history.unit.clone(), word]);
                        (history.unit, history.at) = (word, Some((row, column)));
                    }
                }
                Skip::Section if !self.is_below(row) => self.section(row, history),
                Skip::Title | Skip::Footer if self.is_inside(row) => self.note_inside(row, history),
                Skip::Total | Skip::Subtotal => self.sum(row, history),
                _ => {}
            }
        }
    }

    /// What a repeated heading or a row of units says about its own column.
    fn own_statement(&self, row: u32, column: u32, skip: Skip) -> Option<UnitWord> {
        let cell = self.grid.at(row, column)?;
        let word = match skip {
            Skip::Header => units::in_heading(&cell.text),
            _ => units::in_unit_cell(&cell.text),
        };
        (!word.is_silent()).then_some(word)
    }

    fn section(&self, row: u32, history: &mut History) {
        let text = self.grid.row(row).next().map_or("", |cell| &cell.text);
        let level = section_level(text);
        match joined(statements(self.grid, row)) {
            Some((word, at)) => {
                history.change_all(row, word, at);
                history.section = Some(level);
            }
            None if history.section.is_some_and(|open| level <= open) => {
                let words = history.in_force().words();
                history.change(row, UnitWord::Unclear(words), (row, 0));
            }
            None => {}
        }
    }

    /// A note between lines speaks of those below it only where it says so.
    fn note_inside(&self, row: u32, history: &mut History) {
        let Some((word, at)) = joined(statements(self.grid, row)) else { return };
        let below = self
            .grid
            .row(row)
            .any(|cell| ["以下", "下列", "下表", "下面"].iter().any(|w| cell.text.contains(w)));
        if below {
            history.change_all(row, word, at);
        } else {
            history.doubt(&word, at);
        }
    }

    /// A sum with a unit where nothing else names one: the lines are probably counted in it too.
    fn sum(&self, row: u32, history: &mut History) {
        let cells = self.grid.row(row).filter(|cell| rows::is_text(cell));
        let words = cells.map(|cell| (units::in_note(&cell.text), (row, cell.column)));
        let Some((word, at)) = joined(words.filter(|(word, _)| !word.is_silent()).collect()) else { return };
        if history.in_force().is_silent() && word != UnitWord::Power(0) {
            *history = History::unclear(word.words(), at);
        }
    }
}

#[cfg(test)]
mod tests;
