//! 部门运维服务需求与预算申报表 (Art. 1, 2, 4, 9): its header and its six tables.

mod rules;

pub use rules::rules;

use super::words::*;
use crate::engine::definition::{Field, FieldKind, Form, Measure, Table, TableKind};
use crate::engine::expr::{
    Expr, any, count as count_rows, field, number as literal, sum, text as words, when,
};
use crate::engine::findings::{JUSTIFICATION, JUSTIFICATIONS, JUSTIFIED_FINDING};

/// Key of the form and of its header.
pub const FORM: &str = "budget_request";

/// The five categories (五类费用) in their order: table key, whether a line may have no system.
pub const CATEGORIES: [&str; 5] = ["infrastructure", "hardware", "software", "other", "cloud"];

/// 类别名称 by table key.
pub fn category_label(category: &str) -> &'static str {
    match category {
        "infrastructure" => "基础环境",
        "hardware" => "硬件设备",
        "software" => "软件系统",
        "other" => "其他",
        "cloud" => "云资源",
        _ => "",
    }
}

pub fn budget_request() -> Form {
    let tables = vec![
        header(),
        systems(),
        infrastructure(),
        hardware(),
        software(),
        other(),
        cloud(),
        justifications(),
    ];
    form(FORM, "部门运维服务需求与预算申报表", tables)
}

fn header() -> Table {
    let mut fields = vec![
        Field::new("credit_code", "统一社会信用代码", FieldKind::CreditCode).required(),
        text("contact", "联系人", 2, 20).required(),
        Field::new("phone", "联系电话", FieldKind::Phone).required().help("手机号，或带区号的座机"),
        paragraph("policy_basis", "申报依据", 1, 2000).required(),
        paragraph("summary", "需求概述", 1, 2000).required(),
        money("last_year_settled", "上年度结算额（元）").help("无上年度结算时留空"),
        number("growth", "增长率（%）", Measure::Percent, None, false, None).computed(growth()),
        paragraph("growth_reason", "增长说明", 0, 1000).help("增长率超过上限时必须说明原因"),
    ];
    for category in CATEGORIES {
        let title = category_label(category);
        fields.push(
            money(&subtotal(category), &format!("{title}小计（元）"))
                .computed(sum(category, field("amount")).expr()),
        );
    }
    let shared = CATEGORIES.map(|c| sum(c, field("amount")).by(field("system"), words("")).expr());
    fields.push(money("shared", "共用小计（元）").computed(added(shared)));
    fields.push(money("total", "申报总额（元）").computed(added(CATEGORIES.map(|c| field(&subtotal(c))))));
    fields
        .push(count("lines", "明细行数", 0, None).computed(added(CATEGORIES.map(|c| count_rows(c).expr()))));
    table(FORM, "基本情况", TableKind::Header, 4, fields)
}

/// Key of a category's subtotal in the header.
pub fn subtotal(category: &str) -> String {
    format!("subtotal_{category}")
}

fn added<const N: usize>(parts: [Expr; N]) -> Expr {
    Expr::Add(parts.into())
}

/// `(total − last_year_settled) × 100 ÷ last_year_settled`, empty when last year is empty or 0.
fn growth() -> Expr {
    ((field("total") - field("last_year_settled")) * literal(100) / field("last_year_settled")).round(2)
}

fn systems() -> Table {
    let by_system = CATEGORIES.map(|c| sum(c, field("amount")).by(field("system"), Expr::RowId).expr());
    let named_by = CATEGORIES.map(|c| count_rows(c).by(field("system"), Expr::RowId).expr());
    let fields = vec![
        text("code", "系统编号", 1, 40).required().unique(),
        text("name", "系统名称", 2, 60).required().width(11),
        date("online_date", "上线日期").required(),
        money("contract_amount", "软件开发合同额"),
        choice("protection_level", "等保级别", &["未定级", "一级", "二级", "三级", "四级"]).required(),
        choice("deployment", "部署方式", &["政务云", "本地机房", "混合"]).required(),
        count("users", "用户规模", 0, None),
        choice("service_level", "服务级别", &["7×24特别", "7×24标准", "5×8常规"]).required().width(7),
        Field::new("classified", "是否涉密", FieldKind::Flag),
        count("lines", "明细行数", 0, None).computed(added(named_by)),
        money("subtotal", "系统小计（元）").computed(added(by_system)),
    ];
    table("systems", "信息系统清单", TableKind::Lines, 2, fields)
}

/// 计费月数 from the end of the free period: none or before 1 Jan Y → 12; on or after 31 Dec Y → 0.
fn billable_months() -> Expr {
    let free_until = || field("free_until");
    let none = any([free_until().empty(), free_until().less(Expr::YearStart)]);
    when(
        none,
        literal(12),
        when(
            free_until().at_least(Expr::YearEnd),
            literal(0),
            literal(12) - Expr::Month(Box::new(free_until())),
        ),
    )
}

fn amount(formula: Expr) -> Field {
    money("amount", "申报金额（元）").computed(formula.round(2)).width(9)
}

