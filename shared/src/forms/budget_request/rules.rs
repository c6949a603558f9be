//! Rules B-01 … B-13 of the budget request.

use super::{CATEGORIES, FORM};
use crate::engine::definition::Rule;
use crate::engine::expr::{
    Expr, all, any, count, field, header, later, lookup, number, parameter, text, when,
};
use crate::forms::performance_targets::FORM as TARGETS;
use crate::kernel::finding::Severity::{Error, Warning};

/// 涉密占位: what a line of a classified system shows instead of its names.
const CLASSIFIED: &str = "涉密";

pub fn rules() -> Vec<Rule> {
    let mut rules = vec![something_asked(), growth_explained(), funds_balance()];
    rules.extend(CATEGORIES.iter().map(|category| known_system(category)));
    rules.push(unused_system());
    rules.extend(method_fields(
        "infrastructure",
        "按费率",
        &["unit_value", "rate"],
        "按单价",
        &["unit_price", "months"],
    ));
    rules.extend(method_fields(
        "software",
        "按费率",
        &["contract_amount", "rate"],
        "按人月",
        &["person_months", "monthly_price"],
    ));
    // Hardware is always asked for by rate; the other two when their method says so.
    let always = Expr::And(Vec::new());
    let by_rate = || field("method").is("按费率");
    for (table, asked_by_rate) in
        [("infrastructure", by_rate()), ("hardware", always), ("software", by_rate())]
    {
        rules.push(in_warranty(table, asked_by_rate.clone()));
        rules.push(rate_over_cap(table, asked_by_rate.clone()));
        rules.push(rate_far_over_cap(table, asked_by_rate));
    }
    rules.extend([duplicate_device(), protection_without_assessment(), double_payment()]);
    for (table, fields) in [
        ("infrastructure", &["name"][..]),
        ("hardware", &["name", "brand", "model"]),
        ("software", &["name"]),
        ("other", &["name"]),
        ("cloud", &["spec"]),
    ] {
        rules.extend(fields.iter().map(|key| classified_named(table, key)));
    }
    rules.extend(CATEGORIES.iter().map(|category| large_amount_explained(category)));
    rules.extend([
        late_date("hardware", "purchased"),
        late_date("systems", "online_date"),
        warranty_before_purchase(),
    ]);
    rules
}

fn something_asked() -> Rule {
    Rule::new("B-01", Error, 1, FORM, "申报表在五类费用中至少有一行明细")
        .broken_when(field("lines").equals(number(0)))
        .message("还没有任何明细，请在五类费用中至少填写一行", [])
}

fn known_system(table: &str) -> Rule {
    let found = count("systems").by(Expr::RowId, field("system")).expr();
    Rule::new("B-02", Error, 2, table, "明细所属系统必须在信息系统清单中")
        .at("system")
        .broken_when(all([field("system").filled(), found.equals(number(0))]))
        .message("所属系统“{}”不在信息系统清单中，请改选，或先在清单中登记该系统", [field("system")])
}

fn unused_system() -> Rule {
    Rule::new("B-02", Warning, 2, "systems", "清单中的系统应有明细")
        .at("code")
        .broken_when(field("lines").equals(number(0)))
        .message("系统“{}”没有任何明细，请确认是否需要列入清单", [field("name")])
}

/// B-03: the fields of the chosen method are filled, those of the other are empty.
fn method_fields(table: &str, one: &str, ones: &[&str], two: &str, twos: &[&str]) -> Vec<Rule> {
    let side = |method: &str, key: &&str, other: &str| {
        let rule = |title: &str| Rule::new("B-03", Error, 1, table, title).at(key);
        [
            rule("所选计价方式需要的栏必须填写")
                .broken_when(all([field("method").is(method), field(key).empty()]))
                .message(&format!("计价方式为“{method}”，本栏必填"), []),
            rule("不用于所选计价方式的栏必须为空")
                .broken_when(all([field("method").is(other), field(key).filled()]))
                .message(&format!("计价方式为“{other}”，本栏应为空，请清除"), []),
        ]
    };
    let first = ones.iter().flat_map(|key| side(one, key, two));
    let second = twos.iter().flat_map(|key| side(two, key, one));
    first.chain(second).collect()
}

fn in_warranty(table: &str, asked_by_rate: Expr) -> Rule {
    Rule::new("B-04", Warning, 1, table, "全年在质保期内的明细不计费")
        .at("free_until")
        .broken_when(all([asked_by_rate, field("billable_months").equals(number(0))]))
        .message("质保到 {}，全年在保，本行申报金额为 0，请确认是否仍需列入", [field("free_until")])
}

/// 参考费率上限 of the line's kind, raised for old hardware.
fn cap(table: &str) -> Expr {
    let cap = lookup("rate_cap", field("kind"));
    if table != "hardware" {
        return cap;
    }
    let old = field("age").more(parameter("old_after_years"));
    cap * when(old, parameter("old_factor"), number(1))
}

fn rate_over_cap(table: &str, asked_by_rate: Expr) -> Rule {
    let unexplained = field("basis").length().less(parameter("basis_min"));
    let ceiling = cap(table) * parameter("cap_ceiling");
    Rule::new("B-05", Error, 4, table, "费率高于参考上限须有足够长的测算依据")
        .at("rate")
        .broken_when(all([
            asked_by_rate,
            field("rate").more(cap(table)),
            field("rate").at_most(ceiling),
            unexplained,
        ]))
        .message(
            "费率 {}% 高于“{}”参考上限 {}%，请降低费率，或在测算依据中说明（不少于 {} 个字）",
            [field("rate"), field("kind"), cap(table), parameter("basis_min")],
        )
        .nearest(cap(table))
}

