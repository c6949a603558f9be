//! 文书: 清算表, as the clearing is approved.

use super::flow::{Clearing, Event};
use super::table::{ClearedLine, supply_and_return};
use crate::cases::execution::facts::Facts;
use crate::cases::execution::paper::{CasePaper, PaperTable, in_words};
use crate::kernel::money::Money;
use crate::kernel::people::Office;

pub fn papers(case: &Clearing, event: &Event, facts: &Facts) -> Vec<CasePaper> {
    match event {
        Event::Cleared { voucher } => vec![table(case, voucher, facts)],
        Event::Computed { .. } | Event::Returned { .. } => Vec::new(),
    }
}

fn table(case: &Clearing, voucher: &str, facts: &Facts) -> CasePaper {
    let (supply, returned) = supply_and_return(&case.lines);
    let amounts = |advanced: Money, settled: Money, paid: Money, supply: Money, returned: Money| {
        [advanced, settled, paid, supply, returned].map(|amount| amount.to_string())
    };
    let row = |line: &ClearedLine| -> Vec<String> {
        let (supply, returned) = supply_and_return(std::slice::from_ref(line));
        let name = facts.line_labels(&line.line)[1].clone();
        [name].into_iter().chain(amounts(line.advanced, line.settled, line.paid, supply, returned)).collect()
    };
    let sum = |of: fn(&ClearedLine) -> Money| case.lines.iter().map(of).sum::<Money>();
    let sums =
        amounts(sum(|line| line.advanced), sum(|line| line.settled), sum(|line| line.paid), supply, returned);
    let labels = ["项目", "#已预拨（元）", "#结算额（元）", "#已支付（元）", "#应补（元）", "#应退（元）"];
    let rows = case.lines.iter().map(row).collect();
    let total = ["合计".to_string()].into_iter().chain(sums).collect();
    CasePaper::new("table", format!("{} 年度运维资金清算表", case.year), Office::Finance, facts.today)
        .numbered(facts.case.as_str())
        .facts(vec![
            ("部门", facts.department_name(&case.department)),
            ("年度", case.year.to_string()),
            ("凭证号", voucher.to_string()),
            ("应补", in_words(supply)),
            ("应退", in_words(returned)),
        ])
        .table(PaperTable::new("清算明细", &labels, rows).with_total(total))
}
