//! 单独申请表 (Art. 5): what a department fills in, and what the case keeps of it.

use super::state::Claim;
use crate::engine::definition::{Definition, Rule, TableKind};
use crate::engine::document::{Document, Row};
use crate::engine::expr::{Expr, all, any, field, number, parameter, when};
use crate::engine::op::HEADER_ROW;
use crate::forms::words::{form, money, paragraph, table, text};
use crate::kernel::calendar::FiscalYear;
use crate::kernel::finding::Severity::Error;
use crate::kernel::ids::RowId;
use crate::kernel::money::Money;
use std::collections::BTreeMap;

/// Key of the definition, of its one form and of its header.
pub const FORM: &str = "separate";
/// 系统名称.
pub const SYSTEM: &str = "system";
/// 申请金额.
pub const AMOUNT: &str = "amount";
/// 申请事由.
pub const REASON: &str = "reason";
/// 不属于集中运维的理由.
pub const WHY_OUTSIDE: &str = "why_outside";

/// Fewest and most characters of 系统名称.
const SYSTEM_LENGTH: (u32, u32) = (2, 60);
/// Most characters of a paragraph.
pub const LONGEST: u32 = 1000;

/// 单独申请表.
pub fn definition() -> Definition {
    let fields = vec![
        text(SYSTEM, "系统名称", 0, SYSTEM_LENGTH.1).required(),
        money(AMOUNT, "申请金额（元）").required(),
        paragraph(REASON, "申请事由", 0, LONGEST).required().help("为什么需要这笔运维资金"),
        paragraph(WHY_OUTSIDE, "不属于集中运维的理由", 0, LONGEST)
            .required()
            .help("为什么不能列入年度运维服务申请"),
    ];
    let title = "单独申请";
    Definition {
        key: FORM.to_string(),
        title: title.to_string(),
        forms: vec![form(FORM, title, vec![table(FORM, "申请内容", TableKind::Header, 5, fields)])],
        rules: rules(),
    }
}

/// D-01 … D-04: the lower bounds; an empty field and one that is too long are the engine's own findings.
fn rules() -> Vec<Rule> {
    let rule = |code: &str, title: &str, key: &str| Rule::new(code, Error, 5, FORM, title).at(key);
    let shorter = |key: &str, least: Expr| all([field(key).filled(), field(key).length().less(least)]);
    let reason_min = || parameter("reason_min");
    let largest = || Expr::Number(Money::LARGEST_FIELD.yuan());
    let amount = || field(AMOUNT);
    let too_little = || amount().at_most(number(0));
    vec![
        rule("D-01", "系统名称为 2 至 60 个字", SYSTEM)
            .broken_when(shorter(SYSTEM, number(i64::from(SYSTEM_LENGTH.0))))
            .message("请填写系统名称，2 至 60 个字", []),
        rule("D-02", "申请金额大于 0，且不超过系统能保存的最大金额", AMOUNT)
            .broken_when(all([amount().filled(), any([too_little(), amount().more(largest())])]))
            .message("请填写申请金额，应大于 0，不超过 {} 元", [largest()])
            .nearest(when(too_little(), Expr::Number(Money::from_fen(1).yuan()), largest())),
        rule("D-03", "申请事由写明理由，达到最少字数", REASON)
            .broken_when(shorter(REASON, reason_min()))
            .message("请写明申请事由，不少于 {} 个字", [reason_min()]),
        rule("D-04", "写明不属于集中运维的理由，达到最少字数", WHY_OUTSIDE)
            .broken_when(shorter(WHY_OUTSIDE, reason_min()))
            .message("请写明为什么不属于集中运维管理范畴，不少于 {} 个字", [reason_min()]),
    ]
}

/// What the case keeps of the form for lists, titles and papers.
pub fn claim_of(document: &Document) -> Claim {
    let header = document.row(FORM, &RowId::new(HEADER_ROW));
    let cell =
        |key: &str| header.and_then(|row| row.cells.get(key)).map(|text| text.trim()).unwrap_or_default();
    Claim {
        system: cell(SYSTEM).to_string(),
        amount: cell(AMOUNT).parse().ok().and_then(Money::from_yuan),
        reason: cell(REASON).to_string(),
        why_outside: cell(WHY_OUTSIDE).to_string(),
    }
}

/// The form of a claim that was typed before the kind had a form; `None` for one in which nothing was typed.
pub fn document_of(claim: &Claim, year: FiscalYear) -> Option<Document> {
    let amount = claim.amount.map(|amount| amount.yuan().to_string()).unwrap_or_default();
    let typed = [
        (SYSTEM, claim.system.clone()),
        (AMOUNT, amount),
        (REASON, claim.reason.clone()),
        (WHY_OUTSIDE, claim.why_outside.clone()),
    ];
    let filled = typed.into_iter().filter(|(_, text)| !text.trim().is_empty());
    let cells: BTreeMap<String, String> = filled.map(|(key, text)| (key.to_string(), text)).collect();
    if cells.is_empty() {
        return None;
    }
    let mut document = Document::new(year);
    document.tables.insert(FORM.to_string(), vec![Row { id: RowId::new(HEADER_ROW), rank: 0, cells }]);
    Some(document)
}
