//! Findings of single indicators.

use super::cell;
use super::reading::{LEVELS, RowComparison, RowReading};
use super::report::{TableFinding, TablePart};
use super::sums::{ExecutionReading, how_off, is_apart};
use super::table::PublishedTable;
use crate::policy::scoring::ScoringParameters;
use rust_decimal::Decimal;

pub const SECOND_LEVELS: [&str; 16] = [
    "数量",
    "质量",
    "时效",
    "成本",
    "经济成本",
    "社会成本",
    "生态环境成本",
    "经济效益",
    "社会效益",
    "生态效益",
    "环境效益",
    "可持续影响",
    "满意度",
    "服务对象满意度",
    "受益者满意度",
    "社会公众或服务对象满意度",
];

/// Collects the findings of every row, and those of the column as a whole.
pub fn findings(
    table: &PublishedTable,
    rows: &[RowReading<'_>],
    execution: &ExecutionReading,
    parameters: &ScoringParameters,
) -> Vec<TableFinding> {
    let mut found = Vec::new();
    let has_scores = rows.iter().any(|row| row.score.is_some());
    for row in rows {
        score_findings(table, row, parameters, &mut found);
        value_findings(row, parameters, &mut found);
        text_findings(table, row, execution, &mut found);
        let is_empty = cell::content(row.printed.score.as_deref()).is_none();
        if table.is_self_evaluation() && has_scores && is_empty {
            found.push(at("TAB-26", row, "score"));
        }
    }
    column_findings(table, rows, &mut found);
    found
}

fn at(code: &'static str, row: &RowReading<'_>, field: &str) -> TableFinding {
    TableFinding::new(code, TablePart::Indicators, Some(row.index), field)
}

fn score_findings(
    table: &PublishedTable,
    row: &RowReading<'_>,
    parameters: &ScoringParameters,
    found: &mut Vec<TableFinding>,
) {
    let score_cell = |code| at(code, row, "score").cell(&row.printed.score);
    if row.is_score_out_of_range() {
        let finding = score_cell("TAB-05");
        found.push(match row.weight {
            Some(weight) => finding.expected(weight),
            None => finding,
        });
    } else if let (Some(score), Some(weight)) = (row.score, row.weight) {
        if row.met == Some(true) && row.is_by_words {
            let least = weight * parameters.qualitative_full / Decimal::ONE_HUNDRED;
            if score < least {
                found.push(score_cell("TAB-07").expected(least).about("qualitative"));
            }
        } else if row.met == Some(true) && score < weight {
            found.push(score_cell("TAB-07").expected(weight));
        } else if let (Some(false), Some(expected)) = (row.met, row.expected)
            && is_apart(score, expected)
        {
            found.push(score_cell("TAB-06").expected(expected).how(how_off(score, expected, weight)));
        }
    }
    let is_short = row.score.zip(row.weight).is_some_and(|(score, weight)| score < weight);
    if table.rows_complete && !table.lacks_reasons && !row.has_reason && (is_short || row.met == Some(false))
    {
        found.push(at("TAB-08", row, "deviation_reason"));
    }
    for (field, text) in [("weight", &row.printed.weight), ("score", &row.printed.score)] {
        if cell::AmountCell::read(text.as_deref()) == cell::AmountCell::Broken {
            found.push(at("TAB-28", row, field).cell(text));
        }
    }
}

fn value_findings(row: &RowReading<'_>, parameters: &ScoringParameters, found: &mut Vec<TableFinding>) {
    let actual = |code| at(code, row, "actual").cell(&row.printed.actual);
    let target = |code| at(code, row, "target").cell(&row.printed.target);
    if let (Some(numbers), Some(cap), false) = (row.compared, parameters.over_cap, row.has_reason) {
        let forward = matches!(numbers.comparison, RowComparison::By(comparison) if !comparison.is_reverse());
        let over =
            || Some(numbers.actual.checked_mul(Decimal::ONE_HUNDRED)? > cap.checked_mul(numbers.target)?);
        if forward && numbers.target > Decimal::ZERO && over().unwrap_or(false) {
            found.push(actual("TAB-20").expected(numbers.target));
        }
    }
    if row.opposes_direction {
        found.push(target("TAB-21").about("direction"));
    }
    match (&row.target, &row.actual) {
        (Some(wanted), Some(given)) if cell::in_unit_of(wanted, given).is_none() => {
            found.push(actual("TAB-22").error().about("unit").expected_text(wanted.unit.clone()));
        }
        (Some(_), None) if row.actual_text().is_some() => found.push(actual("TAB-22").about("text")),
        (None, Some(_)) if row.target_text().is_some() => found.push(actual("TAB-22").about("text")),
        _ => {}
    }
    let cells = [
        (row.target_over_percent, &row.target, target("TAB-22")),
        (row.actual_over_percent, &row.actual, actual("TAB-22")),
    ];
    for (over, quantity, finding) in cells {
        let unit = quantity.as_ref().and_then(|quantity| quantity.unit.as_deref());
        if over {
            let finding = finding.about("percent");
            let misread = finding.printed.as_deref().is_some_and(is_misread_sign);
            found.push(if misread { finding.how("ocr_ge") } else { finding });
        } else if matches!(unit, Some("M" | "m" | "K" | "k")) {
            found.push(finding.about("ambiguous"));
        }
    }
    if row.actual.as_ref().is_some_and(cell::Quantity::is_inequality) {
        found.push(actual("TAB-23"));
    }
}

/// Whether a text is a 2 followed by a number up to 100: a ≥ that a scanner misread.
fn is_misread_sign(text: &str) -> bool {
    let text = cell::normal(text);
    let rest = text.strip_prefix('2').and_then(|rest| cell::amount(Some(rest)));
    rest.is_some_and(|number| number > Decimal::ZERO && number <= Decimal::ONE_HUNDRED)
}

fn text_findings(
    table: &PublishedTable,
    row: &RowReading<'_>,
    execution: &ExecutionReading,
    found: &mut Vec<TableFinding>,
) {
    let is_level = LEVELS.contains(&row.l1.as_str());
    if is_level && !table.lacks_values && row.score.is_some_and(|score| score > Decimal::ZERO) {
        let actual = || at("TAB-24", row, "actual").cell(&row.printed.actual);
        if row.target_text().is_none() && row.actual_text().is_none() {
            found.push(TableFinding { printed: None, ..actual() }.about("no data"));
        } else if row.l1 == "满意度" && row.target.is_none() && row.actual.is_none() {
            found.push(actual().about("satisfaction"));
        }
    }
    let target = || at("TAB-25", row, "target");
    match row.target_text() {
        None if holds_percent(row.name) => found.push(target().cell(&row.printed.l3).about("in name")),
        Some(text) if ["同指标", "同上", "见指标"].contains(&text) || text == row.name => {
            found.push(target().cell(&row.printed.target).about("repeats"));
        }
        _ => {}
    }
    let texts = [("l3", Some(row.name), &row.printed.l3), ("target", row.target_text(), &row.printed.target)];
    for (field, text, printed) in texts {
        if text.is_some_and(|text| counted_things(text) >= 3) {
            found.push(at("TAB-25", row, field).cell(printed).about("compound"));
        }
    }
    if execution.weight.is_some() && repeats_execution(table, row, execution) {
        found.push(at("TAB-29", row, "l3").cell(&row.printed.l3));
    }
    if is_level && row.l1 != "满意度" && row.name.contains("满意") {
        found.push(at("TAB-30", row, "l1").cell(&row.printed.l1));
    }
    if is_level && !row.l2.is_empty() && !SECOND_LEVELS.contains(&row.l2.as_str()) {
        found.push(at("TAB-32", row, "l2").cell(&row.printed.l2));
    }
    if let (Some(text), Some(year)) = (row.target_text(), table.year)
        && years_of(text).into_iter().any(|named| named > year)
    {
        found.push(at("TAB-33", row, "target").cell(&row.printed.target).expected(Decimal::from(year)));
    }
}

/// Whether the row measures the execution of the budget once more.
fn repeats_execution(table: &PublishedTable, row: &RowReading<'_>, execution: &ExecutionReading) -> bool {
    if ["执行率", "支出率", "预算完成率"].iter().any(|word| row.name.contains(word)) {
        return true;
    }
    if row.l1 == "成本" || ["成本", "经济成本"].contains(&row.l2.as_str()) {
        return false;
    }
    let table_unit = table.money_unit.as_deref().unwrap_or("元");
    let money = |quantity: &cell::Quantity| {
        let unit = quantity.unit.as_deref().unwrap_or(table_unit);
        quantity.number.checked_mul(cell::yuan_per(unit)?)?.checked_div(cell::yuan_per(table_unit)?)
    };
    let (target, actual) = (row.target.as_ref().and_then(money), row.actual.as_ref().and_then(money));
    let (budget, executed) = (execution.budget, execution.executed);
    budget.is_some() && executed.is_some() && budget != executed && target == budget && actual == executed
}

fn holds_percent(text: &str) -> bool {
    let text = cell::normal(text);
    text.match_indices('%')
        .any(|(at, _)| text.get(..at).is_some_and(|before| before.ends_with(|c: char| c.is_ascii_digit())))
}

/// How many numbers of a text count something: the next character is no mark, sign or part of a date.
fn counted_things(text: &str) -> usize {
    let text: Vec<char> = text.chars().collect();
    let mut counted = 0;
    for (index, pair) in text.windows(2).enumerate() {
        let [digit, next] = pair else { continue };
        let is_word = next.is_alphabetic() || (*next as u32) > 0x2FFF && next.is_alphanumeric();
        if digit.is_ascii_digit() && is_word && !"年月日号时点".contains(*next) && index < text.len() {
            counted += 1;
        }
    }
    counted
}

/// Every year 20xx that stands before a point, 年, a slash or a dash.
fn years_of(text: &str) -> Vec<u32> {
    let text: Vec<char> = cell::normal(text).chars().collect();
    let year = |(index, window): (usize, &[char])| {
        let (mark, digits) = window.split_last()?;
        let starts = index == 0 || !text.get(index - 1).is_some_and(char::is_ascii_digit);
        let digits: String = digits.iter().collect();
        let fits = starts && digits.starts_with("20") && ".年/-".contains(*mark);
        fits.then(|| digits.parse().ok()).flatten()
    };
    text.windows(5).enumerate().filter_map(year).collect()
}

fn column_findings(table: &PublishedTable, rows: &[RowReading<'_>], found: &mut Vec<TableFinding>) {
    let whole = |code, field| TableFinding::new(code, TablePart::Indicators, None, field);
    let targets: Vec<_> = rows.iter().filter_map(|row| row.target.as_ref()).collect();
    if table.is_target_table()
        && targets.len() >= 3
        && targets.iter().all(|target| target.comparison.is_none())
    {
        found.push(whole("TAB-21", "target").about("lost"));
    }
    let has_glyph = |row: &&RowReading<'_>| {
        cell::has_glyph(row.printed.target.as_deref()) || cell::has_glyph(row.printed.actual.as_deref())
    };
    let glyphs = rows.iter().filter(has_glyph).count();
    if glyphs > 0 {
        found.push(whole("TAB-27", "target").printed(Decimal::from(glyphs)).about("glyph"));
    }
    // A table that only scores, by levels of its own, as 部门整体 tables do, lacks none of these.
    let is_leveled = |row: &RowReading<'_>| row.l1.is_empty() || LEVELS.contains(&row.l1.as_str());
    let of_these = !table.lacks_values || rows.iter().any(is_leveled);
    if table.is_self_evaluation() && table.rows_complete && of_these {
        for wanted in ["产出", "效益", "满意度"] {
            let satisfied =
                |row: &RowReading<'_>| row.l1 == wanted || (wanted == "满意度" && row.name.contains("满意"));
            if !rows.iter().any(satisfied) {
                found.push(whole("TAB-31", "l1").about(wanted));
            }
        }
    }
}
