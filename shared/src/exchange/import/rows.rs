//! Which rows of a sheet are not lines of the table: titles, sections, totals, units, numbers of columns, rows prepared
//! and not filled in, signatures, hidden rows and other tables.

use super::grid::Grid;
use super::header::Proposal;
use super::line_facts::{FilledCell, RowFacts};
use super::normal::{CellKind, fold};
use super::row_words::{
    ends_table, is_example, is_marked, is_placeholder, is_section_number, is_serial, opens_section, summing,
    total_word,
};
use super::sums::Sums;
use super::synonyms;
use super::target::{ImportColumn, ImportTable, heading};
use super::units;
use super::workbook::{WorkbookCell, WorkbookCellKind};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::LazyLock;

/// Why a row was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Skip {
    Title,
    /// The headings, again as on a printed page, or those above the last row of them.
    Header,
    /// 一、服务器类: what the lines below have in common.
    Section,
    Subtotal,
    Total,
    Blank,
    /// （台）（万元）（%）.
    Units,
    /// 栏次: 甲 乙 1 2 3.
    Numbering,
    /// Numbered and prepared with choices, but nothing was entered.
    Prefilled,
    /// Shows how to fill in the table.
    Example,
    Hidden,
    /// Belongs to another table on the same sheet.
    OtherTable,
    Footer,
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Skip::Title => "标题行",
            Skip::Header => "表头行",
            Skip::Section => "分组标题行",
            Skip::Subtotal => "小计行",
            Skip::Total => "合计行",
            Skip::Blank => "空行",
            Skip::Units => "计量单位行",
            Skip::Numbering => "栏次行",
            Skip::Prefilled => "预留未填的行",
            Skip::Example => "填写示例行",
            Skip::Hidden => "隐藏的行",
            Skip::OtherTable => "同一工作表上的另一张表",
            Skip::Footer => "表尾说明",
        })
    }
}

/// What a row below the header is, when it is not a line.
pub(super) fn skip(grid: &Grid<'_>, row: u32, proposal: &Proposal, facts: &RowFacts) -> Option<Skip> {
    let own: Vec<&WorkbookCell> = grid.row(row).collect();
    if own.is_empty() {
        return Some(Skip::Blank);
    }
    if grid.is_hidden_row(row) && !proposal.with_hidden {
        return Some(Skip::Hidden);
    }
    if repeats_header(grid, row, proposal) {
        return Some(Skip::Header);
    }
    if is_unit_row(grid, row) {
        return Some(if is_numbering(&own) { Skip::Numbering } else { Skip::Units });
    }
    let texts: Vec<String> =
        own.iter().filter(|c| c.kind == WorkbookCellKind::Text).map(|c| fold(&c.text)).collect();
    if facts.filled.is_empty() {
        return Some(unmapped(grid, row, &texts, proposal));
    }
    if texts.iter().any(|text| is_example(text)) {
        return Some(Skip::Example);
    }
    let sums = Sums { grid, facts };
    // A device may be called 合计, but hardly with the sums of the lines above it.
    let mut labels = facts.filled.iter().filter(|own| is_text(own.cell));
    if let Some(skip) = labels.find_map(|own| total_word(&fold(&own.cell.text)))
        && sums.hold_above(row)
    {
        return Some(skip);
    }
    if !facts.is_line
        && let Some(skip) = labelled(&sums, row, &texts, &own, facts)
    {
        return Some(skip);
    }
    facts.nothing_entered.then_some(Skip::Prefilled)
}

