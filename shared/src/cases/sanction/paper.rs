//! 文书: 处理决定书, as the measure is decided.

use super::flow::{Event, Sanction, TargetKind};
use crate::cases::execution::facts::Facts;
use crate::cases::execution::paper::{CasePaper, in_words};
use crate::kernel::ids::{CaseId, DepartmentId, LineId, PackageRowId};
use crate::kernel::people::Office;

pub fn papers(case: &Sanction, event: &Event, facts: &Facts) -> Vec<CasePaper> {
    match event {
        Event::Decided => vec![decision(case, facts)],
        Event::Proposed(_)
        | Event::Dropped { .. }
        | Event::Lifted { .. }
        | Event::Collected { .. }
        | Event::Applied => Vec::new(),
    }
}

fn target(case: &Sanction, facts: &Facts) -> String {
    let id = case.target.as_str();
    match case.target_kind {
        TargetKind::Department => facts.department_name(&DepartmentId::new(id)),
        TargetKind::Provider => facts.provider_label(&CaseId::new(id)),
        TargetKind::Contract => {
            let contract = facts.contract(&CaseId::new(id));
            contract.map_or_else(|| id.to_string(), |contract| format!("{} 号合同", contract.number))
        }
        TargetKind::Line => facts.line_labels(&LineId::new(id)).join("　"),
        TargetKind::Row => facts.row_label(&PackageRowId::new(id)),
    }
}

fn decision(case: &Sanction, facts: &Facts) -> CasePaper {
    CasePaper::new("decision", "处理决定书", Office::Finance, facts.today)
        .numbered(facts.case.as_str())
        .facts(vec![
            ("处理对象", format!("{}：{}", case.target_kind.label(), target(case, facts))),
            ("处理措施", case.measure.label().to_string()),
            ("金额", case.amount.map(in_words).unwrap_or_default()),
            ("年度", case.year.map(|year| year.to_string()).unwrap_or_default()),
            ("期限", case.deadline.map(|day| day.to_string()).unwrap_or_default()),
            ("处理依据", case.basis.clone()),
            ("事实", case.facts.clone()),
        ])
        .paragraph("本决定自作出之日起生效。")
}
