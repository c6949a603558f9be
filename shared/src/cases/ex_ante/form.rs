//! 事前绩效评估报告: the department's statement, the bureau's criteria and conclusion, what they come to (EXA-11 … 14).

use crate::cases::performance::content::{Cells, Content, ContentRow};
use crate::cases::performance::form::Part::{Bureau, Department};
use crate::cases::performance::form::{Form, FormTable, Takes, error, optional, required};
use crate::cases::performance::judgement::{Judgement, View, rounded, two_decimals};
use rust_decimal::Decimal;
use serde_json::Value;

/// 结论, the best first.
pub const CONCLUSIONS: &[&str] = &[SUPPORTED, PARTLY, "不予支持"];
pub const SUPPORTED: &str = "予以支持";
pub const PARTLY: &str = "部分支持";
pub const REFUSED: &str = "不予支持";
const CRITERIA: &str = "criteria";
const GRADES: &[&str] = &["优", "良", "中", "差"];

/// Dimensions with the key of their score.
const DIMENSIONS: [(&str, &str); 5] = [
    ("立项必要性", "score_necessity"),
    ("投入经济性", "score_economy"),
    ("绩效目标合理性", "score_targets"),
    ("实施方案可行性", "score_plan"),
    ("筹资合规性", "score_funding"),
];

/// 评估要点: 20 rows of equal weight, four of each dimension.
const ITEMS: [(&str, &str); 20] = [
    ("n1", "目的明确"),
    ("n2", "符合规划和职责"),
    ("n3", "不重复交叉"),
    ("n4", "经过论证"),
    ("e1", "内容与职责匹配"),
    ("e2", "预算明细清晰"),
    ("e3", "量力而行"),
    ("e4", "符合定额标准"),
    ("t1", "填报完整"),
    ("t2", "目标明确"),
    ("t3", "指标细化量化"),
    ("t4", "与资金匹配"),
    ("p1", "内容具体"),
    ("p2", "进度合理"),
    ("p3", "条件具备"),
    ("p4", "风险可控"),
    ("f1", "来源合规"),
    ("f2", "属于财政支持范围"),
    ("f3", "方式恰当"),
    ("f4", "财力可承受"),
];
/// Items of a dimension.
const PER_DIMENSION: usize = ITEMS.len() / DIMENSIONS.len();

pub static FORM: Form = Form {
    key: "ex_ante",
    article: 10,
    header: &[
        required("amount", "申请金额", Department, Takes::PositiveNumber),
        required("background", "立项背景", Department, Takes::Text(20, 2000)),
        required("plan", "实施方案", Department, Takes::Text(20, 2000)),
        required("funding", "资金来源", Department, Takes::Text(10, 1000)),
        required("method", "评估方式", Bureau, Takes::Choice(&["自行评估", "专家论证", "委托第三方"])),
        required("conclusion", "评估结论", Bureau, Takes::Choice(CONCLUSIONS)),
        optional("supported_amount", "支持金额", Bureau, Takes::Number),
        optional("reason", "理由", Bureau, Takes::Text(0, 1000)),
        optional("suggestion", "建议", Bureau, Takes::Text(0, 2000)),
    ],
    tables: &[FormTable::new(
        CRITERIA,
        None,
        &[
            required("grade", "等级", Bureau, Takes::Choice(GRADES)),
            optional("note", "说明", Bureau, Takes::Text(0, 500)),
        ],
    )],
    computed: &[CRITERIA],
    rules: &[
        error("EXA-11", Bureau, "评为中、差的须写明理由（不少于{note}个字）"),
        error("EXA-12", Bureau, "结论不得优于计算结论，请按得分调整结论"),
        error("EXA-13", Bureau, "结论低于计算结论的，须写明理由（不少于{reason}个字）"),
        error(
            "EXA-14",
            Bureau,
            "予以支持的，支持金额应等于申请金额；部分支持的，应大于0且小于申请金额；不予支持的，应为空或0",
        ),
    ],
};

