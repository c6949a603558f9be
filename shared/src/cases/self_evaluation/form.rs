//! 项目支出绩效自评表: execution, the score of each indicator, totals, and the rules EVA-10 … 22. Scores are
//! `policy::scoring`'s.

use crate::cases::performance::content::Cells;
use crate::cases::performance::form::Part::Whole;
use crate::cases::performance::form::{Form, FormTable, Takes, error, optional, required, warning};
use crate::cases::performance::judgement::{Judgement, View, rounded, two_decimals};
use crate::cases::performance::result::grade_of;
use crate::cases::performance::target::{INDICATORS, scored_indicator};
use crate::policy::editions::parameters::EditionParameters;
use crate::policy::grade::Grade;
use crate::policy::scoring::{
    IndicatorScore, IndicatorTexts, ScoringParameters, execution_rate, execution_score, row_findings,
    score_indicator, total_score, why,
};
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::BTreeMap;

pub const FUNDS: &str = "funds";
/// 财政拨款: its amounts are the approval's and the ledger's.
pub const FISCAL: &str = "fiscal";
/// Rows of the funds with their labels.
pub const SOURCES: [(&str, &str); 3] =
    [(FISCAL, "财政拨款"), ("carry_over", "上年结转"), ("other", "其他资金")];

pub static FORM: Form = Form {
    key: "self_evaluation",
    article: 13,
    header: &[
        required("goal_actual", "目标实际完成情况", Whole, Takes::Text(20, 2000)),
        optional("execution_note", "执行说明", Whole, Takes::Text(0, 500)),
        optional("problems", "存在问题", Whole, Takes::Text(0, 2000)),
        optional("measures", "改进措施", Whole, Takes::Text(0, 2000)),
    ],
    tables: &[
        FormTable {
            key: FUNDS,
            rows: None,
            fields: &[
                optional("initial", "年初预算数", Whole, Takes::Number),
                optional("adjusted", "全年预算数", Whole, Takes::Number),
                optional("executed", "全年执行数", Whole, Takes::Number),
                optional("note", "备注", Whole, Takes::Text(0, 200)),
            ],
            locked: &[(FISCAL, "initial"), (FISCAL, "adjusted"), (FISCAL, "executed")],
            why: None,
        },
        FormTable::new(
            INDICATORS,
            None,
            &[
                optional("actual", "实际完成值", Whole, Takes::Text(1, 40)),
                optional("grade", "达成情况", Whole, Takes::Choice(&["达成", "部分达成", "未达成"])),
                optional("hand_score", "评定得分", Whole, Takes::Number),
                optional("low_target", "指标值偏低", Whole, Takes::Flag),
                optional("not_applicable", "不再适用", Whole, Takes::Flag),
                optional("reason", "偏差原因及改进措施", Whole, Takes::Text(0, 500)),
                optional("evidence", "佐证资料", Whole, Takes::Text(0, 100)),
            ],
        )
        .scored(why_scored),
    ],
    computed: &[INDICATORS],
    rules: &[
        error("F-01", Whole, "“实际完成值”必填，请填写"),
        error("EVA-10", Whole, "定量指标的实际完成值须为数字"),
        error("EVA-11", Whole, "评定得分不在所评等级的分数段内"),
        error(
            "EVA-12",
            Whole,
            "未达目标、超额过多或未得满分的，须写明偏差原因及改进措施（不少于{reason}个字）",
        ),
        error("EVA-13", Whole, "实际完成值超过指标值较多，须回答指标值是否偏低"),
        error("EVA-14", Whole, "不再适用的指标须写明理由（不少于{reason}个字）"),
        warning("EVA-15", Whole, "指标不再适用，请核实并写明理由"),
        error("EVA-16", Whole, "全年预算数为0，无法计算执行率"),
        warning("EVA-17", Whole, "执行数超过全年预算数，请核实并写明理由"),
        error("EVA-18", Whole, "财政拨款与批复、账面数不一致"),
        error("EVA-19", Whole, "定性指标须填达成情况，按等级赋分的须填评定得分"),
        error("EVA-20", Whole, "预算执行率偏低，须写明执行情况（不少于{reason}个字）"),
        warning("EVA-21", Whole, "各指标分值合计不等于规定分值，请核实并写明理由"),
        error("EVA-22", Whole, "等次为中、差的，须写明改进措施（不少于{reason}个字）"),
    ],
};

/// 自评总分 and what it is made of.
pub struct Totals {
    pub weight_sum: Decimal,
    pub full: Decimal,
    pub indicator_score: Decimal,
    pub total: Option<Decimal>,
    pub grade: Option<Grade>,
}

/// Budget and execution over all sources.
struct Execution {
    initial: Decimal,
    budget: Decimal,
    executed: Decimal,
}

impl Execution {
    fn of(view: &View) -> Execution {
        let sum = |key: &str| view.rows(FUNDS).iter().filter_map(|row| row.cells.number(key)).sum();
        Execution { initial: sum("initial"), budget: sum("adjusted"), executed: sum("executed") }
    }

    fn score(&self, view: &View) -> Option<Decimal> {
        execution_score(self.budget, self.executed, view.parameters.execution_weight)
    }
}

