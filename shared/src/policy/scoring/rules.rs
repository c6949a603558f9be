//! Rules EVA-10 … 15 and 19: what a scored indicator still owes.

use super::{Attainment, IndicatorScore, ScoredIndicator, ScoringMethod, ScoringParameters};
use rust_decimal::Decimal;

/// What was typed beside the numbers; blank text is `None`.
#[derive(Clone, Copy, Debug, Default)]
pub struct IndicatorTexts<'t> {
    pub actual: Option<&'t str>,
    /// 偏差原因及改进措施.
    pub reason: Option<&'t str>,
}

/// A broken rule and the field it stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowFinding {
    pub rule: &'static str,
    pub field: &'static str,
}

/// The findings of one indicator in the order of its fields. EVA-15 is a warning, the others are errors.
pub fn row_findings(
    indicator: &ScoredIndicator,
    texts: IndicatorTexts<'_>,
    scored: &IndicatorScore,
    parameters: &ScoringParameters,
) -> Vec<RowFinding> {
    let explained = texts.reason.is_some_and(|reason| reason.trim().chars().count() >= parameters.reason_min);
    if indicator.not_applicable {
        let unexplained = (!explained).then_some(RowFinding { rule: "EVA-14", field: "reason" });
        let warning = RowFinding { rule: "EVA-15", field: "not_applicable" };
        return [Some(warning), unexplained].into_iter().flatten().collect();
    }
    let typed = texts.actual.is_some_and(|actual| !actual.trim().is_empty());
    let below_weight = scored.score.zip(indicator.weight).is_some_and(|(score, weight)| score < weight);
    let deviates = scored.score.is_some() && (scored.met == Some(false) || scored.over || below_weight);
    let graded = scored.method == ScoringMethod::Graded;
    let broken = [
        (!indicator.is_qualitative && typed && indicator.actual.is_none(), "EVA-10", "actual"),
        (indicator.is_qualitative && indicator.attainment.is_none(), "EVA-19", "grade"),
        (graded && indicator.hand_score.is_none(), "EVA-19", "hand_score"),
        (graded && !fits_band(indicator, parameters), "EVA-11", "hand_score"),
        (scored.over && indicator.low_target.is_none(), "EVA-13", "low_target"),
        (deviates && !explained, "EVA-12", "reason"),
    ];
    let found = broken.into_iter().filter(|(broken, ..)| *broken);
    found.map(|(_, rule, field)| RowFinding { rule, field }).collect()
}

/// Whether the typed score lies in the band of its grade; true while one of them is missing.
fn fits_band(indicator: &ScoredIndicator, parameters: &ScoringParameters) -> bool {
    let (Some(score), Some(weight), Some(attainment)) =
        (indicator.hand_score, indicator.weight, indicator.attainment)
    else {
        return true;
    };
    let Some(points) = score.checked_mul(Decimal::ONE_HUNDRED) else { return false };
    let reaches = |percent: Decimal| percent.checked_mul(weight).is_some_and(|bound| points >= bound);
    let (full, part) = (reaches(parameters.qualitative_full), reaches(parameters.qualitative_part));
    match attainment {
        Attainment::Full => full && score <= weight,
        Attainment::Partial => part && !full,
        Attainment::Missed => !part,
    }
}
