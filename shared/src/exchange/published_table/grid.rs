//! A published table in a grid of texts: the clipboard, a text file, a worksheet.

use super::cell::{content, normal};
use super::spaced::grid_of_spaced;
use super::table::{FundLine, PrintedIndicator, PublishedTable, Text};
use crate::exchange::import::clipboard::parse;

type Grid = [Vec<String>];

/// Splits pasted text into a grid; columns are separated by tabs, and a quoted cell may hold line ends. In text copied from a PDF
/// they are separated by spaces.
///
/// # Errors
/// A line whose cells may stand in several ways, in Chinese.
pub fn grid_of_text(text: &str) -> Result<Vec<Vec<String>>, String> {
    let text = text.trim_start_matches('\u{feff}');
    if !text.contains('\t') {
        return grid_of_spaced(text);
    }
    let mut rows = parse(text);
    rows.iter_mut().flatten().for_each(|cell| *cell = cell.trim().to_string());
    Ok(rows)
}

/// Reads the table of a grid.
///
/// # Errors
/// Neither funds nor indicators were found; in Chinese, with what is looked for.
pub fn read(id: &str, grid: &Grid) -> Result<PublishedTable, String> {
    let anywhere = |word: &str| grid.iter().flatten().any(|cell| normal(cell).contains(word));
    let doc_type = if anywhere("自评") {
        "self_evaluation_table"
    } else if anywhere("绩效目标") {
        "target_table"
    } else {
        "budget_detail"
    };
    let funds = fund_lines(grid);
    let mut table = PublishedTable {
        id: id.to_string(),
        doc_type: doc_type.to_string(),
        year: grid.iter().flatten().find_map(|cell| year_of(cell)),
        money_unit: Some(if anywhere("(万元)") { "万元" } else { "元" }.to_string()),
        funds,
        ..PublishedTable::default()
    };
    let found = indicators(grid, &mut table);
    if !found && table.funds.is_empty() {
        return Err("没有找到表头：需要含“三级指标”的一行，或含“年初预算数、全年预算数、全年执行数、执行率”中两项的一行".into());
    }
    Ok(table)
}

/// The first 20xx that stands before 年度.
fn year_of(cell: &str) -> Option<u32> {
    let text = normal(cell);
    text.match_indices("年度").find_map(|(at, _)| {
        let before: Vec<char> = text.get(..at)?.chars().collect();
        let digits: String = before.get(before.len().checked_sub(4)?..)?.iter().collect();
        digits.starts_with("20").then(|| digits.parse().ok()).flatten()
    })
}

fn text_at(row: &[String], column: Option<usize>) -> Text {
    row.get(column?).map(|text| text.trim().to_string()).filter(|text| !text.is_empty())
}

const FUND_COLUMNS: [(&str, &[&str]); 7] = [
    ("initial", &["年初预算"]),
    ("adjusted", &["全年预算", "调整预算", "预算数(A)"]),
    ("executed", &["全年执行", "执行数", "实际支出"]),
    ("arrived", &["到位"]),
    ("rate", &["执行率"]),
    ("score", &["得分"]),
    ("weight", &["分值"]),
];

