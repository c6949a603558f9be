//! 审核意见: the bureau's numbered and signed opinion on a separate request (Art. 5), as the department and finance get it.

use super::state::SeparateApplication;
use super::table::{OUTSIDE, WITHIN};
use crate::cases::kernel::{Letter, LetterPart};
use crate::kernel::capitals::in_capitals;
use crate::kernel::people::Office;

/// The opinion; `None` while it is not signed.
pub fn opinion(case: &SeparateApplication, department: &str) -> Option<Letter> {
    let opinion = case.opinion.as_ref()?;
    let signed = opinion.signed.as_ref()?;
    let system = case.claim.system.trim();
    let amount = case.claim.amount.unwrap_or_default();
    let (scope, then) = match opinion.outside {
        true => (OUTSIDE, "请凭本意见向省财政厅申请办理"),
        false => (WITHIN, "请列入本部门年度运维服务申请"),
    };
    let parts = vec![
        LetterPart::paragraph(format!(
            "你单位 {} 年度就“{system}”单独申请运维资金人民币 {amount} 元（大写：{}）。经审核，意见如下：",
            case.fiscal_year.0,
            in_capitals(amount)
        )),
        LetterPart::heading("一、审核结论"),
        LetterPart::paragraph(format!("该系统{scope}，{then}（依据《办法》第五条）。")),
        LetterPart::heading("二、审核说明"),
        LetterPart::paragraph(opinion.text.trim()),
    ];
    Some(Letter {
        key: "opinion",
        label: "审核意见",
        organ: Office::Bureau,
        number: opinion.number.clone(),
        title: format!("关于{system}单独申请运维资金的审核意见"),
        to: department.to_string(),
        parts,
        signed_by: signed.by.name.clone(),
        signed_on: signed.on,
        copies: opinion.outside.then_some(Office::Finance),
    })
}
