//! Findings of the funds part and of the items.

use super::cell::{self, AmountCell, content};
use super::report::{TableFinding, TablePart, two_decimals};
use super::sums::{ExecutionReading, basis, how_off, is_apart};
use super::table::{FundLine, PrintedItem, PublishedTable, Text};
use crate::kernel::money::half_up;
use rust_decimal::{Decimal, RoundingStrategy};

/// The key of a column of the funds, and how a line is asked for its cell.
pub type FundField = (&'static str, fn(&FundLine) -> &Text);

pub const MONEY: [FundField; 4] = [
    ("initial", |line| &line.initial),
    ("adjusted", |line| &line.adjusted),
    ("executed", |line| &line.executed),
    ("arrived", |line| &line.arrived),
];

const FIGURES: [FundField; 3] =
    [("weight", |line| &line.weight), ("rate", |line| &line.rate), ("score", |line| &line.score)];

pub fn findings(table: &PublishedTable, execution: &ExecutionReading) -> Vec<TableFinding> {
    let mut found = Vec::new();
    for (index, line) in table.funds.iter().enumerate() {
        line_findings(index, line, &mut found);
    }
    execution_findings(table, execution, &mut found);
    let mut units: Vec<&str> = Vec::new();
    for line in &table.funds {
        let unit = content(line.unit.as_deref());
        if let (Some(unit), Some(own)) = (unit, content(table.money_unit.as_deref()))
            && unit != own
            && !units.contains(&unit)
        {
            units.push(unit);
            let finding = TableFinding::new("TAB-43", TablePart::Funds, None, "unit");
            found.push(finding.about(&format!("{unit}/{own}")));
        }
    }
    found
}

fn at(code: &'static str, index: usize, field: &str) -> TableFinding {
    TableFinding::new(code, TablePart::Funds, Some(index), field)
}

fn line_findings(index: usize, line: &FundLine, found: &mut Vec<TableFinding>) {
    for (field, text) in MONEY.iter().chain(&FIGURES).map(|(field, get)| (field, get(line))) {
        if AmountCell::read(text.as_deref()) == AmountCell::Broken {
            found.push(at("TAB-28", index, field).cell(text));
        }
    }
    let (budget, executed) = (basis(line), cell::amount(line.executed.as_deref()));
    if let Some((budget, executed)) = budget.zip(executed) {
        if executed > budget {
            found.push(at("TAB-13", index, "executed").cell(&line.executed).expected(budget));
        }
        rate_findings(index, line, budget, executed, found);
    }
    if line.line != "total" {
        let score = cell::amount(line.score.as_deref()).is_some();
        let weight = cell::amount(line.weight.as_deref()).is_some();
        if score {
            found.push(at("TAB-14", index, "score").cell(&line.score));
        } else if weight {
            found.push(at("TAB-14", index, "weight").cell(&line.weight));
        }
    }
}

fn rate_findings(
    index: usize,
    line: &FundLine,
    budget: Decimal,
    executed: Decimal,
    found: &mut Vec<TableFinding>,
) {
    let Some(mut printed) = cell::amount(line.rate.as_deref()) else { return };
    let Some(exact) = executed.checked_mul(Decimal::ONE_HUNDRED).and_then(|part| part.checked_div(budget))
    else {
        return;
    };
    let mut decimals = printed.scale();
    let has_sign = line.rate.as_deref().is_some_and(|text| text.contains(['%', '％']));
    if !has_sign && printed <= Decimal::new(15, 1) {
        printed *= Decimal::ONE_HUNDRED;
        decimals = decimals.saturating_sub(2);
        found.push(at("TAB-27", index, "rate").cell(&line.rate).about("fraction"));
    }
    let expected = half_up(exact, decimals);
    if printed != expected {
        let cut = exact.round_dp_with_strategy(decimals, RoundingStrategy::ToZero);
        let how = if printed == cut { "truncated" } else { "other" };
        found.push(at("TAB-10", index, "rate").cell(&line.rate).expected(expected).how(how));
    }
}

fn execution_findings(table: &PublishedTable, execution: &ExecutionReading, found: &mut Vec<TableFinding>) {
    let Some(index) = execution.index else { return };
    let Some(line) = table.funds.get(index) else { return };
    if let (true, None, Some(rate)) =
        (table.is_self_evaluation(), content(line.rate.as_deref()), execution.rate)
    {
        found.push(at("TAB-15", index, "rate").expected_text(Some(two_decimals(rate))));
    }
    let score = || at("TAB-16", index, "score").cell(&line.score);
    if execution.score.is_some() && execution.budget.is_none_or(|budget| budget.is_zero()) {
        found.push(score().about("basis"));
    }
    if execution.is_out_of_range() {
        let finding = TableFinding { code: "TAB-05", ..score() };
        found.push(match execution.weight {
            Some(weight) => finding.expected(weight),
            None => finding,
        });
        return;
    }
    if let (Some(printed), Some(expected), Some(weight)) =
        (execution.score, execution.expected, execution.weight)
        && is_apart(printed, expected)
    {
        let how = how_off(printed, expected, weight);
        found.push(TableFinding { code: "TAB-11", ..score() }.expected(expected).how(how));
    }
}

/// ½ of the last printed decimal for each of `count` numbers.
pub fn rounding_room(decimals: u32, count: usize) -> Decimal {
    Decimal::new(5, decimals + 1) * Decimal::from(count)
}

/// Findings of the composition of the budget.
pub fn item_findings(table: &PublishedTable, execution: &ExecutionReading) -> Vec<TableFinding> {
    let mut found = Vec::new();
    let item = |code, index, field: &str| TableFinding::new(code, TablePart::Items, index, field);
    for (index, row) in table.items.iter().enumerate() {
        let amount = cell::amount(row.amount.as_deref());
        if AmountCell::read(row.amount.as_deref()) == AmountCell::Broken {
            found.push(item("TAB-28", Some(index), "amount").cell(&row.amount));
        }
        if let Some(text) = content(row.printed.as_deref())
            && cell::amount(Some(text)) != amount
        {
            let finding = item("TAB-28", Some(index), "printed").cell(&row.printed);
            found.push(match amount {
                Some(amount) => finding.expected(amount),
                None => finding,
            });
        }
        let name = content(row.name.as_deref());
        let earlier = table.items.iter().take(index).any(|other| content(other.name.as_deref()) == name);
        if name.is_some() && earlier {
            found.push(item("TAB-42", Some(index), "name").cell(&row.name));
        }
    }
    let amounts = table.items.iter().map(|row| row.amount.as_deref());
    found.extend(sum_finding("amount", None, &table.items_total, amounts));
    for (key, total) in &table.items_other_totals {
        let cells = table.items.iter().map(|row| column(row, key));
        found.extend(sum_finding(key, Some(key), total, cells));
    }
    for (key, total) in &table.items_group_totals {
        let rows = table.items.iter().filter(|row| row.group.as_deref() == Some(key.as_str()));
        found.extend(sum_finding("amount", Some(key), total, rows.map(|row| row.amount.as_deref())));
    }
    found.extend(total_finding(table, execution));
    found
}

fn column<'i>(row: &'i PrintedItem, key: &str) -> Option<&'i str> {
    row.columns.iter().find(|(own, _)| own == key).and_then(|(_, text)| text.as_deref())
}