fn infrastructure() -> Table {
    let by_rate = field("quantity") * field("unit_value") * field("rate") * field("billable_months");
    let by_price = field("quantity") * field("unit_price") * field("months");
    let formula = when(
        field("method").is("按费率"),
        by_rate / literal(1200),
        when(field("method").is("按单价"), by_price, nothing()),
    );
    let fields = vec![
        system().help("不选为共用"),
        choice("kind", "类别", &["机房", "UPS", "空调", "消防", "安防", "线路"]).required(),
        text("name", "名称", 2, 60).required(),
        count("quantity", "数量", 1, None).required(),
        choice("method", "计价方式", &["按费率", "按单价"]).required(),
        money("unit_value", "单位购置费"),
        percent("rate", "费率%"),
        date("free_until", "质保到期"),
        money("unit_price", "单价(元/月)"),
        count("months", "月数", 1, Some(12)),
        count("billable_months", "计费月数", 0, None).computed(when(
            field("method").is("按费率"),
            billable_months(),
            nothing(),
        )),
        amount(formula),
        basis(),
    ];
    table("infrastructure", "基础环境运维费", TableKind::Lines, 1, fields)
}

/// No value: a literal empty text counts as empty everywhere.
fn nothing() -> Expr {
    words("")
}

fn hardware() -> Table {
    let fields = vec![
        system().required(),
        choice("kind", "类别", &["服务器", "存储", "网络", "安全", "小型机", "终端", "视频会议"]).required(),
        text("name", "设备名称", 2, 60).required(),
        text("brand", "品牌", 0, 60).width(6),
        text("model", "型号", 0, 60).width(9),
        count("quantity", "数量", 1, None).required(),
        positive_money("unit_value", "单位购置费").required(),
        date("purchased", "购置日期").required(),
        date("free_until", "质保到期"),
        choice("service_mode", "运维方式", &["原厂", "第三方", "备件", "驻场"]).required(),
        percent("rate", "费率%").required(),
        money("original_total", "资产原值（元）")
            .computed((field("quantity") * field("unit_value")).round(2)),
        count("age", "使用年限", 0, None).computed(
            Expr::WholeYears { from: Box::new(field("purchased")), to: Box::new(Expr::YearStart) }
                .max(literal(0)),
        ),
        count("billable_months", "计费月数", 0, None).computed(billable_months()),
        amount(
            field("quantity") * field("unit_value") * field("rate") * field("billable_months")
                / literal(1200),
        ),
        basis(),
    ];
    table("hardware", "硬件设备运维费", TableKind::Lines, 1, fields)
}

fn software() -> Table {
    let by_rate = field("contract_amount") * field("rate") * field("billable_months") / literal(1200);
    let by_months = field("person_months") * field("monthly_price");
    let formula =
        when(field("method").is("按费率"), by_rate, when(field("method").is("按人月"), by_months, nothing()));
    let kinds = ["操作系统", "办公软件", "中间件", "数据库", "虚拟化", "安全软件", "定制简单", "定制复杂"];
    let fields = vec![
        system().required(),
        choice("kind", "类别", &kinds).required(),
        text("name", "名称", 2, 60).required(),
        choice("method", "计价方式", &["按费率", "按人月"]).required(),
        money("contract_amount", "合同额"),
        percent("rate", "费率%"),
        date("free_until", "免费维护期止"),
        number("person_months", "人月数", Measure::Plain, Some(0), false, None),
        money("monthly_price", "人月单价"),
        count("billable_months", "计费月数", 0, None).computed(when(
            field("method").is("按费率"),
            billable_months(),
            nothing(),
        )),
        amount(formula),
        basis(),
    ];
    table("software", "软件系统运维费", TableKind::Lines, 1, fields)
}

fn other() -> Table {
    let kinds = ["驻场", "服务台", "等保测评", "密码测评", "风险评估", "数据服务", "培训", "监理"];
    let fields = vec![
        system().help("不选为共用"),
        choice("kind", "类别", &kinds).required(),
        text("name", "名称", 2, 60).required(),
        count("quantity", "数量", 1, None).required(),
        positive_money("unit_price", "单价").required(),
        count("times", "次数/月数", 1, None).required(),
        amount(field("quantity") * field("unit_price") * field("times")),
        basis(),
    ];
    table("other", "其他运维费", TableKind::Lines, 1, fields)
}

fn cloud() -> Table {
    let fields = vec![
        system().required(),
        choice("kind", "类别", &["计算", "内存", "存储", "带宽", "安全组件", "灾备"]).required(),
        text("spec", "规格", 1, 100).required(),
        count("quantity", "数量", 1, None).required(),
        positive_money("unit_price", "单价(元/月)").required(),
        count("months", "月数", 1, Some(12)).required(),
        percent("discount", "折扣%").required().help("无折扣填 100"),
        amount(field("quantity") * field("unit_price") * field("months") * field("discount") / literal(100)),
        basis(),
    ];
    table("cloud", "云资源服务", TableKind::Lines, 9, fields)
}

fn justifications() -> Table {
    let fields = vec![
        text(JUSTIFIED_FINDING, "提醒", 1, 400).required(),
        paragraph(JUSTIFICATION, "说明", 5, 500).required(),
    ];
    table(JUSTIFICATIONS, "提醒说明", TableKind::Justifications, 4, fields)
}
