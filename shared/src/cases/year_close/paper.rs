//! 文书: 年度资金收支决算表, as the year is closed.

use super::flow::{Event, YearClose};
use crate::cases::execution::facts::Facts;
use crate::cases::execution::paper::{CasePaper, PaperTable};
use crate::kernel::ids::LineId;
use crate::kernel::money::Money;
use crate::kernel::people::Office;
use crate::ledger::account::AccountCode;

pub fn papers(case: &YearClose, event: &Event, facts: &Facts) -> Vec<CasePaper> {
    match event {
        Event::Closed { number } => vec![accounts(case, number, facts)],
        Event::Proposed { .. } | Event::Returned { .. } => Vec::new(),
    }
}

fn accounts(case: &YearClose, number: &str, facts: &Facts) -> CasePaper {
    let lines: Vec<&LineId> = facts.lines_of(case.year, None).collect();
    let amounts: Vec<[Money; 7]> = lines.iter().map(|line| of_line(case, line, facts)).collect();
    let rows = lines.iter().zip(&amounts).map(|(line, amounts)| {
        let names = facts.line_labels(line).into_iter();
        names.chain(amounts.iter().map(ToString::to_string)).collect()
    });
    let sums = (0..7).map(|at| amounts.iter().map(|of| of[at]).sum::<Money>().to_string());
    let total = ["合计".to_string(), String::new()].into_iter().chain(sums).collect();
    let labels =
        ["部门", "项目", "#批复数", "#已支付", "#应退未退", "#已收回", "#退回财政", "#结转下年", "#结余"];
    let title = format!("{} 年度政务信息系统运维资金收支决算表", case.year);
    CasePaper::new("accounts", title, Office::Finance, facts.today)
        .numbered(number)
        .table(PaperTable::new("收支决算（金额单位：元）", &labels, rows.collect()).with_total(total))
}

/// 批复数, 已支付, 应退未退, 已收回, 退回财政, 结转下年, 结余 after the closing: what is carried comes from 批复未预拨 first,
/// the rest from what was returned.
fn of_line(case: &YearClose, line: &LineId, facts: &Facts) -> [Money; 7] {
    let posted = |code| facts.posted(code, line);
    let (unadvanced, returned) = (posted(AccountCode::Unadvanced), posted(AccountCode::Returned));
    let carry = case.carry.iter().find(|carry| carry.line == *line);
    let carried = carry.map_or(Money::ZERO, |carry| carry.amount);
    let from_unadvanced = carried.min(unadvanced);
    let (paid, due) =
        (facts.rows_posted(AccountCode::Paid, line), facts.rows_posted(AccountCode::RefundDue, line));
    let recovered = posted(AccountCode::Recovered);
    let approved = unadvanced + posted(AccountCode::Unspent) + paid + due + returned + recovered;
    let returned = returned - (carried - from_unadvanced);
    [approved, paid, due, recovered, returned, carried, unadvanced - from_unadvanced]
}