fn rate_far_over_cap(table: &str, asked_by_rate: Expr) -> Rule {
    let ceiling = || cap(table) * parameter("cap_ceiling");
    Rule::new("B-05", Error, 4, table, "费率不得高于参考上限的规定倍数")
        .at("rate")
        .broken_when(all([asked_by_rate, field("rate").more(ceiling())]))
        .message(
            "费率 {}% 高于“{}”参考上限 {}% 的 {} 倍（{}%），必须降低",
            [field("rate"), field("kind"), cap(table), parameter("cap_ceiling"), ceiling()],
        )
        .nearest(when(field("basis").length().at_least(parameter("basis_min")), ceiling(), cap(table)))
}

/// The line's system is classified.
fn of_classified_system() -> Expr {
    let classified = count("systems").filter(field("classified")).by(Expr::RowId, field("system")).expr();
    classified.more(number(0))
}

fn duplicate_device() -> Rule {
    let shown = all([field("name").filled(), field("name").differs(text(CLASSIFIED))]);
    let again = later("hardware", &["system", "kind", "name", "model"]).filter(shown).expr();
    Rule::new("B-06", Warning, 2, "hardware", "同一系统下类别、名称、型号相同的设备可能重复")
        .at("name")
        .broken_when(all([again, !of_classified_system()]))
        .message("“{}”与前面的行系统、类别、名称、型号都相同，请确认没有重复申报", [field("name")])
}

fn protection_without_assessment() -> Rule {
    let assessed =
        count("other").filter(field("kind").is("等保测评")).by(field("system"), Expr::RowId).expr();
    Rule::new("B-07", Warning, 1, "systems", "三级、四级系统应有等保测评")
        .at("protection_level")
        .broken_when(all([field("protection_level").one_of(&["三级", "四级"]), assessed.equals(number(0))]))
        .message(
            "系统为{}，但“其他运维费”中没有它的等保测评，请确认测评是否另有安排",
            [field("protection_level")],
        )
}

fn growth_explained() -> Rule {
    Rule::new("B-08", Error, 4, FORM, "增长率超过上限须有足够长的增长说明")
        .at("growth_reason")
        .broken_when(all([
            field("growth").more(parameter("growth_limit")),
            field("growth_reason").length().less(parameter("growth_reason_min")),
        ]))
        .message(
            "比上年度结算额增长 {}%，超过 {}%，请填写增长说明（不少于 {} 个字）",
            [field("growth"), parameter("growth_limit"), parameter("growth_reason_min")],
        )
}

fn classified_named(table: &str, key: &str) -> Rule {
    let named = field(key).differs(text(CLASSIFIED));
    Rule::new("B-09", Error, 15, table, "涉密系统的明细不得写出名称、品牌、型号、规格")
        .at(key)
        .broken_when(all([field(key).filled(), named, of_classified_system()]))
        .message("所属系统涉密，本栏只能留空或填“涉密”", [])
        .nearest(text(CLASSIFIED))
}

fn large_amount_explained(table: &str) -> Rule {
    Rule::new("B-10", Error, 1, table, "金额较大的明细必须有测算依据")
        .at("basis")
        .broken_when(all([field("amount").at_least(parameter("basis_threshold")), field("basis").empty()]))
        .message(
            "申报金额 {} 元，达到 {} 元，请填写测算依据",
            [field("amount"), parameter("basis_threshold")],
        )
}

fn double_payment() -> Rule {
    let staffed =
        count("software").filter(field("method").is("按人月")).by(field("system"), field("system")).expr();
    Rule::new("B-11", Warning, 2, "other", "驻场与按人月计价的软件运维不应重复计费")
        .at("system")
        .broken_when(all([field("kind").is("驻场"), field("system").filled(), staffed.more(number(0))]))
        .message("该系统在软件系统运维费中已有按人月计价的明细，请确认驻场人员没有重复计费", [])
}

fn late_date(table: &str, key: &str) -> Rule {
    Rule::new("B-12", Error, 1, table, "日期不得晚于申报年度 12 月 31 日")
        .at(key)
        .broken_when(field(key).more(Expr::YearEnd))
        .message("{} 晚于 {}，请核对", [field(key), Expr::YearEnd])
        .nearest(Expr::YearEnd)
}

fn warranty_before_purchase() -> Rule {
    Rule::new("B-12", Error, 1, "hardware", "质保到期不得早于购置日期")
        .at("free_until")
        .broken_when(field("free_until").less(field("purchased")))
        .message("质保到期 {} 早于购置日期 {}，请核对", [field("free_until"), field("purchased")])
        .nearest(field("purchased"))
}

/// B-13 平衡校验: stands on the targets' header and looks at the request's.
fn funds_balance() -> Rule {
    let total = || header(FORM, "total");
    Rule::new("B-13", Error, 11, TARGETS, "绩效目标的资金总额等于申报总额（平衡校验）")
        .at("funds")
        .broken_when(any([field("funds").less(total()), field("funds").more(total())]))
        .message(
            "资金总额 {} 元与申报总额 {} 元不等，请调整财政拨款、上年结转或其他资金",
            [field("funds"), total()],
        )
        .nearest(total())
}
