//! 表头识别: finds the header row of a sheet and proposes which column holds which field.

use super::grid::Grid;
use super::normal::{CellKind, fold};
use super::synonyms;
use super::target::{ImportColumn, ImportTable, heading};
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
    /// Row of the headings, from 0.
    pub header_row: u32,
    /// Every column with a heading or content, in order.
    pub mapping: Vec<Mapped>,
}

/// One column of the sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapped {
    pub column: u32,
    /// The heading as written, empty when there is none.
    pub header: String,
    /// The field it is read into; `None` leaves the column out.
    pub field: Option<String>,
    /// The heading is one of the field's names, not just similar to one.
    pub sure: bool,
    /// Amounts in it are 万元.
    pub ten_thousands: bool,
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
}

/// The likeliest header of the whole workbook; `None` when no row looks like one.
pub fn propose(workbook: &Workbook, target: &ImportTable) -> Option<Proposal> {
    let mut best: Option<(u32, Proposal)> = None;
    for (index, sheet) in workbook.sheets.iter().enumerate() {
        if let Some((score, proposal)) = in_sheet(index, sheet, target)
            && best.as_ref().is_none_or(|(most, _)| score > *most)
        {
            best = Some((score, proposal));
        }
    }
    best.map(|(_, proposal)| proposal)
}

/// The mapping when a person says which row of which sheet is the header.
pub fn propose_at(
    workbook: &Workbook,
    sheet: usize,
    header_row: u32,
    target: &ImportTable,
) -> Option<Proposal> {
    let grid = Grid::new(workbook.sheets.get(sheet)?);
    let (_, mapping) = mapping_at(&grid, header_row, target);
    Some(Proposal { sheet, header_row, mapping })
}

fn in_sheet(index: usize, sheet: &Worksheet, target: &ImportTable) -> Option<(u32, Proposal)> {
    let grid = Grid::new(sheet);
    let mut best: Option<(u32, Proposal)> = None;
    for row in grid.rows().into_iter().take(SEARCHED_ROWS) {
        let (score, mapping) = mapping_at(&grid, row, target);
        if mapping.iter().filter(|m| m.field.is_some() && m.sure).count() < LEAST_FIELDS {
            continue;
        }
        let better = best.as_ref().is_none_or(|(most, found)| {
            // Headings merged over two rows count in both: the lower one is the last before the data.
            score > *most || (score == *most && row == found.header_row + 1)
        });
        if better {
            best = Some((score, Proposal { sheet: index, header_row: row, mapping }));
        }
    }
    best
}

/// How well a heading names a column.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    Similar = 1,
    OtherName = 3,
    Label = 4,
}

/// Maps the row's headings, best likeness first, each field once; the score is the sum of the likenesses.
fn mapping_at(grid: &Grid<'_>, row: u32, target: &ImportTable) -> (u32, Vec<Mapped>) {
    let mut mapping: Vec<Mapped> = (0..grid.width())
        .map(|column| {
            let header =
                grid.resolved(row, column).map_or_else(String::new, |cell| cell.text.trim().to_string());
            Mapped { column, header, field: None, sure: false, ten_thousands: false }
        })
        .collect();
    let likeliest = |a: &(Likeness, usize, usize), b: &(Likeness, usize, usize)| {
        b.0.cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2)))
    };
    let mut candidates = candidates(&mapping, target);
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
    mark_ten_thousands(grid, row, target, &mut mapping);
    (score, mapping)
}

