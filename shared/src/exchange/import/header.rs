//! 表头识别: finds the header row of a sheet and proposes which column holds which field.

use super::grid::Grid;
use super::heading::{BELOW, Headings, joined, other_period};
use super::normal::CellKind;
use super::rows;
use super::synonyms;
use super::target::{ImportColumn, ImportTable, heading};
use super::units::{self, UnitWord};
use super::workbook::{Workbook, Worksheet};
use std::collections::BTreeSet;

/// Rows with content that are searched for the header.
const SEARCHED_ROWS: usize = 50;
/// Fields a row must name beyond doubt to be taken for the header.
const LEAST_FIELDS: usize = 2;

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
    /// Every column with a heading or content, in order.
    pub mapping: Vec<Mapped>,
    /// Hidden rows are lines too.
    pub with_hidden: bool,
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
    /// The power of ten that a person has chosen instead.
    pub chosen: Option<i64>,
    /// The column is hidden on the sheet, so it is not proposed for any field.
    pub hidden: bool,
}

impl Proposal {
    /// Gives `column` to `field`, taking the field from whichever column had it.
    pub fn assign(&mut self, column: u32, field: Option<&str>) {
        for mapped in &mut self.mapping {
            if mapped.column == column {
                mapped.field = field.map(str::to_string);
                mapped.sure = true;
            } else if field.is_some() && mapped.field.as_deref() == field {
                mapped.field = None;
            }
        }
    }

    /// A person says what the amounts of a column are counted in.
    pub fn count_in(&mut self, column: u32, power: i64) {
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

    fn sure_fields(&self) -> usize {
        self.mapping.iter().filter(|mapped| mapped.field.is_some() && mapped.sure).count()
    }
}

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
    let (_, mut proposal) = proposal_at(&grid, sheet, header_row, target);
    mark_units(&grid, &worksheet.name, target, &mut proposal);
    Some(proposal)
}

/// A rectangle without headings, as it is pasted: its columns are `fields` in their order.
pub fn headless(worksheet: &Worksheet, sheet: usize, fields: &[Option<String>]) -> Proposal {
    let width = Grid::new(worksheet).width();
    let mapped = |column: u32| Mapped {
        column,
        last_column: column,
        header: String::new(),
        field: usize::try_from(column).ok().and_then(|at| fields.get(at).cloned().flatten()),
        sure: true,
        unit: UnitWord::Silent,
        unit_at: None,
        chosen: None,
        hidden: false,
    };
    let mapping = (0..width).map(mapped).collect();
    Proposal { sheet, header_row: 0, first_row: 0, top: 0, mapping, with_hidden: false }
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
        let mut top = 0;
        let mut above: Option<FoundTable> = None;
        for row in grid.rows() {
            if row < top || !rows::is_heading_row(&grid, row) && above.is_some() {
                continue;
            }
            let repeated =
                above.as_ref().is_some_and(|table| rows::repeats_header(&grid, row, &table.proposal));
            let likeliest = (!repeated).then(|| likeliest_at(&grid, sheet, row, targets)).flatten();
            let Some(mut table) = likeliest else { continue };
            table.proposal.top = top;
            // A header of two rows is found twice: the lower one names more columns.
            let same = above.as_ref().filter(|before| before.proposal.header_row + 1 == row);
            if let Some(before) = same {
                if before.proposal.sure_fields() > table.proposal.sure_fields() {
                    continue;
                }
                table.proposal.top = before.proposal.top;
                found.pop();
            }
            mark_units(&grid, &worksheet.name, &targets[table.target], &mut table.proposal);
            top = row + 1;
            above = Some(table.clone());
            found.push(table);
        }
    }
    found
}

