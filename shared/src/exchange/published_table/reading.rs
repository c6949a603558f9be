//! The indicators of a table as the checker reads them, each scored by rule where it can be judged.

use super::cell::{self, NameDirection, Quantity};
use super::report::{ComputedRow, two_decimals};
use super::table::{PrintedIndicator, PublishedTable};
use crate::kernel::money::shortest;
use crate::policy::scoring::{Comparison, plain_score};
use rust_decimal::Decimal;

/// 一级 the checker groups by.
pub const LEVELS: [&str; 4] = ["成本", "产出", "效益", "满意度"];

const PERCENT_NAMES: [&str; 12] = [
    "合格率",
    "达标率",
    "覆盖率",
    "满意",
    "可用率",
    "正常运行率",
    "稳定运行率",
    "及时率",
    "知晓率",
    "准确率",
    "发放率",
    "到位率",
];

/// How target and actual are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowComparison {
    By(Comparison),
    /// A cost without operator: judged only where both are equal.
    EqualOnly,
}

/// Numbers of a row that can be compared, in the unit of the target.
#[derive(Clone, Copy, Debug)]
pub struct ComparedNumbers {
    pub comparison: RowComparison,
    pub target: Decimal,
    pub actual: Decimal,
}

/// An indicator that exists, with everything read from its cells.
pub struct RowReading<'t> {
    pub index: usize,
    pub printed: &'t PrintedIndicator,
    pub name: &'t str,
    pub l1: String,
    pub l2: String,
    pub target: Option<Quantity>,
    pub actual: Option<Quantity>,
    pub weight: Option<Decimal>,
    pub score: Option<Decimal>,
    pub has_reason: bool,
    pub opposes_direction: bool,
    pub target_over_percent: bool,
    pub actual_over_percent: bool,
    pub compared: Option<ComparedNumbers>,
    pub met: Option<bool>,
    /// Met or missed by words, not by numbers.
    pub is_by_words: bool,
    pub expected: Option<Decimal>,
}

impl<'t> RowReading<'t> {
    /// Every row that exists.
    pub fn all(table: &'t PublishedTable) -> Vec<RowReading<'t>> {
        let has_scores = table.indicators.iter().any(|row| cell::amount(row.score.as_deref()).is_some());
        let named_exists = table.is_self_evaluation() && has_scores;
        let exists = |row: &PrintedIndicator| {
            let cells = [&row.target, &row.actual, &row.weight, &row.score];
            cells.iter().any(|text| cell::content(text.as_deref()).is_some())
                || (named_exists && cell::content(row.l3.as_deref()).is_some())
        };
        let rows = table.indicators.iter().enumerate().filter(|(_, row)| exists(row));
        rows.map(|(index, row)| RowReading::read(index, row)).collect()
    }

    fn read(index: usize, printed: &'t PrintedIndicator) -> RowReading<'t> {
        let name = cell::content(printed.l3.as_deref()).unwrap_or("");
        let target = Quantity::read(printed.target.as_deref());
        let actual = Quantity::read(printed.actual.as_deref());
        let reason = cell::content(printed.reason.as_deref()).filter(|reason| *reason != "0");
        let mut row = RowReading {
            index,
            printed,
            name,
            l1: cell::level(printed.l1.as_deref()),
            l2: cell::level(printed.l2.as_deref()),
            weight: cell::amount(printed.weight.as_deref()),
            score: cell::amount(printed.score.as_deref()),
            has_reason: reason.is_some(),
            opposes_direction: opposes_direction(name, target.as_ref()),
            target_over_percent: exceeds_percent(name, target.as_ref()),
            actual_over_percent: exceeds_percent(name, actual.as_ref()),
            target,
            actual,
            compared: None,
            met: None,
            is_by_words: false,
            expected: None,
        };
        row.judge();
        row
    }

    fn judge(&mut self) {
        self.is_by_words = self.target.is_none() && self.actual.is_none();
        if self.is_by_words {
            let (target, actual) = (self.target_text(), self.actual_text());
            self.met = (target.is_some() && target == actual).then_some(true);
            return;
        }
        self.compared = self.comparable();
        let Some(numbers) = self.compared else { return };
        let comparison = match numbers.comparison {
            RowComparison::By(comparison) => comparison,
            RowComparison::EqualOnly if numbers.target == numbers.actual => Comparison::Equal,
            RowComparison::EqualOnly => return,
        };
        let equal_only = numbers.comparison == RowComparison::EqualOnly;
        self.met = Some(equal_only || comparison.is_met(numbers.target, numbers.actual));
        self.expected = self.weight.and_then(|weight| {
            if equal_only {
                return Some(weight);
            }
            plain_score(comparison, numbers.target, numbers.actual, weight)
        });
    }

    fn comparable(&self) -> Option<ComparedNumbers> {
        let (target, actual) = (self.target.as_ref()?, self.actual.as_ref()?);
        let questioned = self.opposes_direction || self.target_over_percent || self.actual_over_percent;
        if questioned || actual.is_inequality() {
            return None;
        }
        let comparison = match target.comparison {
            Some(comparison) => RowComparison::By(comparison),
            None if cell::direction(self.name) == Some(NameDirection::Reverse) => {
                RowComparison::By(Comparison::AtMost)
            }
            None if self.is_cost() => RowComparison::EqualOnly,
            None => RowComparison::By(Comparison::AtLeast),
        };
        let number = cell::in_unit_of(target, actual)?;
        Some(ComparedNumbers { comparison, target: target.number, actual: number })
    }

    fn is_cost(&self) -> bool {
        let costs = ["成本", "经济成本", "社会成本", "生态环境成本"];
        costs.contains(&self.l1.as_str()) || costs.contains(&self.l2.as_str())
    }

    pub fn target_text(&self) -> Option<&'t str> {
        cell::content(self.printed.target.as_deref())
    }

    pub fn actual_text(&self) -> Option<&'t str> {
        cell::content(self.printed.actual.as_deref())
    }

