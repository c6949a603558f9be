//! 文书: 考核结果通知, as the provider is notified.

use super::flow::{Assessment, Event};
use crate::cases::execution::facts::Facts;
use crate::cases::execution::labels::word_label;
use crate::cases::execution::paper::{CasePaper, PaperTable, plain};
use crate::cases::execution::parameters::printed;
use crate::kernel::people::Office;

pub fn papers(case: &Assessment, event: &Event, facts: &Facts) -> Vec<CasePaper> {
    match event {
        Event::Notified { .. } => vec![notice(case, facts)],
        Event::Assessed { .. } | Event::Objected { .. } | Event::Answered { .. } | Event::Finalised => {
            Vec::new()
        }
    }
}

fn notice(case: &Assessment, facts: &Facts) -> CasePaper {
    let contract = facts.contract(&case.contract);
    let provider = contract.map(|contract| facts.provider_label(&contract.provider)).unwrap_or_default();
    let number = contract.map(|contract| contract.number.clone()).unwrap_or_default();
    let period = case.period.map(|period| period.label()).unwrap_or_default();
    let parameters = facts.parameters();
    let rows = case.items.iter().map(|item| {
        let lost = case.lost(item, parameters).map(printed).unwrap_or_default();
        let note = item.note.clone().unwrap_or_default();
        vec![word_label(&item.item).to_string(), plain(item.count), lost, note]
    });
    let labels = ["考核项目", "#次数或差额", "#扣分", "扣分事由"];
    let text = format!(
        "你单位 {number} 号合同 {} 年{period}运维服务考核得分 {} 分。如有异议，请在收到本通知后 {} 个工作日内书面提出。",
        case.year,
        printed(case.score(parameters)),
        parameters.objection_days
    );
    CasePaper::new("notice", "运维服务考核结果通知", Office::Bureau, facts.today)
        .numbered(facts.case.as_str())
        .sent_to(provider)
        .paragraph(text)
        .table(PaperTable::new("扣分明细", &labels, rows.collect()))
}