fn sum_finding<'c>(
    field: &str,
    about: Option<&str>,
    total: &Text,
    cells: impl Iterator<Item = Option<&'c str>>,
) -> Option<TableFinding> {
    let printed = cell::amount(total.as_deref())?;
    let amounts: Vec<Decimal> = cells.filter_map(cell::amount).collect();
    let sum: Decimal = amounts.iter().sum();
    let decimals = amounts.iter().chain([&printed]).map(Decimal::scale).max()?;
    if amounts.is_empty() || (sum - printed).abs() <= rounding_room(decimals, amounts.len() + 1) {
        return None;
    }
    let finding = TableFinding::new("TAB-40", TablePart::Items, None, field).cell(total).expected(sum);
    Some(match about {
        Some(about) => finding.about(about),
        None => finding,
    })
}

/// The items' total against every amount of the total line, in 元.
fn total_finding(table: &PublishedTable, execution: &ExecutionReading) -> Option<TableFinding> {
    let own = content(table.money_unit.as_deref()).unwrap_or("元");
    let unit = content(table.items_unit.as_deref()).unwrap_or(own);
    if !["元", "万元"].contains(&unit) {
        return None;
    }
    let line = table.funds.get(execution.index?)?;
    let of_line = cell::yuan_per(content(line.unit.as_deref()).unwrap_or(own))?;
    let of_items = cell::yuan_per(unit)?;
    let printed = cell::amount(table.items_total.as_deref())?;
    let half = |number: Decimal, unit: Decimal| Decimal::new(5, number.scale() + 1) * unit;
    let agrees = |amount: &Decimal| {
        let room = half(printed, of_items) + half(*amount, of_line);
        (printed * of_items - amount * of_line).abs() <= room
    };
    let amounts: Vec<Decimal> =
        MONEY.iter().filter_map(|(_, get)| cell::amount(get(line).as_deref())).collect();
    if amounts.is_empty() || amounts.iter().any(agrees) {
        return None;
    }
    let finding = TableFinding::new("TAB-41", TablePart::Items, None, "amount").cell(&table.items_total);
    Some(match execution.budget {
        Some(budget) => finding.expected(budget),
        None => finding,
    })
}