/// The criteria as a new case copies them in.
pub fn new_content(header: Cells) -> Content {
    let weight = Decimal::ONE_HUNDRED / Decimal::from(ITEMS.len());
    let rows = ITEMS.iter().enumerate().map(|(n, (id, item))| {
        let cells = [
            ("dimension", DIMENSIONS[n / PER_DIMENSION].0.to_string()),
            ("item", (*item).to_string()),
            ("weight", weight.normalize().to_string()),
        ];
        ContentRow { id: (*id).to_string(), cells: Cells::of(cells) }
    });
    let tables = [(CRITERIA.to_string(), rows.collect())].into();
    Content { header, tables, ..Content::default() }
}

/// Points of the rows of a dimension, and its weight.
#[derive(Clone, Copy, Default)]
struct Dimension {
    points: Decimal,
    weight: Decimal,
}

pub fn judge(view: &View, out: &mut Judgement) {
    let mut dimensions = [Dimension::default(); DIMENSIONS.len()];
    let (mut is_complete, mut vetoes) = (true, 0);
    for row in view.rows(CRITERIA) {
        let (grade, weight) = (row.cells.text("grade"), row.cells.number("weight"));
        let factor = view.parameters.ex_ante_factor.get(grade);
        let points =
            weight.zip(factor).map(|(weight, factor)| rounded(weight * factor / Decimal::ONE_HUNDRED));
        out.compute_row(CRITERIA, &row.id, "points", two_decimals(points));
        is_complete &= points.is_some();
        vetoes += i64::from(grade == "差" && view.parameters.ex_ante_veto.contains(&row.id));
        let at = DIMENSIONS.iter().position(|(name, _)| *name == row.cells.text("dimension"));
        if let Some(at) = at {
            dimensions[at].points += points.unwrap_or_default();
            dimensions[at].weight += weight.unwrap_or_default();
        }
        let unexplained =
            matches!(grade, "中" | "差") && !row.cells.has_note("note", view.parameters.note_length);
        out.row_rule(unexplained, "EXA-11", (CRITERIA, &row.id, "note"));
    }
    for ((_, key), dimension) in DIMENSIONS.iter().zip(dimensions) {
        out.compute(key, two_decimals(Some(dimension.points)));
    }
    let score: Decimal = dimensions.iter().map(|dimension| dimension.points).sum();
    let share = view.parameters.ex_ante_dimension_min;
    let is_low = |of: &&Dimension| of.points * Decimal::ONE_HUNDRED < share * of.weight;
    let low = dimensions.iter().filter(is_low).count();
    let computed = match (is_complete, view.parameters) {
        (false, _) => None,
        (_, parameters) if vetoes > 0 || score < parameters.ex_ante_refuse => Some(REFUSED),
        (_, parameters) if low > 0 || score < parameters.ex_ante_support => Some(PARTLY),
        _ => Some(SUPPORTED),
    };
    out.compute("score", two_decimals(Some(score)));
    out.compute("low_dimensions", low);
    out.compute("veto", vetoes);
    out.compute("computed_conclusion", computed.map_or(Value::Null, Value::from));
    judge_conclusion(view, computed, out);
}

fn judge_conclusion(view: &View, computed: Option<&str>, out: &mut Judgement) {
    let header = view.header();
    let rank = |word: &str| CONCLUSIONS.iter().position(|conclusion| *conclusion == word);
    let stated = header.text("conclusion");
    if let (Some(stated), Some(computed)) = (rank(stated), computed.and_then(rank)) {
        out.header_rule(stated < computed, "EXA-12", "conclusion");
        out.header_rule(
            stated > computed && !header.has_note("reason", view.parameters.reason_min),
            "EXA-13",
            "reason",
        );
    }
    let (supported, amount) = (header.number("supported_amount"), header.number("amount"));
    let fits = match stated {
        SUPPORTED => supported.is_some() && supported == amount,
        PARTLY => supported
            .zip(amount)
            .is_some_and(|(supported, amount)| supported > Decimal::ZERO && supported < amount),
        REFUSED => supported.unwrap_or_default().is_zero(),
        _ => true,
    };
    out.header_rule(!fits, "EXA-14", "supported_amount");
}
