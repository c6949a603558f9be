//! Which rows of a sheet are not lines of the table: titles, subtotals, blanks, footers.

use super::grid::Grid;
use super::header::Proposal;
use super::normal::fold;
use super::target::ImportTable;
use super::workbook::WorkbookCellKind;
use serde::Serialize;
use std::fmt;

/// Why a row was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Skip {
    Title,
    /// The headings again, as on a printed page.
    Header,
    Subtotal,
    Total,
    Blank,
    Footer,
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Skip::Title => "标题行",
            Skip::Header => "重复的表头",
            Skip::Subtotal => "小计行",
            Skip::Total => "合计行",
            Skip::Blank => "空行",
            Skip::Footer => "表尾说明",
        })
    }
}

/// What a row below the header is, when it is not a line. A row that fills most of the required columns is a
/// line whatever its words: a device may be called 合计显示屏.
pub(super) fn skip(grid: &Grid<'_>, row: u32, proposal: &Proposal, target: &ImportTable) -> Option<Skip> {
    let own: Vec<_> = grid.row(row).collect();
    let filled = |column: u32| grid.at(row, column).is_some();
    if !proposal.columns(target).any(|(mapped, _)| filled(mapped.column)) {
        return Some(unmapped(grid, row));
    }
    if repeats_header(grid, row, proposal) {
        return Some(Skip::Header);
    }
    let wanted: Vec<u32> =
        proposal.columns(target).filter(|(_, c)| c.required).map(|(mapped, _)| mapped.column).collect();
    let present = wanted.iter().filter(|column| grid.resolved(row, **column).is_some()).count();
    let sparse = present * 2 < wanted.len() || (wanted.is_empty() && own.len() <= 2);
    if !sparse {
        return None;
    }
    let texts: Vec<String> =
        own.iter().filter(|c| c.kind == WorkbookCellKind::Text).map(|c| fold(&c.text)).collect();
    texts.iter().find_map(|text| summing(text)).or_else(|| {
        let footer = texts.iter().any(|text| ends_table(text));
        let alone = own.len() == 1 && texts.len() == 1;
        if footer { Some(Skip::Footer) } else { alone.then_some(Skip::Title) }
    })
}

/// A row with nothing under a mapped heading: a section title, a remark, or only its 序号.
fn unmapped(grid: &Grid<'_>, row: u32) -> Skip {
    let texts: Vec<String> =
        grid.row(row).filter(|c| c.kind == WorkbookCellKind::Text).map(|c| fold(&c.text)).collect();
    match texts.first() {
        None => Skip::Blank,
        Some(_) => texts
            .iter()
            .find_map(|text| summing(text))
            .unwrap_or(if texts.iter().any(|text| ends_table(text)) { Skip::Footer } else { Skip::Title }),
    }
}

fn summing(text: &str) -> Option<Skip> {
    let bare = text.trim_end_matches([':', '：']);
    if bare.ends_with("小计") || bare.starts_with("小计") {
        return Some(Skip::Subtotal);
    }
    ["合计", "总计", "共计", "累计"]
        .iter()
        .any(|word| bare.starts_with(word) || bare.ends_with(word))
        .then_some(Skip::Total)
}

fn ends_table(text: &str) -> bool {
    const OPENINGS: [&str; 15] = [
        "审核人",
        "审核:",
        "审批",
        "制表人",
        "制表:",
        "填表",
        "复核",
        "负责人",
        "经办人",
        "联系人",
        "备注:",
        "说明",
        "注:",
        "注1",
        "单位盖章",
    ];
    OPENINGS.iter().any(|opening| text.starts_with(opening))
        || text.contains("(盖章)")
        || text.contains("(签字)")
}

fn repeats_header(grid: &Grid<'_>, row: u32, proposal: &Proposal) -> bool {
    let mut same = 0;
    for mapped in &proposal.mapping {
        let Some(cell) = grid.at(row, mapped.column) else { continue };
        if mapped.header.is_empty() || fold(&cell.text) != fold(&mapped.header) {
            return false;
        }
        same += 1;
    }
    same >= 2
}
