//! 表的范围: every row below the headings as a line or with the reason why it is none, up to another table.

use super::grid::Grid;
use super::header::Proposal;
use super::line_facts::RowFacts;
use super::rows::{self, Skip};
use super::target::ImportTable;
use std::collections::BTreeSet;

/// What the rows belong to that are not the table's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Other {
    /// A table with headings that some form knows.
    Headed,
    /// Something else after an empty row: a list with unknown headings, contacts, an account.
    Foreign,
}

/// The rows from the first possible line to the last of the sheet.
pub(super) fn rows_of(
    grid: &Grid<'_>,
    proposal: &Proposal,
    target: &ImportTable,
) -> Vec<(u32, Option<Skip>)> {
    let Some(last) = grid.rows().last().copied() else { return Vec::new() };
    let known = rows::known_headings();
    let mut other: Option<Other> = None;
    let mut after_gap = false;
    let mut named = BTreeSet::new();
    let mut found = Vec::new();
    for row in proposal.first_row..=last {
        if proposal.first_row > 0 && rows::ends_region(grid, row, proposal, known) {
            other = Some(Other::Headed);
        } else if other.is_some() && rows::repeats_header(grid, row, proposal) {
            other = None;
        }
        let facts = RowFacts::new(grid, row, proposal, target);
        let skip = rows::skip(grid, row, proposal, &facts);
        if skip == Some(Skip::Blank) {
            after_gap = true;
        }
        if skip.is_none() && proposal.first_row > 0 && other != Some(Other::Headed) {
            other = (match other {
                Some(_) => !facts.is_line,
                None => after_gap && facts.is_foreign(&named),
            })
            .then_some(Other::Foreign);
            if other.is_none() {
                named.extend(facts.names());
                after_gap = false;
            }
        }
        found.push((
            row,
            if other.is_some() && skip != Some(Skip::Blank) { Some(Skip::OtherTable) } else { skip },
        ));
    }
    found
}

#[cfg(test)]
mod tests;
