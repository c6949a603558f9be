//! 项目支出绩效目标申报表 (Art. 11; 财预〔2021〕101号): its header, its indicators and rules T-01 … T-09.

use super::words::*;
use crate::engine::definition::{Field, Form, Measure, Rule, Table, TableKind};
use crate::engine::expr::{
    Aggregate, Expr, all, any, count as count_rows, field, later, lookup, number as literal, parameter, sum,
    text as words, when,
};
use crate::kernel::finding::Severity::{Error, Warning};

/// Key of the form and of its header.
pub const FORM: &str = "performance_targets";
/// Key of its table.
pub const INDICATORS: &str = "indicators";

/// 一级指标 and the 二级指标 of each.
const LEVELS: [(&str, &[&str]); 4] = [
    ("成本", &["经济成本", "社会成本", "生态环境成本"]),
    ("产出", &["数量", "质量", "时效"]),
    ("效益", &["经济效益", "社会效益", "生态效益", "可持续影响"]),
    ("满意度", &["服务对象满意度"]),
];

pub fn performance_targets() -> Form {
    form(FORM, "项目支出绩效目标申报表", vec![header(), indicators()])
}

fn header() -> Table {
    let mut fields = vec![
        text("project_name", "项目名称", 2, 60).required(),
        choice("attribute", "项目属性", &["新增", "延续"]).required(),
        text("period", "实施期限", 0, 40),
        text("leader", "负责人", 0, 20),
        money("fiscal", "财政拨款（元）"),
        money("carry_over", "上年结转（元）"),
        money("other", "其他资金（元）"),
        money("funds", "资金总额（元）").computed(funds()),
        paragraph("goal", "年度总体目标", 20, 1000).required(),
        paragraph("mid_term_goal", "中期目标", 0, 1000),
        count("count", "指标数", 0, None).computed(count_rows(INDICATORS).expr()),
        number("weight_sum", "分值合计", Measure::Plain, None, false, None)
            .computed(sum(INDICATORS, field("weight")).expr()),
        count("cost_count", "成本指标数", 0, None).computed(of_level("成本").expr()),
    ];
    fields.extend(LEVELS.iter().map(|(level, _)| {
        number(&weight_of(level), &format!("{level}分值"), Measure::Plain, None, false, None)
            .computed(sum(INDICATORS, field("weight")).filter(field("level1").is(level)).expr())
    }));
    table(FORM, "项目与资金", TableKind::Header, 11, fields)
}

/// Key of the header field with the weights of a level.
pub fn weight_of(level: &str) -> String {
    let key = match level {
        "成本" => "cost",
        "产出" => "output",
        "效益" => "benefit",
        _ => "satisfaction",
    };
    format!("weight_{key}")
}

/// 资金总额 = fiscal + carry_over + other, each counted as 0 while empty.
fn funds() -> Expr {
    let part = |key: &str| when(field(key).empty(), literal(0), field(key));
    (part("fiscal") + part("carry_over") + part("other")).round(2)
}

fn indicators() -> Table {
    let names: Vec<&str> = LEVELS.iter().map(|(level, _)| *level).collect();
    let fields: Vec<Field> = vec![
        choice("level1", "一级指标", &names).required(),
        narrowed_choice("level2", "二级指标", "level1", &LEVELS).required().width(8),
        text("name", "三级指标", 2, 60).required().width(12),
        choice("nature", "指标性质", &["定量", "定性"]).required().width(5),
        choice("direction", "指标方向", &["正向", "反向", "等于"]).width(5),
        choice("operator", "计算符号", &["≥", "≤", "=", ">", "<"]).width(5),
        text("value", "指标值", 1, 40).required().width(8),
        text("unit", "计量单位", 0, 20).width(5),
        number("weight", "分值", Measure::Plain, None, false, None).required().width(4),
        choice("basis", "设定依据", &["计划标准", "行业标准", "历史标准", "预算支出标准", "政策文件"])
            .width(7),
        text("source", "数据来源", 0, 100),
        text("evidence", "佐证资料", 0, 100),
        choice("scoring", "赋分规则", &["直接", "比例", "等级", "满意度"]).width(5),
    ];
    table(INDICATORS, "绩效指标", TableKind::Lines, 11, fields)
}

