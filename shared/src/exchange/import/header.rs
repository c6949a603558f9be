//! 表头识别: finds the header row of a sheet and proposes which column holds which field.

use super::blocks::{self, Columns};
use super::grid::Grid;
use super::heading::{Headings, joined};
use super::rows;
use super::stated::mark_units;
use super::surroundings::SpokenRows;
use super::synonyms;
use super::target::{ImportColumn, ImportTable, heading};
use super::workbook::{Workbook, Worksheet};
use std::collections::BTreeSet;

pub use super::proposal::{Mapped, Proposal, StatedUnit};

/// Rows with content that are searched for the header.
const SEARCHED_ROWS: usize = 50;
/// Fields a row must name beyond doubt to be taken for the header.
const LEAST_FIELDS: usize = 2;

/// The likeliest header of the whole workbook; `None` when no row looks like one.
pub fn propose(workbook: &Workbook, target: &ImportTable) -> Option<Proposal> {
    let mut best: Option<(u32, Proposal)> = None;
    for index in 0..workbook.sheets.len() {
        if let Some((score, proposal)) = in_sheet(workbook, index, target)
            && best.as_ref().is_none_or(|(most, _)| score > *most)
        {
            best = Some((score, proposal));
        }
    }
    best.map(|(_, proposal)| proposal)
}

/// The likeliest header of one sheet.
pub fn propose_in(workbook: &Workbook, sheet: usize, target: &ImportTable) -> Option<Proposal> {
    in_sheet(workbook, sheet, target).map(|(_, proposal)| proposal)
}

/// The mapping when a person says which row of which sheet is the header.
pub fn propose_at(
    workbook: &Workbook,
    sheet: usize,
    header_row: u32,
    target: &ImportTable,
) -> Option<Proposal> {
    let worksheet = workbook.sheets.get(sheet)?;
    let grid = Grid::new(worksheet);
    let found = at_row(&grid, sheet, header_row, target);
    let best = found.into_iter().reduce(|best, other| if other.0 > best.0 { other } else { best });
    best.map(|(_, proposal)| with_units(worksheet, &grid, target, proposal))
}

/// The proposal with the units of its columns, once a person has given them to other fields.
pub fn restated(workbook: &Workbook, target: &ImportTable, proposal: Proposal) -> Proposal {
    match workbook.sheets.get(proposal.sheet) {
        Some(worksheet) if proposal.first_row > 0 => {
            with_units(worksheet, &Grid::new(worksheet), target, proposal)
        }
        _ => proposal,
    }
}

/// A rectangle without headings, as it is pasted: its columns are `fields` in their order.
pub fn headless(worksheet: &Worksheet, sheet: usize, fields: &[Option<String>]) -> Proposal {
    let width = Grid::new(worksheet).width();
    let mapped = |column: u32| Mapped {
        field: usize::try_from(column).ok().and_then(|at| fields.get(at).cloned().flatten()),
        sure: true,
        ..Mapped::new(column)
    };
    let mapping = (0..width).map(mapped).collect();
    Proposal { first_row: 0, ..Proposal::new(sheet, 0, (0, width.saturating_sub(1)), mapping) }
}

/// A table found in a workbook: which of `targets` it is, and how it would be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundTable {
    /// Index among the targets.
    pub target: usize,
    pub proposal: Proposal,
}

/// Every table of every sheet that looks like one of `targets`, each with the likeliest.
pub fn survey(workbook: &Workbook, targets: &[ImportTable]) -> Vec<FoundTable> {
    let mut found = Vec::new();
    for (sheet, worksheet) in workbook.sheets.iter().enumerate() {
        let grid = Grid::new(worksheet);
        let mut on_sheet: Vec<FoundTable> = Vec::new();
        for row in grid.rows() {
            let is_first = on_sheet.is_empty();
            if !is_first && !rows::is_heading_row(&grid, row) {
                continue;
            }
            for parts in blocks::of_row(&grid, row) {
                survey_row(&grid, &parts, sheet, row, targets, &mut on_sheet);
            }
        }
        found.extend(on_sheet.into_iter().map(|table| {
            let proposal = with_units(worksheet, &grid, &targets[table.target], table.proposal);
            FoundTable { proposal, ..table }
        }));
    }
    found
}

