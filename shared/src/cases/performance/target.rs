//! 绩效指标 as issued: the indicators an approval sets, frozen with it; monitoring and evaluation copy them.

use super::content::{Cells, Content, ContentRow};
use crate::cases::execution::field::{Field, FieldKind, is_word, optional, required, unique};
use crate::kernel::words::words;
use crate::policy::scoring::{Attainment, Comparison, ScoredIndicator, ScoringMethod};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Table of the indicators in the forms that copy them.
pub const INDICATORS: &str = "indicators";
/// 定性.
const QUALITATIVE: &str = "定性";

words! {
    /// 指标性质.
    Nature { Quantitative "定量" "定量", Qualitative "定性" "定性" }
}

words! {
    /// 一级指标.
    Level {
        Cost "成本" "成本",
        Output "产出" "产出",
        Benefit "效益" "效益",
        Satisfaction "满意度" "满意度",
    }
}

words! {
    /// 赋分规则.
    Scoring {
        Direct "直接" "直接",
        Proportion "比例" "比例",
        Graded "等级" "等级",
        Satisfaction "满意度" "满意度",
        Steps "扣分" "扣分",
    }
}

words! {
    /// 计算符号.
    Operator {
        AtLeast "≥" "≥",
        AtMost "≤" "≤",
        Equal "=" "=",
        Above ">" ">",
        Below "<" "<",
    }
}

/// One indicator as finance issued it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    pub id: String,
    pub level1: Level,
    pub level2: String,
    pub name: String,
    pub nature: Nature,
    pub operator: Option<Operator>,
    pub value: String,
    pub unit: Option<String>,
    pub weight: Decimal,
    pub scoring: Option<Scoring>,
    /// 及格门槛, percent.
    pub threshold: Option<Decimal>,
    /// 扣分步长.
    pub step: Option<Decimal>,
    /// 每步扣分.
    pub step_points: Option<Decimal>,
}

/// What `approve` carries of an indicator.
pub const TARGET: &[Field] = &[
    unique("id", FieldKind::Text(1, 40)),
    required("level1", FieldKind::Choice(is_word::<Level>)),
    required("level2", FieldKind::Text(1, 40)),
    required("name", FieldKind::Text(2, 60)),
    required("nature", FieldKind::Choice(is_word::<Nature>)),
    optional("operator", FieldKind::Choice(is_word::<Operator>)),
    required("value", FieldKind::Text(1, 40)),
    optional("unit", FieldKind::Text(0, 20)),
    required("weight", FieldKind::Number),
    optional("scoring", FieldKind::Choice(is_word::<Scoring>)),
    optional("threshold", FieldKind::Percent),
    optional("step", FieldKind::PositiveNumber),
    optional("step_points", FieldKind::PositiveNumber),
];

impl Target {
    fn row(&self) -> ContentRow {
        let number = |key, number: Option<Decimal>| Some((key, number?.to_string()));
        let cells = [
            Some(("level1", self.level1.word().to_string())),
            Some(("level2", self.level2.clone())),
            Some(("name", self.name.clone())),
            Some(("nature", self.nature.word().to_string())),
            self.operator.map(|operator| ("operator", operator.word().to_string())),
            Some(("value", self.value.clone())),
            self.unit.clone().map(|unit| ("unit", unit)),
            number("weight", Some(self.weight)),
            self.scoring.map(|scoring| ("scoring", scoring.word().to_string())),
            number("threshold", self.threshold),
            number("step", self.step),
            number("step_points", self.step_points),
        ];
        ContentRow { id: self.id.clone(), cells: Cells::of(cells.into_iter().flatten()) }
    }
}

/// Copies the indicators into a form.
pub fn copy_targets(targets: &[Target], content: &mut Content) {
    content.tables.insert(INDICATORS.to_string(), targets.iter().map(Target::row).collect());
}

/// 比较符 and 指标值 of a copied quantitative indicator.
pub fn quantity(cells: &Cells) -> Option<(Comparison, Decimal)> {
    let operator = Comparison::parse(cells.text("operator"))?;
    let target = cells.written_number("value")?;
    (cells.text("nature") != QUALITATIVE).then_some((operator, target))
}

/// Whether a copied indicator is 定量: all but 定性.
pub fn is_quantitative(cells: &Cells) -> bool {
    cells.text("nature") != QUALITATIVE
}

/// A copied indicator with what the self-evaluation says of it.
pub fn scored_indicator(cells: &Cells) -> ScoredIndicator {
    ScoredIndicator {
        is_qualitative: !is_quantitative(cells),
        comparison: Comparison::parse(cells.text("operator")),
        target: cells.written_number("value"),
        actual: cells.written_number("actual"),
        weight: cells.number("weight"),
        scoring: ScoringMethod::parse(cells.text("scoring")),
        threshold: cells.number("threshold"),
        step: cells.number("step"),
        step_points: cells.number("step_points"),
        attainment: Attainment::parse(cells.text("grade")),
        hand_score: cells.number("hand_score"),
        low_target: cells.flag("low_target"),
        not_applicable: cells.is_set("not_applicable"),
    }
}
