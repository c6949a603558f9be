//! 并排的表: the tables whose headings stand side by side in one row, each by its first and last column.

use super::grid::Grid;
use super::heading::Headings;
use super::synonyms;
use super::target::heading;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// First and last column.
pub(super) type Columns = (u32, u32);

/// The tables a row of headings belongs to, from left to right; one over the whole width where nothing divides it. A
/// table set in two halves side by side is one of several parts.
pub(super) fn of_row(grid: &Grid<'_>, row: u32) -> Vec<Vec<Columns>> {
    let (left, right) = grid.columns();
    let headings = Headings::new(grid, row);
    let names: Vec<String> = (left..=right).map(|column| heading(&headings.own(column))).collect();
    let name = |column: u32| names.get((column - left) as usize).map_or("", String::as_str);
    let mut starts = vec![(left, false)];
    for column in left + 1..=right {
        let Some((first, _)) = starts.last().copied() else { break };
        if name(column).is_empty() {
            continue;
        }
        let rest: Vec<&str> = (column..=right).map(name).take_while(|name| !name.is_empty()).collect();
        let own: Vec<&str> = (first..column).map(name).filter(|name| !name.is_empty()).collect();
        let again = repeats(&rest, &own);
        let after_gap = || grid.right_end(row, column - 1) < column && grid.is_empty_below(row, column - 1);
        if again || (name(column - 1).is_empty() && begins_table(&rest, &own) && after_gap()) {
            starts.push((column, again));
        }
    }
    let ends = starts.iter().skip(1).map(|(next, _)| next - 1).chain(std::iter::once(right));
    let mut tables: Vec<Vec<Columns>> = Vec::new();
    for ((start, again), end) in starts.iter().copied().zip(ends) {
        match tables.last_mut() {
            Some(table) if again => table.push((start, end)),
            _ => tables.push(vec![(start, end)]),
        }
    }
    tables
}

/// Whether headings behind an empty column are those of a table of their own: one of them names again what identifies
/// the lines before the gap.
fn begins_table(headings: &[&str], before: &[&str]) -> bool {
    let same = |one: &str, other: &str| {
        let both = |names: &BTreeSet<String>| names.contains(one) && names.contains(other);
        IDENTIFYING.iter().any(both)
    };
    headings.len() >= 2 && headings.iter().any(|name| before.iter().any(|other| same(name, other)))
}

/// The names of each field that identifies a line, and of its number.
static IDENTIFYING: LazyLock<Vec<BTreeSet<String>>> = LazyLock::new(|| {
    let names = |field: &&str| synonyms::of_field(field).map(heading).collect();
    let mut fields: Vec<BTreeSet<String>> = ["system", "name", "kind"].iter().map(names).collect();
    fields.push(BTreeSet::from(["序号".to_string()]));
    fields
});

/// Whether the headings begin again: a long list set in two columns.
fn repeats(headings: &[&str], before: &[&str]) -> bool {
    before.len() >= 2 && headings.len() >= 2 && headings[..2] == before[..2]
}

#[cfg(test)]
mod tests;
