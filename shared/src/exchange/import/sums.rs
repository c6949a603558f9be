//! 合计的验算: whether a row's numbers are the sums of lines near it, which tells a total from a device of that name.

use super::grid::Grid;
use super::line_facts::RowFacts;
use super::normal;
use super::rows::is_number;
use rust_decimal::Decimal;

pub(super) struct Sums<'f, 'g, 't> {
    pub grid: &'f Grid<'g>,
    pub facts: &'f RowFacts<'g, 't>,
}

impl Sums<'_, '_, '_> {
    /// Whether the row sums up lines above it.
    pub(super) fn hold_above(&self, row: u32) -> bool {
        self.hold((self.facts.first_row..row).rev())
    }

    /// Whether the row sums up lines below it, as the head of a section does.
    pub(super) fn hold_below(&self, row: u32) -> bool {
        let last = self.grid.rows().last().copied().unwrap_or(row);
        self.hold(row + 1..=last)
    }

    /// Whether lines stand above and the row sums up none of them.
    pub(super) fn fail_above(&self, row: u32) -> bool {
        let above = (self.facts.first_row..row).any(|above| self.numbers_in(above));
        above && self.facts.has_numbers() && !self.matches((self.facts.first_row..row).rev(), 1)
    }

    fn numbers_in(&self, row: u32) -> bool {
        self.facts.numbers().any(|cell| self.value(row, cell.column).is_some())
    }

    /// Every number sums up the same lines, or one of them at least two.
    fn hold(&self, rows: impl Iterator<Item = u32> + Clone) -> bool {
        let mut spans = self.facts.numbers().map(|cell| self.spans(cell.column, &cell.text, rows.clone()));
        let Some(first) = spans.next() else { return false };
        let rest: Vec<Vec<usize>> = spans.collect();
        let shared = first.iter().any(|span| rest.iter().all(|other| other.contains(span)));
        shared || std::iter::once(&first).chain(&rest).flatten().any(|span| *span >= 2)
    }

    /// Whether one number sums up at least so many lines.
    fn matches(&self, rows: impl Iterator<Item = u32> + Clone, least: usize) -> bool {
        let numbers = self.facts.numbers();
        numbers
            .into_iter()
            .any(|cell| self.spans(cell.column, &cell.text, rows.clone()).iter().any(|span| *span >= least))
    }

    /// How many lines next to the row add up to a number.
    fn spans(&self, column: u32, text: &str, rows: impl Iterator<Item = u32>) -> Vec<usize> {
        let Some(wanted) = amount(text) else { return Vec::new() };
        let (mut sum, mut count, mut spans) = (Decimal::ZERO, 0, Vec::new());
        for value in rows.filter_map(|row| self.value(row, column)) {
            sum = sum.checked_add(value).unwrap_or(Decimal::MAX);
            count += 1;
            if sum == wanted {
                spans.push(count);
            }
            if sum > wanted {
                break;
            }
        }
        spans
    }

    fn value(&self, row: u32, column: u32) -> Option<Decimal> {
        self.grid.at(row, column).filter(|cell| is_number(cell)).and_then(|cell| amount(&cell.text))
    }
}

fn amount(text: &str) -> Option<Decimal> {
    let stored = normal::stored_decimal(text).ok();
    let written = || normal::money(text).or_else(|_| normal::count(text)).ok()?.parse().ok();
    stored.or_else(written).filter(|value| !value.is_zero())
}
