//! 文书: 变更用途审批表, as the change is approved; the opinions of both levels stand with the signatures.

use super::flow::{ChangeOfUse, Event, Form};
use crate::cases::execution::facts::Facts;
use crate::cases::execution::paper::{CasePaper, PaperTable, in_words};
use crate::kernel::ids::LineId;
use crate::kernel::money::Money;
use crate::kernel::people::Office;

pub fn papers(case: &ChangeOfUse, event: &Event, facts: &Facts) -> Vec<CasePaper> {
    match event {
        Event::Approved { number } => {
            case.form.iter().map(|form| approval(case, form, number, facts)).collect()
        }
        Event::Applied { .. }
        | Event::Opined { .. }
        | Event::Returned { .. }
        | Event::Rejected { .. }
        | Event::Withdrawn => Vec::new(),
    }
}

fn approval(case: &ChangeOfUse, form: &Form, number: &str, facts: &Facts) -> CasePaper {
    let total: Money = form.moves.iter().map(|of| of.amount).sum();
    let name = |line: &LineId| facts.line_labels(line)[1].clone();
    let rows = form.moves.iter().map(|of| {
        let to = of.to.as_ref().map_or_else(|| "（追减）".to_string(), name);
        vec![name(&of.from), to, of.amount.to_string()]
    });
    let department = case.department.as_ref().map(|department| facts.department_name(department));
    let sums = vec!["合计".into(), String::new(), total.to_string()];
    CasePaper::new("approval", "运维资金变更用途审批表", Office::Finance, facts.today)
        .numbered(number)
        .facts(vec![
            ("部门", department.unwrap_or_default()),
            ("年度", form.year.to_string()),
            ("性质", form.nature.label().to_string()),
            ("金额", in_words(total)),
            ("理由", form.reason.clone()),
        ])
        .table(
            PaperTable::new("调整明细", &["原用途", "新用途", "#金额（元）"], rows.collect())
                .with_total(sums),
        )
}
