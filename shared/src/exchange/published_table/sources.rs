//! Sources of funds: what the total line is made of, and what a source is made of in turn (其中 within 其中).

use super::cell::{self, content};
use super::funds::{MONEY, rounding_room};
use super::report::{TableFinding, TablePart};
use super::sums::ExecutionReading;
use super::table::{FundLine, PublishedTable};
use rust_decimal::Decimal;
use std::ops::Range;

/// Words of the levels of government that pay a part of 财政拨款.
const LEVELS: [&str; 14] = [
    "中央",
    "省",
    "市",
    "县",
    "区",
    "州",
    "乡",
    "镇",
    "上级",
    "本级",
    "地方",
    "一般公共预算",
    "政府性基金",
    "国有资本",
];

/// Most lines whose readings are compared; published tables have a dozen, and the readings grow with the square.
const MOST_LINES: usize = 40;

/// One way to read the lines: those in `parts` make up the line before them, all others the total.
struct Reading {
    parts: Range<usize>,
    found: Vec<TableFinding>,
}

/// TAB-12. A table does not print which line is part of which: of the readings it allows, the one with the fewest differences
/// counts; among equals one that begins with a 其中 of its own, else the plain one.
pub fn findings(table: &PublishedTable, execution: &ExecutionReading) -> Vec<TableFinding> {
    let Some((index, total)) = execution.index.and_then(|index| Some((index, table.funds.get(index)?)))
    else {
        return Vec::new();
    };
    let unit = |line: &FundLine| content(line.unit.as_deref()).map(str::to_string);
    if table.funds.iter().any(|line| unit(line) != unit(total)) {
        return Vec::new();
    }
    let readings = readings(table, index).into_iter().map(|parts| {
        let outer =
            (0..table.funds.len()).filter(|line| *line != index && !parts.contains(line)).collect::<Vec<_>>();
        let mut found = differences(table, index, &outer);
        if !parts.is_empty() {
            found.extend(differences(table, parts.start - 1, &parts.clone().collect::<Vec<_>>()));
        }
        Reading { parts, found }
    });
    let is_marked = |reading: &Reading| {
        !reading.parts.is_empty() && table.funds.get(reading.parts.start).is_some_and(|line| line.is_part)
    };
    let best = readings.min_by_key(|reading| (reading.found.len(), !is_marked(reading), reading.parts.len()));
    best.map(|reading| reading.found).unwrap_or_default()
}

/// No parts, and every run of lines that may be parts of the line before it: it begins with a 其中 of its own, or with a level of
/// government below 财政拨款.
fn readings(table: &PublishedTable, total: usize) -> Vec<Range<usize>> {
    let lines = &table.funds;
    let plain = 0..0;
    if lines.len() > MOST_LINES {
        return vec![plain];
    }
    let prints_parts = lines.iter().any(|line| line.is_part);
    let starts = |at: &usize| {
        let (Some(line), Some(above)) =
            (lines.get(*at), at.checked_sub(1).and_then(|above| lines.get(above)))
        else {
            return false;
        };
        let has_level = |line: &FundLine| LEVELS.iter().any(|word| line.line.contains(word));
        let of_government = above.line.contains("财政") && has_level(line) && !line.line.contains("结转");
        *at > total + 1 && (line.is_part || (prints_parts && of_government))
    };
    let runs =
        (0..lines.len()).filter(starts).flat_map(|from| (from + 1..=lines.len()).map(move |to| from..to));
    std::iter::once(plain).chain(runs).collect()
}

/// Each column in which the lines do not make up the line `whole`, with and without what was carried over.
fn differences(table: &PublishedTable, whole: usize, lines: &[usize]) -> Vec<TableFinding> {
    let mut found = Vec::new();
    let Some(sum_line) = table.funds.get(whole) else { return found };
    for (field, get) in MONEY {
        let Some(printed) = cell::amount(get(sum_line).as_deref()) else { continue };
        let amount = |line: &FundLine| {
            let carried = line.line.contains("结转") || line.line.contains("结余");
            Some((carried, cell::amount(get(line).as_deref())?))
        };
        let parts: Vec<(bool, Decimal)> =
            lines.iter().filter_map(|line| amount(table.funds.get(*line)?)).collect();
        if parts.is_empty() {
            continue;
        }
        let decimals = parts.iter().map(|(_, amount)| amount.scale()).chain([printed.scale()]).max();
        let differs = |with_carried: bool| {
            let counted = || parts.iter().filter(|(carried, _)| with_carried || !carried);
            let sum: Decimal = counted().map(|(_, amount)| *amount).sum();
            (sum - printed).abs() > rounding_room(decimals.unwrap_or(0), counted().count() + 1)
        };
        if differs(true) && differs(false) {
            let all = parts.iter().map(|(_, amount)| *amount).sum();
            let finding = TableFinding::new("TAB-12", TablePart::Funds, Some(whole), field);
            found.push(finding.cell(get(sum_line)).expected(all));
        }
    }
    found
}
