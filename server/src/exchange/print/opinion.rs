//! 审核意见: the bureau's numbered and signed opinion on a separate request (Art. 5), as the department and finance get it.

use super::letter::{Head, Imprint, long_date};
use super::paper::{Align, BODY, Paper, TEXT};
use shared::api::separates::SeparateView;
use shared::cases::separate::{Opinion, Signed};
use shared::kernel::capitals::in_capitals;
use shared::kernel::people::Office;

/// The PDF's bytes; `None` while it is not signed.
pub fn opinion(view: &SeparateView) -> Option<anyhow::Result<Vec<u8>>> {
    let opinion = view.separate.opinion.as_ref()?;
    let signed = opinion.signed.as_ref()?;
    Some(written(view, opinion, signed))
}

fn written(view: &SeparateView, opinion: &Opinion, signed: &Signed) -> anyhow::Result<Vec<u8>> {
    let claim = &view.separate.claim;
    let organ = Office::Bureau.organ();
    let mut paper = Paper::new()?;
    paper.letterhead(&Head { organ: format!("{organ}文件"), number: &opinion.number, signer: None });
    let title = format!("关于{}单独申请运维资金的审核意见", claim.system.trim());
    paper.title(&title);
    paper.space(8.0);
    paper.paragraph(&format!("{}：", view.department_name), BODY, Align::Left);
    let amount = claim.amount.unwrap_or_default();
    let asked = format!(
        "　　你单位 {} 年度就“{}”单独申请运维资金人民币 {amount} 元（大写：{}）。经审核，意见如下：",
        view.separate.fiscal_year.0,
        claim.system.trim(),
        in_capitals(amount)
    );
    paper.paragraph(&asked, BODY, Align::Left);
    let (scope, then) = match opinion.outside {
        true => ("不属于集中运维管理范畴", "请凭本意见向省财政厅申请办理"),
        false => ("属于集中运维管理范畴", "请列入本部门年度运维服务申请"),
    };
    paper.heading("一、审核结论");
    paper.paragraph(&format!("　　该系统{scope}，{then}（第5条）。"), BODY, Align::Left);
    paper.heading("二、审核说明");
    paper.paragraph(&format!("　　{}", opinion.text.trim()), BODY, Align::Left);
    paper.need(BODY.size * 9.0);
    paper.space(24.0);
    paper.signed(organ, BODY);
    paper.signed(&long_date(signed.on), BODY);
    paper.paragraph(&format!("（系统签发：{}）", signed.by.name), TEXT, Align::Left);
    let copies = if opinion.outside { Office::Finance.organ() } else { "" };
    paper.imprint(&Imprint { copies, organ, date: Some(signed.on) });
    paper.finish(&title, &format!("{}　由系统签发记录生成", opinion.number))
}