/// What a row of no line's form is by its words.
fn labelled(
    sums: &Sums<'_, '_, '_>,
    row: u32,
    texts: &[String],
    own: &[&WorkbookCell],
    facts: &RowFacts,
) -> Option<Skip> {
    if let Some(skip) = texts.iter().find_map(|text| total_word(text))
        && (facts.in_part || !(facts.is_priced && sums.fail_above(row)))
    {
        return Some(skip);
    }
    if let Some(skip) = texts.iter().find_map(|text| summing(text))
        && ((facts.sparse && (texts.len() == 1 || own.iter().any(|cell| is_number(cell))))
            || sums.hold_above(row))
    {
        return Some(skip);
    }
    let in_fields = || facts.filled.iter().any(|own| is_text(own.cell) && ends_table(&fold(&own.cell.text)));
    let begins = || texts.first().is_some_and(|text| ends_table(text));
    let signed = facts.misfit && (begins() || (facts.vague && in_fields()));
    if signed || (facts.sparse && texts.iter().any(|text| ends_table(text))) {
        return Some(Skip::Footer);
    }
    // Only sums under the columns that add up: a total without its word.
    let adds_up = facts.filled.iter().all(|own| is_number(own.cell) && own.column.adds_up());
    if texts.is_empty() && adds_up && facts.expected > 2 {
        return Some(Skip::Total);
    }
    if let Some(label) = facts.section_label()
        && facts.expected > 2
    {
        let words = [label.cell].into_iter().chain(own.iter().copied()).map(|cell| fold(&cell.text));
        let numbered = words.clone().any(|text| is_section_number(&text))
            || texts.iter().any(|text| opens_section(text));
        let marked = is_marked(&fold(&label.cell.text));
        // A device may be called 三 or 一、二期存储: under a name, the lines below must add up to its numbers.
        let in_name = matches!(label.column.field.as_str(), "name" | "spec");
        let holds = !in_name || !facts.has_numbers() || sums.hold_below(row);
        // 服务器类 with （万元） under the amounts: a line has a number there.
        let states_unit = |own: &FilledCell<'_, '_>| {
            own.column.kind == CellKind::Money && !units::in_unit_cell(&own.cell.text).is_silent()
        };
        let unit = facts.filled.iter().any(states_unit);
        if (holds && (numbered || (marked && facts.has_numbers()))) || (unit && !facts.has_numbers()) {
            return Some(Skip::Section);
        }
        // 服务器类 with the sums of its lines, and no name of its own.
        if !in_name && facts.sparse && facts.has_numbers() {
            if sums.hold_below(row) {
                return Some(Skip::Section);
            }
            if sums.hold_above(row) {
                return Some(Skip::Subtotal);
            }
        }
    }
    let alone = own.len() == 1 && texts.len() == 1 && !texts.iter().all(|text| is_placeholder(text));
    (facts.sparse && alone).then_some(Skip::Title)
}

impl ImportColumn {
    /// Kinds whose value on a total row is a sum.
    pub(super) fn adds_up(&self) -> bool {
        matches!(self.kind, CellKind::Money | CellKind::Count | CellKind::Number)
    }

    /// A price for one piece, which a careless total row sums up all the same.
    pub(super) fn is_price(&self) -> bool {
        ["unit_value", "unit_price", "monthly_price"].contains(&self.field.as_str())
    }

    /// Whether no total row fills the column: a date, a rate, a choice or a price for one piece.
    pub(super) fn is_lines_only(&self) -> bool {
        self.is_price()
            || matches!(self.kind, CellKind::Date | CellKind::Percent | CellKind::Choice(_) | CellKind::YesNo)
    }
}

impl ImportTable {
    /// Whether some column must be filled in by hand for a row to be a line.
    pub(super) fn has_entries(&self) -> bool {
        self.required().any(|column| {
            !matches!(
                column.kind,
                CellKind::Choice(_) | CellKind::YesNo | CellKind::Percent | CellKind::System
            )
        })
    }
}

pub(super) fn is_text(cell: &WorkbookCell) -> bool {
    cell.kind == WorkbookCellKind::Text
}

pub(super) fn is_number(cell: &WorkbookCell) -> bool {
    matches!(cell.kind, WorkbookCellKind::Number)
        || super::normal::money(&cell.text).is_ok()
        || super::normal::count(&cell.text).is_ok()
}

/// 0, an empty result and a dash fill nothing in.
pub(super) fn is_zero(cell: &WorkbookCell) -> bool {
    let text = fold(&cell.text);
    matches!(text.as_str(), "" | "-" | "--" | "—" | "/" | "0" | "0.0" | "0.00" | "¥0.00")
        || (is_number(cell) && super::normal::number(&cell.text).is_ok_and(|number| number == "0"))
        || (cell.kind == WorkbookCellKind::Error && cell.formula)
        || cell.kind == WorkbookCellKind::Uncomputed
}

/// A row with nothing under a mapped heading: a section title, a remark, or only its 序号.
fn unmapped(grid: &Grid<'_>, row: u32, texts: &[String], proposal: &Proposal) -> Skip {
    let meant = texts.iter().any(|text| !is_section_number(text) && !is_serial(text));
    if !meant {
        return Skip::Blank;
    }
    let footer = texts.iter().any(|text| ends_table(text));
    let named = proposal.mapping.iter().any(|mapped| grid.resolved(row, mapped.column).is_some());
    let section = texts.iter().any(|text| opens_section(text) || is_section_number(text));
    texts.iter().find_map(|text| total_word(text).or_else(|| summing(text))).unwrap_or(match () {
        () if footer => Skip::Footer,
        () if section && named => Skip::Section,
        () => Skip::Title,
    })
}

