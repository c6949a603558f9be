//! 文书: 预拨申请 as it is signed, 预拨通知 as it is granted.

use super::flow::{Advance, Event, Grant};
use crate::cases::execution::facts::Facts;
use crate::cases::execution::paper::{CasePaper, PaperTable, in_words};
use crate::kernel::money::Money;
use crate::kernel::people::Office;

pub fn papers(case: &Advance, event: &Event, facts: &Facts) -> Vec<CasePaper> {
    match event {
        Event::Signed => vec![application(case, facts)],
        Event::Approved { voucher } => vec![notice(case, voucher, facts)],
        Event::Applied { .. }
        | Event::Reviewed { .. }
        | Event::Returned { .. }
        | Event::Withdrawn
        | Event::Reversed { .. } => Vec::new(),
    }
}

fn application(case: &Advance, facts: &Facts) -> CasePaper {
    let total = sum(&case.lines);
    let rows = case.lines.iter().map(|grant| {
        let [department, name] = facts.line_labels(&grant.line);
        vec![department, name, grant.amount.to_string()]
    });
    let table = PaperTable::new("申请明细", &["部门", "项目", "#申请金额（元）"], rows.collect());
    let text = format!(
        "根据管理办法第六条，现申请预拨 {} 年度政务信息系统运维资金 {}，明细如下，请予审核。",
        case.year,
        in_words(total)
    );
    CasePaper::new("application", format!("{} 年度运维资金预拨申请", case.year), Office::Bureau, facts.today)
        .sent_to(Office::Finance.organ())
        .paragraph(text)
        .table(table.with_total(vec!["合计".into(), String::new(), total.to_string()]))
}

fn notice(case: &Advance, voucher: &str, facts: &Facts) -> CasePaper {
    let granted = sum(&case.granted);
    let rows = case.lines.iter().map(|grant| {
        let [department, name] = facts.line_labels(&grant.line);
        let amounts = [grant.amount, case.granted_to(&grant.line)].map(|amount| amount.to_string());
        [department, name].into_iter().chain(amounts).collect()
    });
    let labels = ["部门", "项目", "#申请金额（元）", "#预拨金额（元）"];
    let total = vec!["合计".into(), String::new(), sum(&case.lines).to_string(), granted.to_string()];
    let text = format!(
        "根据你局申请，现预拨 {} 年度政务信息系统运维资金 {}，请按批复的用途使用，凭证号 {voucher}。",
        case.year,
        in_words(granted)
    );
    CasePaper::new("notice", format!("{} 年度运维资金预拨通知", case.year), Office::Finance, facts.today)
        .sent_to(Office::Bureau.organ())
        .paragraph(text)
        .table(PaperTable::new("预拨明细", &labels, rows.collect()).with_total(total))
}

fn sum(grants: &[Grant]) -> Money {
    grants.iter().map(|grant| grant.amount).sum()
}
