//! 绩效自评 (Art. 13): the exact score of one indicator, and the findings that follow from it. It knows no form.

mod rules;
mod why;

pub use rules::{IndicatorTexts, RowFinding, row_findings};
pub use why::why;

use crate::kernel::money::half_up;
use crate::policy::editions::parameters::EditionParameters;
use crate::policy::editions::register::Register;
use rust_decimal::Decimal;

const HUNDRED: Decimal = Decimal::ONE_HUNDRED;

/// 比较符 of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    AtLeast,
    Above,
    AtMost,
    Below,
    Equal,
}

impl Comparison {
    pub fn parse(text: &str) -> Option<Comparison> {
        match text {
            "≥" => Some(Comparison::AtLeast),
            ">" => Some(Comparison::Above),
            "≤" => Some(Comparison::AtMost),
            "<" => Some(Comparison::Below),
            "=" => Some(Comparison::Equal),
            _ => None,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Comparison::AtLeast => "≥",
            Comparison::Above => ">",
            Comparison::AtMost => "≤",
            Comparison::Below => "<",
            Comparison::Equal => "=",
        }
    }

    /// Whether less is better.
    pub fn is_reverse(self) -> bool {
        matches!(self, Comparison::AtMost | Comparison::Below)
    }

    /// Whether `actual` meets `target`. Equality with a positive target is met from above, with zero from below.
    pub fn is_met(self, target: Decimal, actual: Decimal) -> bool {
        match self {
            Comparison::AtLeast => actual >= target,
            Comparison::Above => actual > target,
            Comparison::AtMost => actual <= target,
            Comparison::Below => actual < target,
            Comparison::Equal if target > Decimal::ZERO => actual >= target,
            Comparison::Equal if target.is_zero() => actual <= Decimal::ZERO,
            Comparison::Equal => actual == target,
        }
    }

    /// Numerator of the completed share, whose denominator is the target: a, or for a reverse target 2t − a.
    fn reached(self, target: Decimal, actual: Decimal) -> Option<Decimal> {
        if !self.is_reverse() {
            return Some(actual);
        }
        target.checked_add(target)?.checked_sub(actual)
    }
}

/// 计分方法.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScoringMethod {
    /// 直接: the weight or nothing.
    Direct,
    /// 比例: the completed share of the weight.
    Proportion,
    /// 扣分: points off for each step missed.
    Steps,
    /// 满意度: the band the satisfaction falls in.
    Satisfaction,
    /// 等级: the score a person gives within the band of the grade.
    Graded,
}

impl ScoringMethod {
    pub fn parse(text: &str) -> Option<ScoringMethod> {
        use ScoringMethod::*;
        [Direct, Proportion, Steps, Satisfaction, Graded].into_iter().find(|method| method.as_str() == text)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            ScoringMethod::Direct => "直接",
            ScoringMethod::Proportion => "比例",
            ScoringMethod::Steps => "扣分",
            ScoringMethod::Satisfaction => "满意度",
            ScoringMethod::Graded => "等级",
        }
    }
}

/// 达成情况 of a qualitative target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attainment {
    /// 达成
    Full,
    /// 部分达成
    Partial,
    /// 未达成
    Missed,
}

impl Attainment {
    pub fn parse(text: &str) -> Option<Attainment> {
        match text {
            "达成" => Some(Attainment::Full),
            "部分达成" => Some(Attainment::Partial),
            "未达成" => Some(Attainment::Missed),
            _ => None,
        }
    }
}

/// The parameters of the edition that scores depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScoringParameters {
    /// Percent of the target above which a result counts as over-achieved; `None` switches the rule off.
    pub over_cap: Option<Decimal>,
    /// Most percent of the weight that a low target loses.
    pub over_max: Decimal,
    /// Satisfaction reached (lower bound, percent) → percent of the weight; highest bound first.
    pub satisfaction: Vec<(Decimal, Decimal)>,
    /// Percent of the weight from which 达成 scores.
    pub qualitative_full: Decimal,
    /// Percent of the weight from which 部分达成 scores.
    pub qualitative_part: Decimal,
    /// Fewest characters of the reason for a deviation.
    pub reason_min: usize,
}

impl ScoringParameters {
    /// What an edition says.
    pub fn of(parameters: &EditionParameters) -> ScoringParameters {
        ScoringParameters {
            over_cap: parameters.over_cap,
            over_max: parameters.over_max,
            satisfaction: parameters.satisfaction.clone(),
            qualitative_full: parameters.qualitative_full,
            qualitative_part: parameters.qualitative_part,
            reason_min: parameters.reason_min as usize,
        }
    }

