//! 评价结果应用意见书: what the grade and the open corrections propose (APP-10, 11).

use crate::cases::performance::form::Part::Whole;
use crate::cases::performance::form::{Form, Takes, error, optional, required};
use crate::cases::performance::judgement::{Judgement, View, rounded, two_decimals};
use crate::policy::written_reasons::IMPROVEMENT;
use rust_decimal::Decimal;

const ADJUST_BUDGET: &str = "调整预算";

pub static FORM: Form = Form {
    key: "application",
    article: 14,
    header: &[
        required("improvement", "改进措施", Whole, Takes::Text(10, 2000)),
        required("use", "应用方式", Whole, Takes::Choice(&["改进管理", ADJUST_BUDGET, "完善政策"])),
        optional("objection", "部门异议", Whole, Takes::Text(0, 1000)),
    ],
    tables: &[],
    computed: &[],
    rules: &[
        error("APP-10", Whole, "等次为中、差的，改进措施不少于20个字"),
        error("APP-11", Whole, "有拟调减金额的，应用方式须为调整预算"),
    ],
};

pub fn judge(view: &View, out: &mut Judgement) {
    let header = view.header();
    let grade = header.text("grade");
    let parameters = view.parameters;
    let open = header.number("open_corrections").is_some_and(|open| open > Decimal::ZERO);
    let percent = parameters.cut_by_grade.get(grade).map(|cut| {
        let cut = if open { *cut + parameters.cut_open } else { *cut };
        cut.min(parameters.cut_cap)
    });
    let base = header.number("base");
    let proposed = base.zip(percent).map(|(base, percent)| rounded(base * percent / Decimal::ONE_HUNDRED));
    out.compute("percent", two_decimals(percent));
    out.compute("proposed", two_decimals(proposed));
    let weak = matches!(grade, "中" | "差");
    out.header_rule(weak && !header.has_note("improvement", IMPROVEMENT), "APP-10", "improvement");
    let cuts = proposed.is_some_and(|proposed| proposed > Decimal::ZERO);
    out.header_rule(cuts && header.text("use") != ADJUST_BUDGET, "APP-11", "use");
}