fn of_level(level: &str) -> Aggregate {
    count_rows(INDICATORS).filter(field("level1").is(level))
}

pub fn rules() -> Vec<Rule> {
    let mut rules = vec![weights_sum()];
    rules.extend(LEVELS.iter().map(|(level, _)| level_share(level)));
    rules.extend(coverage());
    rules.extend(quantity_and_quality());
    rules.extend([direction_agrees(), rates_not_reversed(), level_belongs(), percent_in_range()]);
    rules.extend([how_many(), unique_names(), outputs_not_inputs(), weight_within_share()]);
    rules
}

fn weights_sum() -> Rule {
    Rule::new("T-01", Error, 11, FORM, "各指标分值之和等于规定的合计")
        .at_table(INDICATORS, Some("weight"))
        .broken_when(field("weight_sum").differs(parameter("weight_base")))
        .message(
            "分值合计为 {}，应为 {}（另有预算执行率 {} 分），请调整各指标分值",
            [field("weight_sum"), parameter("weight_base"), parameter("execution_weight")],
        )
}

/// The share of a level: with any cost indicator cost has its own, else the others share it.
fn share(level: Expr, any_cost: Expr) -> Expr {
    when(any_cost, lookup("share_with_cost", level.clone()), lookup("share_without_cost", level))
}

fn level_share(level: &str) -> Rule {
    let key = weight_of(level);
    let share = || share(words(level), field("cost_count").more(literal(0)));
    Rule::new("T-02", Error, 11, FORM, "每个一级指标的分值之和等于其权重")
        .at_table(INDICATORS, Some("weight"))
        .about(level)
        .broken_when(field(&key).differs(share()))
        .message(&format!("“{level}”类指标分值合计为 {{}}，应为 {{}}"), [field(&key), share()])
}

/// T-03: which indicators there must be, and which O&M should have besides.
fn coverage() -> Vec<Rule> {
    let missing = |severity, about: &str, asked: Expr| {
        Rule::new(
            "T-03",
            severity,
            11,
            FORM,
            "数量、质量、时效、效益、满意度指标各至少一个；运维项目还应有经济成本、可用率、响应指标",
        )
        .at_table(INDICATORS, None)
        .about(about)
        .broken_when(count_rows(INDICATORS).filter(asked).expr().equals(literal(0)))
        .message(&format!("缺少“{about}”指标，请至少设置一个"), [])
    };
    let mut rules = Vec::new();
    for about in ["数量", "质量", "时效"] {
        rules.push(missing(Error, about, field("level2").is(about)));
    }
    for about in ["效益", "满意度"] {
        rules.push(missing(Error, about, field("level1").is(about)));
    }
    rules.push(missing(Warning, "经济成本", field("level2").is("经济成本")));
    rules.push(missing(Warning, "可用率", field("name").contains(&["可用率", "正常运行率", "稳定运行率"])));
    rules.push(missing(Warning, "响应", field("name").contains(&["响应"])));
    rules
}

/// T-04: what a quantitative and what a qualitative indicator needs.
fn quantity_and_quality() -> Vec<Rule> {
    let rule = |key: &str| {
        Rule::new("T-04", Error, 11, INDICATORS, "定量指标有计算符号、计量单位和数值，定性指标没有计算符号")
            .at(key)
    };
    let quantitative = || field("nature").is("定量");
    vec![
        rule("operator")
            .broken_when(all([quantitative(), field("operator").empty()]))
            .message("定量指标须选择计算符号", []),
        rule("operator")
            .broken_when(all([field("nature").is("定性"), field("operator").filled()]))
            .message("定性指标不用计算符号，请清除", []),
        rule("unit")
            .broken_when(all([quantitative(), field("unit").empty()]))
            .message("定量指标须填写计量单位", []),
        rule("value")
            .broken_when(all([quantitative(), field("value").filled(), field("value").as_number().empty()]))
            .message("定量指标的指标值“{}”应为数字", [field("value")]),
    ]
}

