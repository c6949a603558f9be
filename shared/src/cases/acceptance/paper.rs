//! 文书: 验收书, as the acceptance is confirmed.

use super::flow::{Acceptance, Event, Form};
use crate::cases::execution::facts::Facts;
use crate::cases::execution::paper::{CasePaper, PaperTable, plain};
use crate::kernel::people::Office;

pub fn papers(case: &Acceptance, event: &Event, facts: &Facts) -> Vec<CasePaper> {
    match event {
        Event::Confirmed => case.form.iter().map(|form| record(form, facts)).collect(),
        Event::Recorded { .. } | Event::Returned { .. } => Vec::new(),
    }
}

fn record(form: &Form, facts: &Facts) -> CasePaper {
    let contract = facts.contract(&form.contract);
    let rows = form.lines.iter().map(|accepted| {
        let row = contract.and_then(|contract| contract.row(&accepted.row));
        let name = row.map(|row| facts.row_label(&row.row)).unwrap_or_default();
        let signed = row.map(|row| plain(row.quantity + row.added)).unwrap_or_default();
        let unit = row.and_then(|row| row.unit.clone()).unwrap_or_default();
        vec![accepted.row.clone(), name, unit, signed, plain(accepted.quantity)]
    });
    let labels = ["行号", "项目", "单位", "#合同数量", "#验收数量"];
    let provider = contract.map(|contract| facts.provider_label(&contract.provider));
    CasePaper::new("record", "运维服务验收书", Office::Bureau, facts.today)
        .numbered(facts.case.as_str())
        .facts(vec![
            ("合同编号", contract.map(|contract| contract.number.clone()).unwrap_or_default()),
            ("运维服务单位", provider.unwrap_or_default()),
            ("验收性质", form.nature.label().to_string()),
            ("验收期间", format!("{} 至 {}", form.from, form.to)),
            ("验收人员", form.members.clone()),
            ("验收意见", form.opinion.clone().unwrap_or_default()),
        ])
        .table(PaperTable::new("验收明细", &labels, rows.collect()))
}
