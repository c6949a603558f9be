//! 重点评价的计算与规则: leaf scores, levels, total and grade, coverage of the sample (KEY-10 … 23).

use super::form::{ALL_UNITS, AT_RANDOM, EVIDENCE, PAPERS, SAMPLE, SIGNATURE_REFUSED};
use super::tree::{HAND, LEVELS, POINTS, RATIO, REVERSE, SATISFACTION, TREE};
use crate::cases::performance::content::Cells;
use crate::cases::performance::judgement::{Judgement, View, percentage, rounded, two_decimals};
use crate::cases::performance::result::grade_of;
use crate::policy::editions::parameters::EditionParameters;
use crate::policy::written_reasons::{REFUSED_SIGNATURE, SHORTEST_CLAUSE};
use rust_decimal::Decimal;
use serde_json::Value;

/// Fields of the levels' scores.
const LEVEL_SCORES: [&str; 4] = ["score_decision", "score_process", "score_output", "score_benefit"];
/// Levels whose weight a plan may not starve.
const RESULT_LEVELS: [&str; 2] = ["产出", "效益"];

/// Inputs of a method.
fn inputs(method: &str) -> &'static [&'static str] {
    match method {
        POINTS => &["points_met", "points_all"],
        RATIO | REVERSE => &["numerator", "denominator"],
        HAND => &["hand"],
        SATISFACTION => &["satisfaction"],
        _ => &[],
    }
}

/// The unrounded score of a leaf; `None` while an input is missing.
fn score(cells: &Cells, parameters: &EditionParameters) -> Option<Decimal> {
    let weight = || cells.number("weight");
    let share = |part: Decimal, whole: Decimal| weight()?.checked_mul(part)?.checked_div(whole);
    match cells.text("method") {
        POINTS => {
            let (met, all) = (cells.count("points_met")?, cells.count("points_all")?);
            share(Decimal::from(met.min(all)), Decimal::from(all))
        }
        RATIO => {
            let (part, whole) = (cells.number("numerator")?, cells.number("denominator")?);
            share(part.min(whole), whole)
        }
        REVERSE => {
            let (actual, limit) = (cells.number("numerator")?, cells.number("denominator")?);
            let twice = limit + limit;
            if actual <= limit {
                weight()
            } else if actual >= twice {
                Some(Decimal::ZERO)
            } else {
                share(twice - actual, limit)
            }
        }
        HAND => cells.number("hand"),
        SATISFACTION => {
            let reached = cells.number("satisfaction")?;
            let band = parameters.satisfaction.iter().find(|(from, _)| reached >= *from);
            share(band.map_or(Decimal::ZERO, |(_, percent)| *percent), Decimal::ONE_HUNDRED)
        }
        _ => None,
    }
}

pub fn judge(view: &View, out: &mut Judgement) {
    judge_tree(view, out);
    judge_papers(view, out);
    judge_sample(view, out);
    let header = view.header();
    let unseeded = header.text("sampling") == AT_RANDOM && header.is_empty("seed");
    out.header_rule(unseeded, "KEY-20", "seed");
}

fn judge_tree(view: &View, out: &mut Judgement) {
    let mut scores = [Decimal::ZERO; 4];
    let mut weights = [Decimal::ZERO; 4];
    let mut leaves = [0_usize; 4];
    let mut all_weights = Decimal::ZERO;
    for row in view.rows(TREE) {
        let exact = score(&row.cells, view.parameters);
        let score = exact.map(rounded);
        out.compute_row(TREE, &row.id, "score", two_decimals(score));
        judge_leaf(view, &row.id, &row.cells, exact, out);
        let level = LEVELS.iter().position(|level| *level == row.cells.text("level1"));
        let Some(level) = level else { continue };
        let weight = row.cells.number("weight").unwrap_or_default();
        scores[level] += score.unwrap_or_default();
        weights[level] += weight;
        leaves[level] += 1;
        all_weights += weight;
    }
    let of_results = |level: &&str| RESULT_LEVELS.contains(level);
    let results = LEVELS.iter().zip(weights).filter(|(level, _)| of_results(level));
    let result_weight: Decimal = results.map(|(_, weight)| weight).sum();
    out.table_rule(all_weights != Decimal::ONE_HUNDRED, "KEY-10", (TREE, "weight"), None);
    let starved = result_weight < view.parameters.key_result_min;
    out.table_rule(starved, "KEY-11", (TREE, "weight"), Some("产出效益"));
    for (level, leaves) in LEVELS.iter().zip(leaves) {
        out.table_rule(leaves == 0, "KEY-12", (TREE, "level1"), Some(level));
    }
    let total: Decimal = scores.iter().sum();
    let grade = grade_of(total, &view.parameters.grades);
    out.compute("weight_sum", two_decimals(Some(all_weights)));
    out.compute("result_weight", two_decimals(Some(result_weight)));
    for (key, score) in LEVEL_SCORES.iter().zip(scores) {
        out.compute(key, two_decimals(Some(score)));
    }
    out.compute("total", two_decimals(Some(total)));
    out.compute("grade", grade.map_or(Value::Null, |grade| grade.label().into()));
}

