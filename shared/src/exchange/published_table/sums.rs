//! Sums of weights and scores, by group and for the document.

use super::cell::{self, level};
use super::reading::{LEVELS, RowReading, is_out_of_range};
use super::report::{TableFinding, TablePart};
use super::table::{FundLine, PublishedTable};
use crate::policy::grade::Grade;
use crate::policy::scoring;
use rust_decimal::Decimal;

/// `tab_score`: how far scores and totals may lie apart.
pub const TOLERANCE: Decimal = Decimal::from_parts(1, 0, 0, false, 1);

/// Whether two scores differ by more than the tolerance.
pub fn is_apart(printed: Decimal, expected: Decimal) -> bool {
    (printed - expected).abs() > TOLERANCE
}

/// How a wrong score came about.
pub fn how_off(score: Decimal, expected: Decimal, weight: Decimal) -> &'static str {
    if score >= weight {
        "full"
    } else if score == expected.floor() {
        "floor"
    } else if score == crate::kernel::money::half_up(expected, 0) {
        "integer"
    } else {
        "other"
    }
}

/// 预算执行: the line `total`.
#[derive(Clone, Debug, Default)]
pub struct ExecutionReading {
    pub index: Option<usize>,
    /// 全年预算数, else 年初预算数.
    pub budget: Option<Decimal>,
    pub executed: Option<Decimal>,
    pub weight: Option<Decimal>,
    pub score: Option<Decimal>,
    pub rate: Option<Decimal>,
    pub expected: Option<Decimal>,
}

/// 全年预算数 of a line, else its 年初预算数.
pub fn basis(line: &FundLine) -> Option<Decimal> {
    cell::amount(line.adjusted.as_deref()).or(cell::amount(line.initial.as_deref()))
}

impl ExecutionReading {
    pub fn read(table: &PublishedTable) -> ExecutionReading {
        let Some((index, line)) = table.funds.iter().enumerate().find(|(_, line)| line.line == "total")
        else {
            return ExecutionReading::default();
        };
        let (budget, executed) = (basis(line), cell::amount(line.executed.as_deref()));
        let weight = cell::amount(line.weight.as_deref());
        let both = budget.zip(executed);
        ExecutionReading {
            index: Some(index),
            budget,
            executed,
            weight,
            score: cell::amount(line.score.as_deref()),
            rate: both.and_then(|(budget, executed)| scoring::execution_rate(budget, executed)),
            expected: both
                .zip(weight)
                .and_then(|((budget, executed), weight)| scoring::execution_score(budget, executed, weight)),
        }
    }

    pub fn is_out_of_range(&self) -> bool {
        is_out_of_range(self.score, self.weight)
    }
}

/// Rows under one header weight.
struct Group<'g, 't> {
    key: &'g str,
    printed: &'g Option<String>,
    header: Decimal,
    rows: Vec<&'g RowReading<'t>>,
}

/// The figures of the whole table; `None` where one is missing.
#[derive(Clone, Copy, Debug, Default)]
pub struct TableSums {
    pub weights: Option<Decimal>,
    pub scores: Option<Decimal>,
    pub by_rule: Option<Decimal>,
}

fn is_goal(key: &str) -> bool {
    key.starts_with("年度绩效目标")
}

fn headers(table: &PublishedTable) -> impl Iterator<Item = (&str, &Option<String>, Decimal)> {
    table.headers.iter().filter_map(|(key, text)| Some((key.as_str(), text, cell::amount(text.as_deref())?)))
}

fn is_level_key(key: &str) -> bool {
    !is_goal(key) && LEVELS.contains(&level(Some(key)).as_str())
}

fn sum(values: impl Iterator<Item = Option<Decimal>>) -> Option<Decimal> {
    values.sum()
}