    /// What the newest edition shipped says: for a table that names no edition.
    pub fn newest() -> Option<ScoringParameters> {
        Register::shipped().newest().map(|edition| ScoringParameters::of(&edition.parameters))
    }
}

/// One indicator as issued and as evaluated. A cell that is no number is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScoredIndicator {
    /// 定性 instead of 定量.
    pub is_qualitative: bool,
    pub comparison: Option<Comparison>,
    pub target: Option<Decimal>,
    pub actual: Option<Decimal>,
    pub weight: Option<Decimal>,
    /// `scoring` as set with the targets.
    pub scoring: Option<ScoringMethod>,
    /// 及格门槛, percent.
    pub threshold: Option<Decimal>,
    /// 扣分步长.
    pub step: Option<Decimal>,
    /// 每步扣分.
    pub step_points: Option<Decimal>,
    pub attainment: Option<Attainment>,
    pub hand_score: Option<Decimal>,
    /// 指标值偏低; `None` while nobody answered.
    pub low_target: Option<bool>,
    /// 不再适用.
    pub not_applicable: bool,
}

/// What an indicator's cells compute to. Percent and score have two decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndicatorScore {
    pub method: ScoringMethod,
    pub met: Option<bool>,
    /// 完成率 %, neither clamped nor used for the score.
    pub completion: Option<Decimal>,
    /// Over-achieved beyond the cap.
    pub over: bool,
    pub score: Option<Decimal>,
}

/// Scores one indicator. Every formula multiplies first, divides once and rounds once, half away from zero.
pub fn score_indicator(indicator: &ScoredIndicator, parameters: &ScoringParameters) -> IndicatorScore {
    let method = method_of(indicator);
    if indicator.not_applicable {
        return IndicatorScore { method, met: None, completion: None, over: false, score: None };
    }
    let met = is_met(indicator);
    let over = is_over(indicator, method, parameters);
    let score = raw_score(indicator, method, met, over, parameters).map(rounded);
    IndicatorScore { method, met, completion: completion(indicator), over, score }
}

fn is_positive(number: Option<Decimal>) -> bool {
    number.is_some_and(|number| number > Decimal::ZERO)
}

/// Two decimals, half away from zero, and no negative zero.
fn rounded(number: Decimal) -> Decimal {
    let mut number = half_up(number, 2);
    if number.is_zero() {
        number.set_sign_positive(true);
    }
    number
}

fn method_of(indicator: &ScoredIndicator) -> ScoringMethod {
    match (indicator.is_qualitative, indicator.scoring) {
        (_, Some(ScoringMethod::Direct)) => ScoringMethod::Direct,
        (true, _) => ScoringMethod::Graded,
        (false, Some(ScoringMethod::Satisfaction)) => ScoringMethod::Satisfaction,
        (false, Some(ScoringMethod::Steps))
            if is_positive(indicator.step) && is_positive(indicator.step_points) =>
        {
            ScoringMethod::Steps
        }
        (false, _) => ScoringMethod::Proportion,
    }
}

fn is_met(indicator: &ScoredIndicator) -> Option<bool> {
    if indicator.is_qualitative {
        return indicator.attainment.map(|attainment| attainment == Attainment::Full);
    }
    Some(indicator.comparison?.is_met(indicator.target?, indicator.actual?))
}

fn completion(indicator: &ScoredIndicator) -> Option<Decimal> {
    if indicator.is_qualitative {
        return None;
    }
    let (comparison, target, actual) = (indicator.comparison?, indicator.target?, indicator.actual?);
    if target <= Decimal::ZERO {
        return None;
    }
    comparison.reached(target, actual)?.checked_mul(HUNDRED)?.checked_div(target).map(rounded)
}

fn is_over(indicator: &ScoredIndicator, method: ScoringMethod, parameters: &ScoringParameters) -> bool {
    let exceeds = || {
        let (comparison, target, actual) = (indicator.comparison?, indicator.target?, indicator.actual?);
        let cap = parameters.over_cap?.checked_mul(target)?;
        Some(!comparison.is_reverse() && target > Decimal::ZERO && actual.checked_mul(HUNDRED)? > cap)
    };
    matches!(method, ScoringMethod::Proportion | ScoringMethod::Steps) && exceeds().unwrap_or(false)
}