fn direction_agrees() -> Rule {
    let wrong = |direction: &str, operators: &[&str]| {
        all([
            field("direction").is(direction),
            field("operator").filled(),
            !field("operator").one_of(operators),
        ])
    };
    Rule::new("T-05", Error, 11, INDICATORS, "计算符号与指标方向一致：正向 ≥ >，反向 ≤ <，等于 =")
        .at("operator")
        .broken_when(any([wrong("正向", &["≥", ">"]), wrong("反向", &["≤", "<"]), wrong("等于", &["="])]))
        .message(
            "{}指标不能用“{}”：正向用 ≥ 或 >，反向用 ≤ 或 <，等于用 =",
            [field("direction"), field("operator")],
        )
}

fn rates_not_reversed() -> Rule {
    Rule::new("T-05", Error, 11, INDICATORS, "可用率、及时率、满意度不是反向指标")
        .at("direction")
        .broken_when(all([
            field("name").contains(&["可用率", "及时率", "满意度"]),
            field("direction").is("反向"),
        ]))
        .message("“{}”越高越好，方向不能是反向", [field("name")])
        .nearest(words("正向"))
}

fn level_belongs() -> Rule {
    let outside = LEVELS.map(|(level, seconds)| {
        all([field("level1").is(level), field("level2").filled(), !field("level2").one_of(seconds)])
    });
    Rule::new("T-06", Error, 11, INDICATORS, "二级指标属于其一级指标")
        .at("level2")
        .broken_when(any(outside))
        .message("“{}”不属于“{}”，请改选", [field("level2"), field("level1")])
}

fn percent_in_range() -> Rule {
    let value = || field("value").as_number();
    Rule::new("T-07", Error, 11, INDICATORS, "百分比指标值在 0 到 100 之间（超支率、增长率除外）")
        .at("value")
        .broken_when(all([
            field("unit").one_of(&["%", "％"]),
            any([value().less(literal(0)), value().more(literal(100))]),
            !field("name").contains(&["超支率", "增长率"]),
        ]))
        .message("指标值 {}% 不在 0–100 之间，请核对", [field("value")])
        .nearest(when(value().less(literal(0)), literal(0), literal(100)))
}

fn how_many() -> Rule {
    Rule::new("T-08", Warning, 11, FORM, "指标数量宜在规定的个数之间")
        .at_table(INDICATORS, None)
        .about("count")
        .broken_when(any([
            field("count").less(parameter("fewest_indicators")),
            field("count").more(parameter("most_indicators")),
        ]))
        .message(
            "现有 {} 个指标，一般为 {} 至 {} 个",
            [field("count"), parameter("fewest_indicators"), parameter("most_indicators")],
        )
}

fn unique_names() -> Rule {
    Rule::new("T-08", Warning, 11, INDICATORS, "三级指标名称不重复")
        .at("name")
        .broken_when(later(INDICATORS, &["name"]).filter(field("name").filled()).expr())
        .message("“{}”与前面的指标同名，请确认", [field("name")])
}

fn outputs_not_inputs() -> Rule {
    Rule::new("T-08", Warning, 11, INDICATORS, "产出指标不写投入")
        .at("name")
        .broken_when(all([field("level1").is("产出"), field("name").contains(&["投入"])]))
        .message("“{}”说的是投入，产出指标应写完成的数量、质量或时效", [field("name")])
}

fn weight_within_share() -> Rule {
    let share = || share(field("level1"), of_level("成本").expr().more(literal(0)));
    Rule::new("T-09", Error, 11, INDICATORS, "分值大于 0，且不超过其一级指标的权重")
        .at("weight")
        .broken_when(any([field("weight").at_most(literal(0)), field("weight").more(share())]))
        .message("分值 {} 应大于 0 且不超过“{}”的权重 {}", [field("weight"), field("level1"), share()])
        .nearest(share())
}
