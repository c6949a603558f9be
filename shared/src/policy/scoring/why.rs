//! 得分说明: why an indicator has its score, with its numbers in the formula (Art. 13). It asks the scoring for every figure.

use super::{Attainment, HUNDRED, IndicatorScore, ScoredIndicator, ScoringMethod, ScoringParameters};
use crate::kernel::citation::article;
use crate::kernel::money::shortest;
use rust_decimal::Decimal;

const ARTICLE: u8 = 13;

/// One sentence; `None` while what it needs is not filled in.
pub fn why(
    indicator: &ScoredIndicator,
    scored: &IndicatorScore,
    parameters: &ScoringParameters,
) -> Option<String> {
    if indicator.not_applicable {
        return Some(format!("不再适用，不计分，满分相应扣减（{}）", article(ARTICLE)));
    }
    let score = shortest(scored.score?);
    let reason = match scored.method {
        ScoringMethod::Graded => graded(indicator, &score, parameters)?,
        _ if indicator.is_qualitative => by_words(indicator)?.to_string(),
        ScoringMethod::Satisfaction => satisfaction(indicator, &score, parameters)?,
        _ => compared(indicator, scored, &score, parameters)?,
    };
    Some(format!("{}法：{reason}（{}）", scored.method.as_str(), article(ARTICLE)))
}

fn graded(indicator: &ScoredIndicator, score: &str, parameters: &ScoringParameters) -> Option<String> {
    let (full, part) = (shortest(parameters.qualitative_full), shortest(parameters.qualitative_part));
    let band = match indicator.attainment {
        Some(Attainment::Full) => format!("“达成”评分值的 {full}%–100%"),
        Some(Attainment::Partial) => format!("“部分达成”评分值的 {part}%–{full}%"),
        Some(Attainment::Missed) => format!("“未达成”评分值的 0%–{part}%"),
        None => "尚未填达成情况".to_string(),
    };
    let weight = shortest(indicator.weight?);
    Some(format!("分值 {weight}，{band}，评定 {score}"))
}

fn by_words(indicator: &ScoredIndicator) -> Option<&'static str> {
    Some(match indicator.attainment? {
        Attainment::Full => "达成，得满分",
        Attainment::Partial | Attainment::Missed => "未全部达成，不得分",
    })
}

fn satisfaction(indicator: &ScoredIndicator, score: &str, parameters: &ScoringParameters) -> Option<String> {
    let (actual, weight) = (indicator.actual?, shortest(indicator.weight?));
    let band = parameters.satisfaction.iter().find(|(from, _)| actual >= *from);
    let actual = shortest(actual);
    Some(match band {
        Some((from, share)) => {
            let (from, share) = (shortest(*from), shortest(*share));
            format!("完成 {actual}%，达到 {from}%，得分值的 {share}%：{weight} × {share} ÷ 100 = {score}")
        }
        None => format!("完成 {actual}%，低于各档，不得分"),
    })
}

/// A quantity against its target.
fn compared(
    indicator: &ScoredIndicator,
    scored: &IndicatorScore,
    score: &str,
    parameters: &ScoringParameters,
) -> Option<String> {
    let (comparison, weight) = (indicator.comparison?, shortest(indicator.weight?));
    let (target, actual) = (indicator.target?, indicator.actual?);
    let (t, a) = (shortest(target), shortest(actual));
    let asked = format!("要求 {} {t}，完成 {a}", comparison.as_str());
    if scored.over && indicator.low_target == Some(true) {
        let cap = shortest(parameters.over_cap?);
        let most = shortest(parameters.over_max);
        let lost = format!("超出指标值 {cap}% 的部分按比例扣减分值，最多 {most}%");
        return Some(format!("{asked}，指标值偏低，{lost}：得 {score}"));
    }
    if scored.met? {
        return Some(format!("{asked}，达标，得满分 {weight}"));
    }
    Some(match scored.method {
        ScoringMethod::Steps => {
            let (step, points) = (indicator.step?, shortest(indicator.step_points?));
            let steps = target.checked_sub(actual)?.abs().checked_div(step)?.ceil();
            let (steps, step) = (shortest(steps), shortest(step));
            format!(
                "{asked}，未达标：每差 {step}（不足按一步）扣 {points}，{weight} − {steps} × {points}，得 {score}（不低于 0）"
            )
        }
        ScoringMethod::Proportion => missed_by(indicator, &asked, (&weight, score), (target, actual))?,
        _ => format!("{asked}，未达标，不得分"),
    })
}

/// A missed target by 比例.
fn missed_by(
    indicator: &ScoredIndicator,
    asked: &str,
    (weight, score): (&str, &str),
    (target, actual): (Decimal, Decimal),
) -> Option<String> {
    let comparison = indicator.comparison?;
    let (t, a) = (shortest(target), shortest(actual));
    if target <= Decimal::ZERO {
        return Some(format!("{asked}，未达标；指标值不大于 0，不能按比例，不得分"));
    }
    let reached = comparison.reached(target, actual)?;
    let share =
        if comparison.is_reverse() { format!("(2 × {t} − {a}) ÷ {t}") } else { format!("{a} ÷ {t}") };
    if let Some(threshold) = indicator.threshold
        && reached.checked_mul(HUNDRED)? < threshold.checked_mul(target)?
    {
        let threshold = shortest(threshold);
        return Some(format!("{asked}，未达标；{share} 低于及格门槛 {threshold}%，不得分"));
    }
    Some(format!("{asked}，未达标：{weight} × {share} = {score}（不低于 0）"))
}