fn raw_score(
    indicator: &ScoredIndicator,
    method: ScoringMethod,
    met: Option<bool>,
    over: bool,
    parameters: &ScoringParameters,
) -> Option<Decimal> {
    if method == ScoringMethod::Graded {
        return indicator.hand_score;
    }
    let weight = indicator.weight?;
    if indicator.is_qualitative {
        return Some(if met? { weight } else { Decimal::ZERO });
    }
    let (comparison, actual) = (indicator.comparison?, indicator.actual?);
    if method == ScoringMethod::Satisfaction {
        let reached = parameters.satisfaction.iter().find(|(from, _)| actual >= *from);
        let share = reached.map_or(Decimal::ZERO, |(_, share)| *share);
        return weight.checked_mul(share)?.checked_div(HUNDRED);
    }
    let target = indicator.target?;
    if over && indicator.low_target == Some(true) {
        return low_target_score(weight, target, actual, parameters);
    }
    match (method, met?) {
        (_, true) => Some(weight),
        (ScoringMethod::Steps, false) => {
            let steps = target.checked_sub(actual)?.abs().checked_div(indicator.step?)?.ceil();
            let lost = steps.checked_mul(indicator.step_points?);
            Some(lost.map_or(Decimal::ZERO, |lost| (weight - lost).max(Decimal::ZERO)))
        }
        (ScoringMethod::Proportion, false) => {
            proportional_score(comparison, target, actual, weight, indicator.threshold)
        }
        (_, false) => Some(Decimal::ZERO),
    }
}

/// The unrounded score of a missed target by 比例: w × p ÷ q, nothing below the threshold.
fn proportional_score(
    comparison: Comparison,
    target: Decimal,
    actual: Decimal,
    weight: Decimal,
    threshold: Option<Decimal>,
) -> Option<Decimal> {
    if target <= Decimal::ZERO {
        return Some(Decimal::ZERO);
    }
    let reached = comparison.reached(target, actual)?;
    let below = match threshold {
        Some(threshold) => reached.checked_mul(HUNDRED)? < threshold.checked_mul(target)?,
        None => false,
    };
    if reached <= Decimal::ZERO || below {
        return Some(Decimal::ZERO);
    }
    weight.checked_mul(reached)?.checked_div(target)
}

/// The unrounded score of an over-achieved target that was set too low.
fn low_target_score(
    weight: Decimal,
    target: Decimal,
    actual: Decimal,
    parameters: &ScoringParameters,
) -> Option<Decimal> {
    let (cap, most) = (parameters.over_cap?, parameters.over_max);
    let reached = actual.checked_mul(HUNDRED)?;
    if reached.checked_sub(cap.checked_mul(target)?)? >= most.checked_mul(target)? {
        return weight.checked_mul(HUNDRED - most)?.checked_div(HUNDRED);
    }
    let left = (HUNDRED + cap).checked_mul(target)?.checked_sub(reached)?;
    weight.checked_mul(left)?.checked_div(target.checked_mul(HUNDRED)?)
}

/// 执行率 %: B × 100 ÷ A, two decimals; `None` when A = 0.
pub fn execution_rate(budget: Decimal, executed: Decimal) -> Option<Decimal> {
    executed.checked_mul(HUNDRED)?.checked_div(budget).map(rounded)
}

/// 预算执行率得分: min(A, B) × weight ÷ A, two decimals; `None` when A = 0.
pub fn execution_score(budget: Decimal, executed: Decimal, weight: Decimal) -> Option<Decimal> {
    budget.min(executed).checked_mul(weight)?.checked_div(budget).map(rounded)
}

/// 自评总分: (indicator scores + execution score) × 100 ÷ full points, two decimals; `None` when nothing is full.
pub fn total_score(indicator_score: Decimal, execution_score: Decimal, full: Decimal) -> Option<Decimal> {
    indicator_score.checked_add(execution_score)?.checked_mul(HUNDRED)?.checked_div(full).map(rounded)
}

/// The score by 比例 without threshold and cap, two decimals: the rule published tables are recomputed by.
pub fn plain_score(
    comparison: Comparison,
    target: Decimal,
    actual: Decimal,
    weight: Decimal,
) -> Option<Decimal> {
    if comparison.is_met(target, actual) {
        return Some(rounded(weight));
    }
    proportional_score(comparison, target, actual, weight, None).map(rounded)
}

#[cfg(test)]
mod tests;