/// Adds the table whose headings stand in some columns of a row, unless it repeats the table above it.
fn survey_row(
    grid: &Grid<'_>,
    parts: &[Columns],
    sheet: usize,
    row: u32,
    targets: &[ImportTable],
    found: &mut Vec<FoundTable>,
) {
    let Some((first, last)) = parts.first().copied() else { return };
    let shares = |table: &FoundTable| {
        let (left, right) = table.proposal.columns;
        left <= last && first <= right
    };
    let above = found.iter().rposition(|table| table.proposal.header_row < row && shares(table));
    let before = above.map(|at| found[at].proposal.clone());
    let block = grid.between((first, last));
    if before.as_ref().is_some_and(|before| rows::repeats_header(&block, row, before)) {
        return;
    }
    let Some(mut table) = likeliest_at(grid, parts, sheet, row, targets) else { return };
    table.proposal.top = before.as_ref().map_or(0, |before| before.header_row + 1);
    // A header of two rows is found twice: the lower one names more columns.
    if let (Some(upper), Some(at)) = (before.filter(|before| before.header_row + 1 == row), above) {
        if upper.sure_fields() > table.proposal.sure_fields() {
            return;
        }
        table.proposal.top = upper.top;
        found.remove(at);
    }
    found.push(table);
}

fn likeliest_at(
    grid: &Grid<'_>,
    parts: &[Columns],
    sheet: usize,
    row: u32,
    targets: &[ImportTable],
) -> Option<FoundTable> {
    let mut best: Option<(u32, FoundTable)> = None;
    for (target, table) in targets.iter().enumerate() {
        let Some((score, proposal)) = of_parts(grid, parts, sheet, row, table) else { continue };
        if proposal.sure_fields() < LEAST_FIELDS {
            continue;
        }
        let missing = u32::try_from(proposal.missing(table).len()).unwrap_or(u32::MAX);
        let worth = (score * 2).saturating_sub(missing.saturating_mul(2));
        if best.as_ref().is_none_or(|(most, _)| worth > *most) {
            best = Some((worth, FoundTable { target, proposal }));
        }
    }
    best.map(|(_, table)| table)
}

fn in_sheet(workbook: &Workbook, index: usize, target: &ImportTable) -> Option<(u32, Proposal)> {
    let sheet = workbook.sheets.get(index)?;
    let grid = Grid::new(sheet);
    let mut best: Option<(u32, Proposal)> = None;
    for row in grid.rows().into_iter().take(SEARCHED_ROWS) {
        for (score, proposal) in at_row(&grid, index, row, target) {
            if proposal.sure_fields() < LEAST_FIELDS {
                continue;
            }
            let better = best.as_ref().is_none_or(|(most, found)| {
                // Headings merged over two rows count in both: the lower one is the last before the data.
                score > *most
                    || (score == *most && row == found.header_row + 1 && proposal.columns == found.columns)
            });
            if better {
                best = Some((score, proposal));
            }
        }
    }
    let (score, proposal) = best?;
    Some((score, with_units(sheet, &grid, target, proposal)))
}

/// The tables whose headings a row may hold, from left to right, each with its score.
fn at_row(grid: &Grid<'_>, sheet: usize, row: u32, target: &ImportTable) -> Vec<(u32, Proposal)> {
    let tables = blocks::of_row(grid, row);
    tables.iter().filter_map(|parts| of_parts(grid, parts, sheet, row, target)).collect()
}

/// The table in some columns of a row, with its further parts to the right.
fn of_parts(
    grid: &Grid<'_>,
    parts: &[Columns],
    sheet: usize,
    row: u32,
    target: &ImportTable,
) -> Option<(u32, Proposal)> {
    let headings = Headings::new(grid, row);
    let mut found = parts.iter().map(|columns| {
        let (score, mut proposal) = proposal_at(&grid.between(*columns), sheet, row, target);
        // A person may still take a column from outside.
        let outside = |column: u32| Mapped { header: headings.own(column), ..Mapped::new(column) };
        proposal.mapping.splice(0..0, (0..columns.0).map(outside));
        proposal.mapping.extend((columns.1 + 1..grid.width()).map(outside));
        proposal.is_part = parts.len() > 1;
        (score, proposal)
    });
    let (score, mut first) = found.next()?;
    first.further_parts = found.map(|(_, proposal)| proposal).collect();
    Some((score, first))
}

