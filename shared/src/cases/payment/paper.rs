//! 文书: 支付审批单, as the payment is approved.

use super::flow::{Event, Payment};
use crate::cases::execution::facts::Facts;
use crate::cases::execution::paper::{CasePaper, PaperTable, in_words};
use crate::kernel::people::Office;

pub fn papers(case: &Payment, event: &Event, facts: &Facts) -> Vec<CasePaper> {
    match event {
        Event::Paid { voucher } => vec![approval(case, voucher, facts)],
        Event::Applied(_) | Event::Returned { .. } | Event::Withdrawn | Event::Bounced { .. } => Vec::new(),
    }
}

fn approval(case: &Payment, voucher: &str, facts: &Facts) -> CasePaper {
    let contract = facts.contract(&case.contract);
    let provider = contract.and_then(|contract| facts.provider(&contract.provider));
    let bank = provider.and_then(|provider| provider.confirmed.clone()).unwrap_or_default();
    let rows = case.lines.iter().map(|line| {
        let [department, name] = facts.line_labels(&line.line);
        vec![line.row.to_string(), department, name, line.amount.to_string()]
    });
    let labels = ["合同行", "部门", "项目", "#金额（元）"];
    let total = vec!["合计".into(), String::new(), String::new(), case.total().to_string()];
    CasePaper::new("approval", "支付审批单", Office::Bureau, facts.today)
        .numbered(facts.case.as_str())
        .facts(vec![
            ("合同编号", contract.map(|contract| contract.number.clone()).unwrap_or_default()),
            ("收款单位", provider.map(|provider| provider.form.name.clone()).unwrap_or_default()),
            ("开户银行", bank.bank),
            ("银行账号", bank.account),
            ("付款期次", format!("第 {} 期{}", case.term, if case.is_final { "（结算）" } else { "" })),
            ("发票号", case.invoice.clone()),
            ("凭证号", voucher.to_string()),
            ("支付金额", in_words(case.total())),
        ])
        .table(PaperTable::new("支付明细", &labels, rows.collect()).with_total(total))
}