    /// Met by comparing numbers.
    pub fn is_met_by_number(&self) -> bool {
        self.compared.is_some() && self.met == Some(true)
    }

    /// Whether the score lies outside 0 … weight.
    pub fn is_score_out_of_range(&self) -> bool {
        is_out_of_range(self.score, self.weight)
    }

    pub fn computed(&self) -> ComputedRow {
        let operator = self.compared.map(|numbers| match numbers.comparison {
            RowComparison::By(comparison) => comparison.as_str(),
            RowComparison::EqualOnly => "?",
        });
        let target = self.target.as_ref();
        let given = self.actual.as_ref().and_then(|actual| actual.unit.clone());
        ComputedRow {
            row: self.index,
            operator,
            target: self.compared.map(|numbers| shortest(numbers.target)),
            actual: self.compared.map(|numbers| shortest(numbers.actual)),
            unit: target.and_then(|target| target.unit.clone().or(given)),
            met: self.met,
            expected: self.expected.map(two_decimals),
        }
    }
}

/// Whether a score lies outside 0 … weight.
pub fn is_out_of_range(score: Option<Decimal>, weight: Option<Decimal>) -> bool {
    score.is_some_and(|score| score < Decimal::ZERO || weight.is_some_and(|weight| score > weight))
}

fn opposes_direction(name: &str, target: Option<&Quantity>) -> bool {
    let Some(comparison) = target.and_then(|target| target.comparison) else { return false };
    match cell::direction(name) {
        Some(NameDirection::Forward) => comparison.is_reverse(),
        Some(NameDirection::Reverse) => matches!(comparison, Comparison::AtLeast | Comparison::Above),
        None => false,
    }
}

fn exceeds_percent(name: &str, quantity: Option<&Quantity>) -> bool {
    let over =
        |quantity: &Quantity| quantity.unit.as_deref() == Some("%") && quantity.number > Decimal::ONE_HUNDRED;
    PERCENT_NAMES.iter().any(|word| name.contains(word))
        && !cell::is_reverse_rate(name)
        && quantity.is_some_and(over)
}
