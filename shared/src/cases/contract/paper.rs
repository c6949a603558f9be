//! 文书: 合同审核表 and 合同公告, as the contract is approved.

use super::flow::{Contract, ContractRow, Event};
use crate::cases::execution::facts::Facts;
use crate::cases::execution::paper::{CasePaper, PaperTable, in_words, plain};
use crate::kernel::people::Office;

pub fn papers(case: &Contract, event: &Event, facts: &Facts) -> Vec<CasePaper> {
    match event {
        Event::Approved { .. } => vec![check(case, facts), notice(case, facts)],
        Event::Signed { .. }
        | Event::Returned { .. }
        | Event::Published { .. }
        | Event::Supplemented { .. }
        | Event::SupplementApproved
        | Event::SupplementReturned { .. }
        | Event::Terminated { .. }
        | Event::Settled => Vec::new(),
    }
}

fn check(case: &Contract, facts: &Facts) -> CasePaper {
    let terms = case.terms.iter().map(|term| {
        let cap = case.term_cap(term).to_string();
        vec![term.no.to_string(), plain(term.share), term.needs.label().to_string(), cap]
    });
    let labels = ["期次", "#比例（%）", "付款条件", "#最高付款额（元）"];
    CasePaper::new("check", "合同审核表", Office::Bureau, facts.today)
        .numbered(&case.number)
        .facts(about(case, facts))
        .table(rows(case, facts))
        .table(PaperTable::new("付款条款", &labels, terms.collect()))
}

fn notice(case: &Contract, facts: &Facts) -> CasePaper {
    CasePaper::new("notice", "政府采购合同公告", Office::Bureau, facts.today)
        .numbered(&case.number)
        .facts(about(case, facts))
        .table(rows(case, facts))
}

fn about(case: &Contract, facts: &Facts) -> Vec<(&'static str, String)> {
    let package = facts.package(&case.package);
    vec![
        ("合同编号", case.number.clone()),
        ("项目名称", package.map(|package| package.plan.name.clone()).unwrap_or_default()),
        ("采购方式", package.map(|package| package.plan.method.label().to_string()).unwrap_or_default()),
        ("采购人", Office::Bureau.organ().to_string()),
        ("运维服务单位", facts.provider_label(&case.provider)),
        ("签订日期", case.signed_on.to_string()),
        ("服务期", format!("{} 至 {}", case.start, case.end)),
        ("合同金额", in_words(case.signed_amount())),
    ]
}

fn rows(case: &Contract, facts: &Facts) -> PaperTable {
    let row = |row: &ContractRow| {
        vec![
            row.id.clone(),
            facts.row_label(&row.row),
            plain(row.quantity),
            row.unit.clone().unwrap_or_default(),
            row.price.to_string(),
            row.signed_amount().to_string(),
        ]
    };
    let labels = ["行号", "项目", "#数量", "单位", "#单价（元）", "#金额（元）"];
    let mut total = vec![String::new(); labels.len() - 1];
    total[0] = "合计".into();
    total.push(case.signed_amount().to_string());
    PaperTable::new("合同明细", &labels, case.rows.iter().map(row).collect()).with_total(total)
}