fn candidates(mapping: &[Mapped], target: &ImportTable) -> Vec<(Likeness, usize, usize)> {
    let not_kept: BTreeSet<String> = synonyms::not_kept().map(heading).collect();
    let known: Vec<Vec<String>> = target.columns.iter().map(ImportColumn::headings).collect();
    let mut found = Vec::new();
    for (at, mapped) in mapping.iter().enumerate() {
        let written = heading(&mapped.header);
        if written.is_empty() || not_kept.contains(&written) {
            continue;
        }
        for (column, names) in known.iter().enumerate() {
            if let Some(likeness) = likeness(&written, names) {
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

/// 万元 in a money column's own heading, or in a 单位 note above the header.
fn mark_ten_thousands(grid: &Grid<'_>, header_row: u32, target: &ImportTable, mapping: &mut [Mapped]) {
    let note = grid.rows().into_iter().take_while(|row| *row < header_row).any(|row| {
        grid.row(row).map(|cell| fold(&cell.text)).any(|text| text.contains("单位") && text.contains("万元"))
    });
    for mapped in mapping {
        let column = mapped.field.as_deref().and_then(|field| target.column(field));
        if column.is_some_and(|column| column.kind == CellKind::Money) {
            mapped.ten_thousands = mapped.header.contains("万元") || (note && !mapped.header.contains('元'));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::import::sample::{hardware, sheet};
    use crate::exchange::import::workbook::Region;

    fn fields(proposal: &Proposal) -> Vec<(&str, Option<&str>)> {
        proposal.mapping.iter().map(|m| (m.header.as_str(), m.field.as_deref())).collect()
    }

    fn book(rows: &[&[&str]]) -> Workbook {
        Workbook { date_1904: false, sheets: vec![sheet("台账", rows)], ..Workbook::default() }
    }

    #[test]
    fn the_header_is_found_below_titles_and_each_field_is_taken_once() {
        let book = book(&[
            &["2024年硬件设备台账"],
            &["填表日期：2023年7月10日", "", "金额单位：元"],
            &[
                "序号",
                "所属系统",
                "设备类别",
                "名称",
                "设备名称（必填）",
                "台数",
                "购置单价（元）",
                "总价",
                "维保费率%",
            ],
            &["1", "甲系统", "服务器", "x", "服务器一号", "2", "100", "200", "5"],
        ]);
        let target = hardware();
        let proposal = propose(&book, &target).unwrap();
        assert_eq!(proposal.header_row, 2);
        assert_eq!(
            fields(&proposal),
            [
                ("序号", None),
                ("所属系统", Some("system")),
                ("设备类别", Some("kind")),
                ("名称", None),
                ("设备名称（必填）", Some("name")),
                ("台数", Some("quantity")),
                ("购置单价（元）", Some("unit_value")),
                ("总价", None),
                ("维保费率%", Some("rate")),
            ]
        );
        assert!(proposal.mapping.iter().all(|m| !m.ten_thousands));
        let missing: Vec<&str> = proposal.missing(&target).iter().map(|c| c.field.as_str()).collect();
        assert_eq!(missing, ["purchased", "service_mode"]);
    }

    #[test]
    fn a_person_corrects_a_column_and_the_field_moves() {
        let book = book(&[&["系统", "名称", "设备名称"]]);
        let mut proposal = propose_at(&book, 0, 0, &hardware()).unwrap();
        proposal.assign(1, Some("name"));
        assert_eq!(fields(&proposal)[1..], [("名称", Some("name")), ("设备名称", None)]);
        proposal.assign(1, None);
        assert_eq!(proposal.mapping[1].field, None);
    }

    #[test]
    fn the_best_sheet_wins_and_prose_is_no_header() {
        let prose = sheet("说明", &[&["请各部门按所属系统填报设备名称"], &["名称一栏必填"]]);
        let good = sheet("台账", &[&["所属系统", "设备名称", "数量"]]);
        let both = Workbook { date_1904: false, sheets: vec![prose.clone(), good], ..Workbook::default() };
        assert_eq!(propose(&both, &hardware()).unwrap().sheet, 1);
        assert_eq!(
            propose(&Workbook { date_1904: false, sheets: vec![prose], ..Workbook::default() }, &hardware()),
            None
        );
    }

    #[test]
    fn headings_merged_over_two_rows_are_read_with_the_lower_row() {
        let mut two = sheet(
            "台账",
            &[
                &["所属系统", "设备名称", "购置信息", ""],
                &["", "", "单价", "购置时间"],
                &["甲系统", "服务器", "1", "2019-01-01"],
            ],
        );
        two.merged = vec![
            Region { top: 0, left: 0, bottom: 1, right: 0 },
            Region { top: 0, left: 1, bottom: 1, right: 1 },
            Region { top: 0, left: 2, bottom: 0, right: 3 },
        ];
        let proposal =
            propose(&Workbook { date_1904: false, sheets: vec![two], ..Workbook::default() }, &hardware())
                .unwrap();
        assert_eq!(proposal.header_row, 1);
        let mapped: Vec<_> = proposal.mapping.iter().map(|m| m.field.as_deref()).collect();
        assert_eq!(mapped, [Some("system"), Some("name"), Some("unit_value"), Some("purchased")]);
    }

    #[test]
    fn ten_thousands_are_seen_in_the_heading_or_above_it() {
        let in_heading = book(&[&["设备名称", "数量", "单价（万元）"]]);
        assert!(propose(&in_heading, &hardware()).unwrap().mapping[2].ten_thousands);
        let above = book(&[&["单位：万元"], &["设备名称", "数量", "单价"]]);
        let mapping = propose(&above, &hardware()).unwrap().mapping;
        assert_eq!(mapping.iter().map(|m| m.ten_thousands).collect::<Vec<_>>(), [false, false, true]);
        let own = book(&[&["单位：万元"], &["设备名称", "数量", "单价（元）"]]);
        assert!(!propose(&own, &hardware()).unwrap().mapping[2].ten_thousands);
    }
}