/// A row of nothing but units of measure, or of nothing but numbers of columns.
pub(super) fn is_unit_row(grid: &Grid<'_>, row: u32) -> bool {
    let own: Vec<&WorkbookCell> = grid.row(row).collect();
    if own.is_empty() {
        return false;
    }
    let texts = own.iter().all(|cell| is_text(cell) && units::is_unit_cell(&cell.text));
    texts || is_numbering(&own)
}

/// Numbers of columns that hold words.
const STEMS: &str = "甲乙丙丁戊己庚辛壬癸abcdefghijklmnopqrstuvwxyz";

/// 栏次, 甲, 乙, 1, 2, 3 = 1 × 2 …, each one more than the one before.
fn is_numbering(own: &[&WorkbookCell]) -> bool {
    let mut last = 0u32;
    let mut labelled = false;
    let mut stems = 0;
    for cell in own {
        let text = fold(&cell.text);
        let text = text.trim_matches(['(', ')', '[', ']']);
        let text = text.strip_prefix('第').and_then(|rest| rest.strip_suffix(['列', '栏'])).unwrap_or(text);
        let circled = text.chars().next().filter(|c| ('①'..='⑳').contains(c)).map(|c| u32::from(c) - 0x245f);
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        let rest = &text[digits.len()..];
        let is_formula = |rest: &str| {
            rest.is_empty()
                || (rest.starts_with('=')
                    && rest.chars().all(|c| c.is_ascii_alphanumeric() || "=+-*/×÷()%,".contains(c)))
        };
        let stem = |text: &str| {
            let mut rest = text.chars();
            let letter = rest.next().is_some_and(|c| STEMS.contains(c));
            letter && is_formula(rest.as_str())
        };
        match circled.or_else(|| digits.parse().ok().filter(|_| is_formula(rest))) {
            Some(number) if number == last + 1 => last = number,
            Some(_) => return false,
            None if matches!(text, "栏次" | "列次" | "行次" | "栏目" | "序号" | "栏号") => {
                labelled = true
            }
            None if matches!(text, "-" | "—" | "--" | "——" | "/" | "×" | "x") => {}
            None if stem(text) => stems += 1,
            None => return false,
        }
    }
    let numbers = usize::try_from(last).unwrap_or(0);
    numbers + stems >= 3 || (labelled && numbers + stems >= 1)
}

/// Every heading that any table is known by, folded for comparing.
pub(super) fn known_headings() -> &'static BTreeSet<String> {
    static KNOWN: LazyLock<BTreeSet<String>> =
        LazyLock::new(|| synonyms::all_headings().map(heading).filter(|text| !text.is_empty()).collect());
    &KNOWN
}

/// Whether a row looks like the headings of some table: texts only, most of them known headings.
pub(super) fn is_heading_row(grid: &Grid<'_>, row: u32) -> bool {
    names_headings(grid, row, known_headings())
}

pub(super) fn names_headings(grid: &Grid<'_>, row: u32, known: &BTreeSet<String>) -> bool {
    let own: Vec<&WorkbookCell> = grid.row(row).collect();
    if own.len() < 2 || !own.iter().all(|cell| is_text(cell)) {
        return false;
    }
    let named = own.iter().filter(|cell| known.contains(&heading(&cell.text))).count();
    named >= 2 && named * 2 >= own.len()
}

/// Whether another table begins in this row, below the proposal's own headings.
pub(super) fn ends_region(grid: &Grid<'_>, row: u32, proposal: &Proposal, known: &BTreeSet<String>) -> bool {
    row > proposal.header_row
        && names_headings(grid, row, known)
        && !repeats_header(grid, row, proposal)
        && !is_unit_row(grid, row)
}

/// The headings once more: the same words in most of the same columns.
pub(super) fn repeats_header(grid: &Grid<'_>, row: u32, proposal: &Proposal) -> bool {
    let (mut same, mut other) = (0, 0);
    for mapped in &proposal.mapping {
        let Some(cell) = grid.at(row, mapped.column) else { continue };
        if mapped.header.is_empty() || heading(&cell.text) != heading(&mapped.header) {
            other += 1;
        } else {
            same += 1;
        }
    }
    same >= 2 && same > other * 2
}