impl TableSums {
    pub fn of(table: &PublishedTable, rows: &[RowReading<'_>], execution: &ExecutionReading) -> TableSums {
        if !table.rows_complete {
            return TableSums::default();
        }
        let scored = execution.weight.is_some() || execution.score.is_some();
        let part = |value: Option<Decimal>| if scored { value } else { Some(Decimal::ZERO) };
        let with = |total: Option<Decimal>, part: Option<Decimal>| Some(total? + part?);
        let has_rows = !rows.is_empty();
        let total = |values: Option<Decimal>| values.filter(|_| has_rows);
        TableSums {
            weights: weights(table, rows).map(|sum| sum + execution.weight.unwrap_or_default()),
            scores: with(total(sum(rows.iter().map(|row| row.score))), part(execution.score)),
            by_rule: with(
                total(sum(rows.iter().map(|row| row.expected.or(row.score)))),
                part(execution.expected),
            ),
        }
    }
}

/// Σ of the row weights if all rows have one; if none has, of the level headers, else of the goals.
fn weights(table: &PublishedTable, rows: &[RowReading<'_>]) -> Option<Decimal> {
    if !rows.is_empty() && rows.iter().all(|row| row.weight.is_some()) {
        return sum(rows.iter().map(|row| row.weight));
    }
    if rows.iter().any(|row| row.weight.is_some()) {
        return None;
    }
    let of = |chosen: fn(&str) -> bool| {
        let chosen: Vec<Decimal> =
            headers(table).filter(|(key, ..)| chosen(key)).map(|(.., header)| header).collect();
        (!chosen.is_empty()).then(|| chosen.into_iter().sum())
    };
    of(is_level_key).or_else(|| of(is_goal))
}

/// The grade of a total up to 100.
pub fn grade_of(total: Decimal) -> Option<&'static str> {
    let bounds = [(90, Grade::Excellent), (80, Grade::Good), (60, Grade::Middling)];
    if total > Decimal::ONE_HUNDRED {
        return None;
    }
    let reached = bounds.into_iter().find(|(bound, _)| total >= Decimal::from(*bound));
    Some(reached.map_or(Grade::Poor, |(_, grade)| grade).label())
}

/// Findings of weights, totals, grade and balance, and of groups.
pub fn findings(
    table: &PublishedTable,
    rows: &[RowReading<'_>],
    execution: &ExecutionReading,
    sums: TableSums,
) -> Vec<TableFinding> {
    let document = |code, field| TableFinding::new(code, TablePart::Document, None, field);
    let published = &table.published;
    let mut found = Vec::new();
    let printed_weight = cell::amount(published.weight_total.as_deref());
    if let Some(sum) = sums.weights {
        let full = sum == Decimal::ONE_HUNDRED || (table.is_target_table() && sum == Decimal::from(90));
        if !full || printed_weight.is_some_and(|printed| printed != sum) {
            found.push(document("TAB-01", "weight_total").cell(&published.weight_total).expected(sum));
        }
    }
    let printed_total = cell::amount(published.score_total.as_deref());
    if let Some((printed, sum)) = printed_total.zip(sums.scores)
        && is_apart(printed, sum)
    {
        found.push(document("TAB-03", "score_total").cell(&published.score_total).expected(sum));
    }
    let printed_grade = published.grade.as_deref().and_then(|text| {
        let label = text.trim().chars().next()?.to_string();
        Grade::ALL.into_iter().map(Grade::label).find(|grade| *grade == label)
    });
    if let Some((printed, expected)) = printed_grade.zip(printed_total.and_then(grade_of))
        && printed != expected
    {
        let finding = document("TAB-09", "grade").cell(&published.grade);
        found.push(finding.expected_text(Some(expected.to_string())));
    }
    let balance = cell::amount(published.balance.as_deref());
    if let (Some(balance), Some(budget), Some(executed)) = (balance, execution.budget, execution.executed)
        && (balance - (budget - executed)).abs() > balance_room(&[balance, budget, executed])
    {
        found.push(document("TAB-17", "balance").cell(&published.balance).expected(budget - executed));
    }
    for (field, text) in [
        ("weight_total", &published.weight_total),
        ("score_total", &published.score_total),
        ("balance", &published.balance),
    ] {
        if cell::AmountCell::read(text.as_deref()) == cell::AmountCell::Broken {
            found.push(document("TAB-28", field).cell(text));
        }
    }
    if table.rows_complete {
        header_findings(table, &mut found);
        groups(table, rows).iter().for_each(|group| group_findings(group, &mut found));
    }
    found
}

/// How far a balance may lie off: twice half of the last printed decimal, of 分 at the coarsest.
fn balance_room(printed: &[Decimal]) -> Decimal {
    let decimals = printed.iter().map(Decimal::scale).max().unwrap_or_default().max(2);
    Decimal::new(1, decimals)
}

/// The only goal against the sum of the level headers.
fn header_findings(table: &PublishedTable, found: &mut Vec<TableFinding>) {
    let goals: Vec<_> = headers(table).filter(|(key, ..)| is_goal(key)).collect();
    let levels: Vec<Decimal> =
        headers(table).filter(|(key, ..)| is_level_key(key)).map(|(.., header)| header).collect();
    let [(key, printed, goal)] = goals.as_slice() else { return };
    let sum: Decimal = levels.iter().sum();
    if !levels.is_empty() && sum != *goal {
        let finding = TableFinding::new("TAB-02", TablePart::Document, None, "l1_weights");
        found.push(finding.cell(printed).expected(sum).about(key));
    }
}

/// The rows under each level header, and under each of several goals.
fn groups<'g, 't>(table: &'g PublishedTable, rows: &'g [RowReading<'t>]) -> Vec<Group<'g, 't>> {
    let several = headers(table).filter(|(key, ..)| is_goal(key)).count() > 1;
    let belongs = |row: &RowReading<'_>, key: &str| {
        let l1 = row.printed.l1.as_deref().unwrap_or("").trim();
        if let Some(number) = key.strip_prefix("年度绩效目标") {
            return l1.strip_prefix("目标").is_some_and(|rest| rest.split('/').next() == Some(number));
        }
        let goal = |text: &str| text.rsplit_once('/').map(|(goal, _)| goal.trim().to_string());
        let same_goal = goal(key).is_none_or(|wanted| goal(l1) == Some(wanted));
        row.l1 == level(Some(key)) && same_goal
    };
    let judged = headers(table).filter(|(key, ..)| if is_goal(key) { several } else { is_level_key(key) });
    let group = |(key, printed, header)| {
        let rows = rows.iter().filter(|row| belongs(row, key)).collect();
        Group { key, printed, header, rows }
    };
    judged.map(group).filter(|group| !group.rows.is_empty()).collect()
}

fn group_findings(group: &Group<'_, '_>, found: &mut Vec<TableFinding>) {
    let finding = |code, field| TableFinding::new(code, TablePart::Indicators, None, field).about(group.key);
    if group.rows.iter().all(|row| row.weight.is_some()) {
        let weights: Decimal = group.rows.iter().filter_map(|row| row.weight).sum();
        if weights != group.header {
            found.push(finding("TAB-02", "weight").cell(group.printed).expected(weights));
        }
        return;
    }
    let unweighted = group.rows.iter().all(|row| row.weight.is_none());
    let Some(scores) = sum(group.rows.iter().map(|row| row.score)).filter(|_| unweighted) else { return };
    if scores > group.header {
        found.push(finding("TAB-04", "score").printed(scores).expected(group.header));
    }
    let met = group.rows.iter().all(|row| row.is_met_by_number());
    if met && scores < group.header - TOLERANCE {
        found.push(finding("TAB-07", "score").printed(scores).expected(group.header));
    }
}