fn with_units(
    worksheet: &Worksheet,
    grid: &Grid<'_>,
    target: &ImportTable,
    mut proposal: Proposal,
) -> Proposal {
    let further_parts = std::mem::take(&mut proposal.further_parts);
    let last = further_parts.last().map_or(proposal.columns.1, |part| part.columns.1);
    let columns = (proposal.columns.0, last);
    let marked = |mut part: Proposal| {
        let table = grid.between(part.columns);
        mark_units(
            &SpokenRows { sheet: grid, name: &worksheet.name, columns, table: &table },
            target,
            &mut part,
        );
        part
    };
    let top = proposal.top;
    let further_parts = further_parts.into_iter().map(|part| marked(Proposal { top, ..part })).collect();
    Proposal { further_parts, ..marked(proposal) }
}

/// How well a heading names a column.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    Similar = 1,
    OtherName = 3,
    Label = 4,
}

/// Maps the row's headings, best likeness first, each field once; the score is the sum of the likenesses.
fn proposal_at(grid: &Grid<'_>, sheet: usize, row: u32, target: &ImportTable) -> (u32, Proposal) {
    let headings = Headings::new(grid, row);
    let (left, right) = grid.columns();
    let mut mapping: Vec<Mapped> = (left..=right)
        .map(|column| Mapped {
            last_column: grid.right_end(row, column),
            header: headings.own(column),
            hidden: grid.is_hidden_column(column),
            ..Mapped::new(column)
        })
        .collect();
    let likeliest = |a: &(Likeness, usize, usize), b: &(Likeness, usize, usize)| {
        b.0.cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2)))
    };
    let mut candidates = candidates(&headings, &mapping, target);
    // A row below the headings names nothing itself.
    if !candidates.iter().any(|(_, at, _)| grid.at(row, mapping[*at].column).is_some()) {
        candidates.clear();
    }
    candidates.sort_by(likeliest);
    let mut score = 0;
    let mut taken = BTreeSet::new();
    for (likeness, at, column) in &candidates {
        if mapping[*at].field.is_some() || !taken.insert(*column) {
            continue;
        }
        let rivals = candidates.iter().filter(|(l, a, _)| a == at && l == likeness).count();
        mapping[*at].field = Some(target.columns[*column].field.clone());
        mapping[*at].sure = *likeness > Likeness::Similar && rivals == 1;
        score += *likeness as u32;
    }
    (score, Proposal::new(sheet, row, (left, right), mapping))
}

fn candidates(
    headings: &Headings<'_, '_>,
    mapping: &[Mapped],
    target: &ImportTable,
) -> Vec<(Likeness, usize, usize)> {
    let not_kept: BTreeSet<String> = synonyms::not_kept().map(heading).collect();
    let known: Vec<Vec<String>> = target.columns.iter().map(ImportColumn::headings).collect();
    let mut found = Vec::new();
    for (at, mapped) in mapping.iter().enumerate().filter(|(_, mapped)| !mapped.hidden) {
        let written = heading(&mapped.header);
        // Of a heading merged over several columns only the first is named by it.
        if written.is_empty() || not_kept.contains(&written) {
            continue;
        }
        let grouped = joined(&headings.groups(mapped.column), &mapped.header);
        for (column, names) in known.iter().enumerate() {
            let with_group = || grouped.as_ref().filter(|grouped| names.contains(grouped));
            let own = likeness(&written, names);
            if with_group().is_some() {
                found.push((Likeness::OtherName.max(own.unwrap_or(Likeness::OtherName)), at, column));
            } else if let Some(likeness) = own {
                found.push((likeness, at, column));
            }
        }
    }
    found
}

/// `names` begins with the column's own label.
fn likeness(written: &str, names: &[String]) -> Option<Likeness> {
    if names.first().is_some_and(|label| label == written) {
        return Some(Likeness::Label);
    }
    if names.iter().any(|name| name == written) {
        return Some(Likeness::OtherName);
    }
    let length = |text: &str| text.chars().count();
    let mostly = |whole: &str, part: &str| {
        length(part) >= 2 && length(part) * 2 > length(whole) && whole.contains(part)
    };
    names.iter().any(|name| mostly(written, name) || mostly(name, written)).then_some(Likeness::Similar)
}

#[cfg(test)]
mod tests;