/// Totals with some scores replaced by reviewed ones.
pub fn totals(view: &View, reviewed: &BTreeMap<String, Decimal>) -> Totals {
    let scoring = ScoringParameters::of(view.parameters);
    let (mut weight_sum, mut applicable, mut indicator_score) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
    for row in view.rows(INDICATORS) {
        let indicator = scored_indicator(&row.cells);
        let weight = indicator.weight.unwrap_or_default();
        weight_sum += weight;
        if !indicator.not_applicable {
            applicable += weight;
            let own = score_indicator(&indicator, &scoring).score;
            indicator_score += reviewed.get(&row.id).copied().or(own).unwrap_or_default();
        }
    }
    let full = view.parameters.execution_weight + applicable;
    let indicator_score = rounded(indicator_score);
    let execution = Execution::of(view).score(view).unwrap_or_default();
    let total = total_score(indicator_score, execution, full);
    let grade = total.and_then(|total| grade_of(total, &view.parameters.grades));
    Totals { weight_sum, full, indicator_score, total, grade }
}

pub fn judge(view: &View, out: &mut Judgement) {
    let execution = judge_funds(view, out);
    let unmet = judge_indicators(view, out);
    let totals = totals(view, &BTreeMap::new());
    let off = totals.weight_sum != view.parameters.weight_base;
    out.table_rule(off, "EVA-21", (INDICATORS, "weight"), None);
    out.compute("initial", two_decimals(Some(execution.initial)));
    out.compute("budget", two_decimals(Some(execution.budget)));
    out.compute("executed", two_decimals(Some(execution.executed)));
    out.compute("rate", two_decimals(execution_rate(execution.budget, execution.executed)));
    out.compute("execution_score", two_decimals(execution.score(view)));
    out.compute("weight_sum", two_decimals(Some(totals.weight_sum)));
    out.compute("full", two_decimals(Some(totals.full)));
    out.compute("indicator_score", two_decimals(Some(totals.indicator_score)));
    out.compute("total", two_decimals(totals.total));
    out.compute("grade", totals.grade.map_or(Value::Null, |grade| grade.label().into()));
    out.compute("unmet", unmet);
    let weak = matches!(totals.grade, Some(Grade::Middling | Grade::Poor));
    out.header_rule(
        weak && !view.header().has_note("measures", view.parameters.reason_min),
        "EVA-22",
        "measures",
    );
}

fn judge_funds(view: &View, out: &mut Judgement) -> Execution {
    let execution = Execution::of(view);
    for row in view.rows(FUNDS) {
        let number = |key: &str| row.cells.number(key).unwrap_or_default();
        out.row_rule(number("executed") > number("adjusted"), "EVA-17", (FUNDS, &row.id, "executed"));
        for (field, fact) in [("adjusted", "budget"), ("executed", "executed")] {
            let differs = view.number_fact(fact).is_some_and(|fact| fact != number(field));
            out.row_rule(row.id == FISCAL && differs, "EVA-18", (FUNDS, &row.id, field));
        }
    }
    let empty = execution.budget.is_zero();
    out.table_rule(empty, "EVA-16", (FUNDS, "adjusted"), None);
    let least = view.parameters.execution_note_below;
    let slow = execution.budget > Decimal::ZERO
        && execution.executed * Decimal::ONE_HUNDRED < least * execution.budget;
    out.header_rule(
        slow && !view.header().has_note("execution_note", view.parameters.reason_min),
        "EVA-20",
        "execution_note",
    );
    execution
}

/// Computed cells and findings of the indicators; how many are not met.
fn judge_indicators(view: &View, out: &mut Judgement) -> usize {
    let scoring = ScoringParameters::of(view.parameters);
    let mut unmet = 0;
    for row in view.rows(INDICATORS) {
        let indicator = scored_indicator(&row.cells);
        let scored = score_indicator(&indicator, &scoring);
        unmet += usize::from(scored.met == Some(false));
        compute_score(&row.id, &scored, out);
        let missing = !indicator.not_applicable && row.cells.is_empty("actual");
        out.row_rule(missing, "F-01", (INDICATORS, &row.id, "actual"));
        let text = |key: &str| Some(row.cells.text(key)).filter(|text| !text.is_empty());
        let texts = IndicatorTexts { actual: text("actual"), reason: text("reason") };
        for finding in row_findings(&indicator, texts, &scored, &scoring) {
            out.row_rule(true, finding.rule, (INDICATORS, &row.id, finding.field));
        }
    }
    unmet
}

fn why_scored(cells: &Cells, parameters: &EditionParameters) -> Option<String> {
    let (indicator, scoring) = (scored_indicator(cells), ScoringParameters::of(parameters));
    why(&indicator, &score_indicator(&indicator, &scoring), &scoring)
}

fn compute_score(row: &str, scored: &IndicatorScore, out: &mut Judgement) {
    out.compute_row(INDICATORS, row, "method", scored.method.as_str());
    out.compute_row(INDICATORS, row, "met", scored.met.map_or(Value::Null, Value::from));
    out.compute_row(INDICATORS, row, "completion", two_decimals(scored.completion));
    out.compute_row(INDICATORS, row, "over", scored.over);
    out.compute_row(INDICATORS, row, "score", two_decimals(scored.score));
}