fn likeliest_at(grid: &Grid<'_>, sheet: usize, row: u32, targets: &[ImportTable]) -> Option<FoundTable> {
    let mut best: Option<(u32, FoundTable)> = None;
    for (target, table) in targets.iter().enumerate() {
        let (score, proposal) = proposal_at(grid, sheet, row, table);
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
        let (score, proposal) = proposal_at(&grid, index, row, target);
        if proposal.sure_fields() < LEAST_FIELDS {
            continue;
        }
        let better = best.as_ref().is_none_or(|(most, found)| {
            // Headings merged over two rows count in both: the lower one is the last before the data.
            score > *most || (score == *most && row == found.header_row + 1)
        });
        if better {
            best = Some((score, proposal));
        }
    }
    let (score, mut proposal) = best?;
    mark_units(&grid, &sheet.name, target, &mut proposal);
    Some((score, proposal))
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
    let mut mapping: Vec<Mapped> = (0..grid.width())
        .map(|column| Mapped {
            column,
            last_column: grid.right_end(row, column),
            header: headings.own(column),
            field: None,
            sure: false,
            unit: UnitWord::Silent,
            unit_at: None,
            chosen: None,
            hidden: grid.is_hidden_column(column),
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
    let first_row = row.saturating_add(1);
    (score, Proposal { sheet, header_row: row, first_row, top: 0, mapping, with_hidden: false })
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

/// What is stated about the amounts of each column: by its headings, else by the notes around the table.
fn mark_units(grid: &Grid<'_>, sheet: &str, target: &ImportTable, proposal: &mut Proposal) {
    let headings = Headings::new(grid, proposal.header_row);
    let note = note(grid, sheet, headings.top(), proposal, target);
    for mapped in &mut proposal.mapping {
        let Some(column) = mapped.field.as_deref().and_then(|field| target.column(field)) else { continue };
        let amounts = column.kind == CellKind::Money;
        let counts = matches!(column.kind, CellKind::Count | CellKind::Number);
        if !(amounts || counts) {
            continue;
        }
        let stated = headings.unit(mapped.column, &column.kind).or_else(|| note.clone().filter(|_| amounts));
        if let Some((word, at)) = stated {
            (mapped.unit, mapped.unit_at) = (word, Some(at));
        }
        if other_period(&mapped.header, column) {
            let at = Some((proposal.header_row, mapped.column));
            (mapped.unit, mapped.unit_at) = (UnitWord::Unclear(mapped.header.clone()), at);
        }
    }
}

/// What the notes above and below the table and the sheet's name say about its amounts.
fn note(
    grid: &Grid<'_>,
    sheet: &str,
    headings_top: u32,
    proposal: &Proposal,
    target: &ImportTable,
) -> Option<(UnitWord, (u32, u32))> {
    let mut stated: Vec<(UnitWord, (u32, u32))> = Vec::new();
    let known = rows::known_headings();
    for row in grid.rows() {
        let above = row >= proposal.top && row < headings_top;
        let is_nearby = (headings_top..=proposal.header_row).contains(&row);
        let below = row > proposal.header_row;
        if below && rows::ends_region(grid, row, proposal, &known) {
            break;
        }
        // A row of units right below the headings says something of its columns alone.
        let speaks = |skip: rows::Skip| {
            skip.is_note() || (skip == rows::Skip::Units && row > proposal.header_row + BELOW)
        };
        if !(above || is_nearby || below && rows::skip(grid, row, proposal, target).is_some_and(speaks)) {
            continue;
        }
        for cell in grid.row(row) {
            let mapped = proposal.mapping.iter().any(|m| m.column == cell.column && m.field.is_some());
            if is_nearby && mapped {
                continue;
            }
            let word = if is_nearby { UnitWord::Silent } else { units::in_note(&cell.text) };
            let word =
                if is_nearby && cell.text.contains("单位") { units::in_note(&cell.text) } else { word };
            if !word.is_silent() {
                stated.push((word, (row, cell.column)));
            }
        }
    }
    let at = stated.first().map(|(_, at)| *at);
    let word = UnitWord::joined(stated.into_iter().map(|(word, _)| word));
    let named = || Some(units::in_note(sheet)).filter(|word| matches!(word, UnitWord::Power(_)));
    match at {
        Some(at) => Some((word, at)),
        None => named().map(|word| (word, (proposal.header_row, 0))),
    }
}

#[cfg(test)]
mod tests;