/// The columns of a header row, each key once.
fn fund_columns(row: &[String]) -> Vec<(&'static str, usize)> {
    let mut columns: Vec<(&'static str, usize)> = Vec::new();
    for (index, cell) in row.iter().enumerate() {
        let cell = normal(cell);
        let speaks = FUND_COLUMNS.iter().find(|(key, words)| {
            words.iter().any(|word| cell.contains(word)) && !columns.iter().any(|(taken, _)| taken == key)
        });
        columns.extend(speaks.map(|(key, _)| (*key, index)));
    }
    columns
}

/// How many of the columns of amounts of the funds are among these.
fn amount_columns(columns: &[(&str, usize)]) -> usize {
    let amounts = ["initial", "adjusted", "executed", "rate"];
    columns.iter().filter(|(key, _)| amounts.contains(key)).count()
}

fn fund_lines(grid: &Grid) -> Vec<FundLine> {
    let header = grid.iter().enumerate().map(|(index, row)| (index, fund_columns(row)));
    let Some((header, columns)) = header.into_iter().find(|(_, columns)| amount_columns(columns) >= 2) else {
        return Vec::new();
    };
    let first = columns.iter().map(|(_, column)| *column).min().unwrap_or(0);
    let below = grid.iter().skip(header + 1);
    below.map_while(|row| fund_line(row, first, &columns)).collect()
}

fn fund_line(row: &[String], first: usize, columns: &[(&str, usize)]) -> Option<FundLine> {
    let label = row.iter().take(first).rev().map(|cell| normal(cell)).find(|cell| !cell.is_empty())?;
    let label = label.strip_prefix("其中:").unwrap_or(&label);
    let sources = ["拨款", "结转", "其他", "自有", "本级", "上级", "省级", "市级", "县级"];
    let line = if label.contains("资金总额") { "total" } else { label };
    if line != "total" && !sources.iter().any(|word| label.contains(word)) {
        return None;
    }
    let at = |key: &str| text_at(row, columns.iter().find(|(own, _)| *own == key).map(|(_, column)| *column));
    Some(FundLine {
        line: line.to_string(),
        unit: None,
        initial: at("initial"),
        adjusted: at("adjusted"),
        executed: at("executed"),
        arrived: at("arrived"),
        weight: at("weight"),
        rate: at("rate"),
        score: at("score"),
    })
}

/// Where each column of the indicators stands.
struct IndicatorColumns {
    l1: Option<usize>,
    l2: Option<usize>,
    l3: Option<usize>,
    target: Option<usize>,
    actual: Option<usize>,
    weight: Option<usize>,
    score: Option<usize>,
    reason: Option<usize>,
}

impl IndicatorColumns {
    fn read(row: &[String]) -> Option<IndicatorColumns> {
        let column =
            |words: &[&str]| row.iter().position(|cell| words.iter().any(|word| normal(cell).contains(word)));
        Some(IndicatorColumns {
            l1: column(&["一级指标"]),
            l2: column(&["二级指标"]),
            l3: Some(column(&["三级指标"])?),
            target: column(&["指标值", "目标值"]),
            actual: column(&["完成值", "完成情况"]),
            weight: column(&["分值", "权重"]),
            score: column(&["得分", "自评分"]),
            reason: column(&["偏差", "原因"]),
        })
    }
}

/// Reads the indicators into `table`; false when the grid has none.
fn indicators(grid: &Grid, table: &mut PublishedTable) -> bool {
    let header = grid.iter().enumerate().find_map(|(index, row)| Some((index, IndicatorColumns::read(row)?)));
    let Some((header, columns)) = header else { return false };
    let (mut l1, mut l2): (Text, Text) = (None, None);
    for row in grid.iter().skip(header + 1) {
        if sums(row, &columns, &["总分", "合计"]) {
            table.published.weight_total = text_at(row, columns.weight);
            table.published.score_total = text_at(row, columns.score);
            (table.complete, table.rows_complete) = (true, true);
            break;
        }
        if amount_columns(&fund_columns(row)) >= 3 {
            // A second table begins, and the first has no total: it is cut.
            break;
        }
        let is_blank = row.iter().all(|cell| cell.trim().is_empty());
        if is_blank || repeats_heading(row) || sums(row, &columns, &["小计"]) {
            continue;
        }
        if let Some(text) = text_at(row, columns.l1) {
            let (name, weight) = header_weight(&text);
            if let Some(weight) = weight {
                print_header(&mut table.headers, &name, weight);
            }
            if l1.as_ref() != Some(&name) {
                (l1, l2) = (Some(name), None);
            }
        }
        l2 = text_at(row, columns.l2).or(l2);
        table.indicators.push(PrintedIndicator {
            l1: l1.clone(),
            l2: l2.clone(),
            l3: text_at(row, columns.l3),
            target: text_at(row, columns.target),
            actual: text_at(row, columns.actual),
            weight: text_at(row, columns.weight),
            score: text_at(row, columns.score),
            reason: text_at(row, columns.reason),
        });
    }
    true
}

/// Whether a row is named a sum by one of these words. An indicator may have the word in its name; it has a value to reach.
fn sums(row: &[String], columns: &IndicatorColumns, words: &[&str]) -> bool {
    let has_value = text_at(row, columns.target).or_else(|| text_at(row, columns.actual)).is_some();
    let names = |cell: &String| {
        let cell = normal(cell);
        words.iter().any(|word| if has_value { cell == *word } else { cell.contains(word) })
    };
    row.iter().take(3).any(names)
}

/// Whether a row is the heading once more, as after a page break: no indicator.
fn repeats_heading(row: &[String]) -> bool {
    let has = |word: &str| row.iter().any(|cell| normal(cell) == word);
    has("二级指标") && has("三级指标")
}

/// Notes the weight of a level; a sheet without merged cells prints it on every row.
fn print_header(headers: &mut Vec<(String, Text)>, name: &str, weight: String) {
    match headers.iter_mut().find(|(known, _)| known == name) {
        Some((_, printed)) => *printed = Some(weight),
        None => headers.push((name.to_string(), Some(weight))),
    }
}

/// `产出指标(50分)` as the name and its weight.
fn header_weight(text: &str) -> (String, Option<String>) {
    let plain = normal(text);
    let split = plain.strip_suffix(')').and_then(|rest| rest.split_once('('));
    if let Some((name, weight)) = split {
        let weight = weight.strip_suffix('分').unwrap_or(weight);
        if super::cell::amount(content(Some(weight))).is_some() {
            return (name.to_string(), Some(weight.to_string()));
        }
    }
    (plain, None)
}
