//! The form itself: the harness's "budget declaration" as a definition like the product's own.

use rust_decimal::Decimal;
use shared::engine::definition::{
    Choice, Definition, Field, FieldKind, Form, Measure, Rule, Table, TableKind,
};
use shared::engine::expr::{Expr, all, any, field, header, number, sum, text, when};
use shared::kernel::finding::Severity;

/// Key of the form and of its header.
pub const FORM: &str = "declaration";
/// Key of its lines.
pub const ITEMS: &str = "items";
pub const CATEGORIES: [&str; 5] = ["Personnel", "Equipment", "Materials", "Travel", "Services"];

pub fn declaration() -> Definition {
    Definition {
        key: FORM.to_string(),
        title: "预算申报".to_string(),
        forms: vec![Form {
            key: FORM.to_string(),
            title: "预算申报".to_string(),
            tables: vec![head(), items()],
        }],
        rules: vec![code_rule(), phone_rule(), basis_rule(), ceiling_rule()],
    }
}

/// Key of a category's subtotal in the header.
pub fn subtotal(category: &str) -> String {
    format!("subtotal_{category}")
}

fn head() -> Table {
    let mut fields = vec![
        Field::new("dept", "部门", words(2, 60, false)).required(),
        Field::new("code", "统一社会信用代码", words(0, 2000, false)).required(),
        Field::new("year", "年度", figure(Measure::Count, 2020, false, Some(2039))).required(),
        Field::new("contact", "联系人", words(1, 60, false)).required(),
        Field::new("phone", "联系电话", words(0, 2000, false)).required(),
        Field::new("policy", "政策依据", words(10, 2000, true)).required(),
        Field::new("ceiling", "控制数（元）", figure(Measure::Money, 0, false, None)).required(),
    ];
    let of = |category| sum(ITEMS, field("amount")).by(field("category"), text(category)).expr();
    let money = |key: &str, label: String| Field::new(key, &label, figure(Measure::Money, 0, false, None));
    fields.extend(CATEGORIES.map(|c| money(&subtotal(c), format!("{c} 小计（元）")).computed(of(c))));
    let total = Expr::Add(CATEGORIES.iter().map(|c| field(&subtotal(c))).collect());
    fields.push(money("total", "合计（元）".to_string()).computed(total));
    table(FORM, "基本情况", TableKind::Header, fields)
}

fn items() -> Table {
    let choices = CATEGORIES.map(|c| Choice { value: c.to_string(), beside: None }).to_vec();
    let inputs = ["qty", "price", "rate"];
    // qty × price × rate % in one rounding; 0 while one of them is missing.
    let product = Expr::Mul(inputs.iter().map(|input| field(input)).collect()) / number(100);
    let complete = all(inputs.map(|input| Expr::Not(Box::new(field(input).empty()))));
    let fields = vec![
        Field::new("category", "类别", FieldKind::Choice { choices, by: None }).required().width(7),
        Field::new("name", "名称", words(2, 60, false)).required().width(12),
        Field::new("model", "型号", words(0, 60, false)),
        Field::new("qty", "数量", figure(Measure::Count, 1, false, None)).required(),
        Field::new("price", "单价", figure(Measure::Money, 0, true, None)).required(),
        Field::new("rate", "费率%", figure(Measure::Percent, 0, false, Some(100))).required(),
        Field::new("amount", "金额", figure(Measure::Money, 0, false, None)).computed(when(
            complete,
            product.round(2),
            number(0),
        )),
        Field::new("basis", "测算依据", words(0, 200, false)).width(14),
    ];
    table(ITEMS, "明细", TableKind::Lines, fields)
}

/// `^[0-9A-Z]{18}$`.
fn code_rule() -> Rule {
    let characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    spelled("P-03", "code", characters, 18, 18, "须为 18 位大写字母或数字")
}

/// `^[0-9 +()-]{7,20}$`.
fn phone_rule() -> Rule {
    spelled("P-04", "phone", "0123456789 +()-", 7, 20, "须为 7 至 20 位数字、空格、+、-、()")
}

/// What is in a field is so many of these characters; one finding, whichever of the two is wrong.
fn spelled(code: &str, key: &str, characters: &str, shortest: i64, longest: i64, title: &str) -> Rule {
    let length = || field(key).length();
    let wrong =
        [length().less(number(shortest)), length().more(number(longest)), !field(key).only(characters)];
    Rule::new(code, Severity::Error, 4, FORM, title)
        .at(key)
        .broken_when(all([field(key).filled(), any(wrong)]))
        .message(title, [])
}

fn basis_rule() -> Rule {
    Rule::new("P-01", Severity::Error, 9, ITEMS, "金额超过 100,000 元须写测算依据")
        .at("basis")
        .broken_when(all([field("amount").more(number(100_000)), field("basis").empty()]))
        .message("金额 {} 元超过 100,000 元，请写测算依据", [field("amount")])
}

fn ceiling_rule() -> Rule {
    let (total, ceiling) = (header(FORM, "total"), header(FORM, "ceiling"));
    Rule::new("P-02", Severity::Error, 4, FORM, "合计不得超过控制数")
        .at("ceiling")
        .broken_when(field("total").more(field("ceiling")))
        .message("合计 {} 元超过控制数 {} 元", [total, ceiling])
}

fn words(shortest: u32, longest: u32, lines: bool) -> FieldKind {
    FieldKind::Text { shortest, longest, lines }
}

fn figure(measure: Measure, least: i64, above: bool, most: Option<i64>) -> FieldKind {
    FieldKind::Number { measure, least: Some(Decimal::from(least)), above, most: most.map(Decimal::from) }
}

fn table(key: &str, title: &str, kind: TableKind, fields: Vec<Field>) -> Table {
    Table { key: key.to_string(), title: title.to_string(), kind, article: 4, fields }
}