/// Judges a leaf by its unrounded score: what rounds to its weight has lost points all the same.
fn judge_leaf(view: &View, id: &str, cells: &Cells, score: Option<Decimal>, out: &mut Judgement) {
    let at = |field| (TREE, id, field);
    let weight = cells.number("weight");
    let below = score.zip(weight).is_some_and(|(score, weight)| score < weight);
    out.row_rule(below && !cells.has_note("basis", view.parameters.reason_min), "KEY-13", at("basis"));
    let unsupported = below && !view.rows(PAPERS).iter().any(|paper| paper.cells.text("leaf") == id);
    if unsupported {
        out.row_rule(true, "KEY-14", at("basis"));
        out.about(Some("底稿"));
    }
    let method = cells.text("method");
    for input in inputs(method) {
        let missing = match method {
            POINTS => cells.count(input).is_none(),
            _ => cells.number(input).is_none(),
        };
        out.row_rule(missing, "KEY-17", at(input));
    }
    match method {
        POINTS => {
            let both = cells.count("points_met").zip(cells.count("points_all"));
            out.row_rule(both.is_some_and(|(met, all)| met > all), "KEY-18", at("points_met"));
        }
        RATIO => {
            let zero = cells.number("denominator").is_some_and(|whole| whole.is_zero());
            out.row_rule(zero, "KEY-18", at("denominator"));
        }
        HAND => {
            let both = cells.number("hand").zip(weight);
            out.row_rule(both.is_some_and(|(hand, weight)| hand > weight), "KEY-18", at("hand"));
        }
        _ => {}
    }
}

fn judge_papers(view: &View, out: &mut Judgement) {
    for (n, row) in view.rows(PAPERS).iter().enumerate() {
        let cells = &row.cells;
        let at = |field| (PAPERS, row.id.as_str(), field);
        out.compute_row(PAPERS, &row.id, "no", n + 1);
        let leaf = cells.text("leaf");
        let unknown = !leaf.is_empty() && view.content.row(TREE, leaf).is_none();
        out.row_rule(unknown, "KEY-23", at("leaf"));
        let (by, reviewer) = (cells.text("by"), cells.text("reviewed_by"));
        out.row_rule(!by.is_empty() && by == reviewer, "KEY-15", at("reviewed_by"));
        let unfounded = !cells.is_empty("problem") && !cells.has_note("clause", SHORTEST_CLAUSE);
        out.row_rule(unfounded, "KEY-21", at("clause"));
    }
    for row in view.rows(EVIDENCE) {
        let cells = &row.cells;
        let at = |field| (EVIDENCE, row.id.as_str(), field);
        let paper = cells.text("paper");
        let unknown = !paper.is_empty() && view.content.row(PAPERS, paper).is_none();
        out.row_rule(unknown, "KEY-23", at("paper"));
        let refused = cells.text("signed") == SIGNATURE_REFUSED;
        out.row_rule(refused && !cells.has_note("refusal", REFUSED_SIGNATURE), "KEY-16", at("refusal"));
    }
}

fn judge_sample(view: &View, out: &mut Judgement) {
    let parameters = view.parameters;
    let rows = view.rows(SAMPLE);
    let value = |cells: &Cells| cells.number("value").unwrap_or_default();
    let (mut picked, mut all_value, mut picked_value) = (0_usize, Decimal::ZERO, Decimal::ZERO);
    for row in rows {
        let value = value(&row.cells);
        all_value += value;
        if row.cells.is_set("picked") {
            picked += 1;
            picked_value += value;
        } else {
            let large = value >= parameters.key_sample_always.yuan();
            out.row_rule(large, "KEY-22", (SAMPLE, &row.id, "picked"));
        }
    }
    let least = match view.header().text("sampling") {
        ALL_UNITS => rows.len(),
        _ => rows.len().min(usize::try_from(parameters.key_sample_count).unwrap_or(usize::MAX)),
    };
    let narrow = picked_value * Decimal::ONE_HUNDRED < parameters.key_sample_min * all_value;
    out.table_rule(rows.is_empty() || picked < least || narrow, "KEY-19", (SAMPLE, "picked"), None);
    out.compute("population", rows.len());
    out.compute("picked", picked);
    out.compute("population_value", two_decimals(Some(all_value)));
    out.compute("picked_value", two_decimals(Some(picked_value)));
    out.compute("coverage", two_decimals(percentage(picked_value, all_value)));
}
