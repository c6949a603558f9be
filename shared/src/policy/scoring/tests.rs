//! The worked vectors of `tests/cases/scoring`, and edges they do not reach.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use serde_json::Value;

fn number(value: &Value) -> Option<Decimal> {
    value.as_str()?.parse().ok()
}

fn indicator(row: &Value) -> ScoredIndicator {
    let text = |field: &str| row[field].as_str();
    ScoredIndicator {
        is_qualitative: text("nature") == Some("定性"),
        comparison: text("operator").and_then(Comparison::parse),
        target: number(&row["value"]),
        actual: number(&row["actual"]),
        weight: number(&row["weight"]),
        scoring: text("scoring").and_then(ScoringMethod::parse),
        threshold: number(&row["threshold"]),
        step: number(&row["step"]),
        step_points: number(&row["step_points"]),
        attainment: text("grade").and_then(Attainment::parse),
        hand_score: number(&row["hand_score"]),
        low_target: row["low_target"].as_bool(),
        not_applicable: row["not_applicable"].as_bool() == Some(true),
    }
}

fn two_decimals(number: Option<Decimal>) -> Value {
    number.map_or(Value::Null, |number| format!("{number:.2}").into())
}

fn reproduces(file: &str) {
    let path = format!("{}/../tests/cases/scoring/{file}.json", env!("CARGO_MANIFEST_DIR"));
    let vectors: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for vector in vectors["vectors"].as_array().unwrap() {
        let (row, expect) = (&vector["row"], &vector["expect"]);
        let mut parameters = ScoringParameters::newest().unwrap();
        if let Some(cap) = vector["parameters"].get("over_cap") {
            parameters.over_cap = number(cap);
        }
        let indicator = indicator(row);
        let scored = score_indicator(&indicator, &parameters);
        let actual = serde_json::json!({
            "method": scored.method.as_str(), "met": scored.met, "completion": two_decimals(scored.completion),
            "over": scored.over, "score": two_decimals(scored.score),
        });
        for field in ["method", "met", "completion", "over", "score"] {
            assert_eq!(actual[field], expect[field], "{file}: {}: {field}", vector["id"]);
        }
        let texts = IndicatorTexts { actual: row["actual"].as_str(), reason: row["reason"].as_str() };
        let found = row_findings(&indicator, texts, &scored, &parameters);
        let found: Vec<Value> = found.iter().map(|f| serde_json::json!([f.rule, f.field])).collect();
        let expected = expect["findings"].as_array().unwrap().iter();
        let expected: Vec<Value> =
            expected.filter(|f| f[0].as_str().unwrap().starts_with("EVA")).cloned().collect();
        assert_eq!(found, expected, "{file}: {}", vector["id"]);
    }
}

macro_rules! vectors {
    ($($name:ident: $file:literal),* $(,)?) => { $(#[test] fn $name() { reproduces($file); })* };
}

vectors! {
    direct_scores: "direct",
    incomplete_rows_have_no_score: "incomplete",
    over_achievement_costs_a_low_target: "over-achievement",
    forward_proportions: "proportion-forward",
    reverse_proportions: "proportion-reverse",
    qualitative_scores: "qualitative",
    satisfaction_bands: "satisfaction",
    steps_cost_points: "steps",
    thresholds_cut_off: "threshold",
    zero_and_negative_targets_know_no_proportion: "zero-and-negative-targets",
}

#[test]
fn a_zero_score_has_no_sign_and_a_half_rounds_away_from_zero() {
    let plain = |target: i64, actual: &str, weight: i64| {
        let actual = actual.parse().unwrap();
        let score =
            plain_score(Comparison::AtLeast, Decimal::new(target, 0), actual, Decimal::new(weight, 0));
        format!("{:.2}", score.unwrap())
    };
    assert_eq!(plain(100, "-3", 10), "0.00");
    assert_eq!(plain(1000, "0.5", 10), "0.01");
    assert_eq!(plain(1000, "0.4", 10), "0.00");
}

#[test]
fn nothing_is_executed_of_no_budget() {
    assert_eq!(execution_score(Decimal::ZERO, Decimal::ONE, Decimal::TEN), None);
    assert_eq!(execution_rate(Decimal::ZERO, Decimal::ONE), None);
    assert_eq!(execution_score(Decimal::ONE, Decimal::TEN, Decimal::TEN), Some(Decimal::new(1000, 2)));
}

#[test]
fn every_score_is_explained_by_its_numbers() {
    let parameters = ScoringParameters::newest().unwrap();
    let number = |text: &str| Some(text.parse::<Decimal>().unwrap());
    let of = |actual: &str| ScoredIndicator {
        comparison: Some(Comparison::AtLeast),
        target: number("10"),
        actual: number(actual),
        weight: number("8"),
        ..ScoredIndicator::default()
    };
    let sentence = |indicator: &ScoredIndicator| {
        why(indicator, &score_indicator(indicator, &parameters), &parameters).unwrap_or_default()
    };
    assert_eq!(sentence(&of("10")), "比例法：要求 ≥ 10，完成 10，达标，得满分 8（第十三条）");
    assert_eq!(
        sentence(&of("7")),
        "比例法：要求 ≥ 10，完成 7，未达标：8 × 7 ÷ 10 = 5.6（不低于 0）（第十三条）"
    );
    let most = ScoredIndicator { comparison: Some(Comparison::AtMost), ..of("12") };
    assert_eq!(
        sentence(&most),
        "比例法：要求 ≤ 10，完成 12，未达标：8 × (2 × 10 − 12) ÷ 10 = 6.4（不低于 0）（第十三条）"
    );
    let barred = ScoredIndicator { threshold: number("80"), ..of("7") };
    assert!(sentence(&barred).contains("低于及格门槛 80%，不得分"));
    let steps = ScoredIndicator {
        scoring: Some(ScoringMethod::Steps),
        step: number("2"),
        step_points: number("1.5"),
        ..of("7")
    };
    assert!(sentence(&steps).contains("8 − 2 × 1.5，得 5"), "{}", sentence(&steps));
    let satisfied = ScoredIndicator { scoring: Some(ScoringMethod::Satisfaction), ..of("86") };
    assert!(sentence(&satisfied).contains("÷ 100 = "), "{}", sentence(&satisfied));
    let graded = ScoredIndicator {
        is_qualitative: true,
        attainment: Some(Attainment::Partial),
        hand_score: number("6"),
        weight: number("8"),
        ..ScoredIndicator::default()
    };
    assert!(sentence(&graded).contains("“部分达成”评分值的") && sentence(&graded).contains("评定 6"));
    let dropped = ScoredIndicator { not_applicable: true, ..of("7") };
    assert!(sentence(&dropped).starts_with("不再适用"));
    assert_eq!(sentence(&ScoredIndicator { actual: None, ..of("7") }), "", "nothing to explain yet");
}
