//! 提请暂停拨付函 as the bureau escalates, 整改销号单 as a verification passes.

use super::flow::{Correction, Event};
use crate::cases::execution::facts::Facts;
use crate::cases::execution::paper::CasePaper;
use crate::cases::performance::paper::{PaperForm, about};
use crate::kernel::people::Office;

pub fn papers(case: &Correction, event: &Event, facts: &Facts) -> Vec<CasePaper> {
    match event {
        Event::Escalated { reason, .. } => vec![escalation(case, reason, facts)],
        Event::Verified { passed: true, opinion } => vec![closing(case, opinion, facts)],
        Event::Joined { .. }
        | Event::Filled { .. }
        | Event::Planned
        | Event::Submitted
        | Event::Verified { .. }
        | Event::Extended { .. }
        | Event::Suspended { .. }
        | Event::Declined { .. }
        | Event::Adjusted { .. } => Vec::new(),
    }
}

fn subject(case: &Correction, facts: &Facts) -> Vec<(&'static str, String)> {
    let mut of = about(Some(&case.request), case.department.as_ref(), case.year, facts);
    of.extend([
        ("整改对象", case.subject_label(facts.world)),
        ("开具日期", case.opened.to_string()),
        ("整改期限", case.deadline.to_string()),
        ("核验未通过次数", case.fails.to_string()),
    ]);
    of
}

fn escalation(case: &Correction, reason: &str, facts: &Facts) -> CasePaper {
    CasePaper::new("escalation", "提请暂停拨付函", Office::Bureau, facts.today)
        .numbered(facts.case.as_str())
        .sent_to(Office::Finance.organ())
        .facts(subject(case, facts))
        .paragraph(format!("上述整改未按要求完成，按管理办法第十七条提请暂停拨付。理由：{reason}"))
}

fn closing(case: &Correction, opinion: &str, facts: &Facts) -> CasePaper {
    let judged = case.judge(facts.world);
    let form = PaperForm { content: &case.content, judged: &judged };
    let mut of = subject(case, facts);
    of.extend(form.facts(&[
        ("整改措施", "measures"),
        ("责任人", "responsible"),
        ("计划完成日期", "planned"),
        ("整改结果", "result"),
    ]));
    of.push(("核验意见", opinion.to_string()));
    CasePaper::new("closing", "整改销号单", Office::Bureau, facts.today)
        .numbered(facts.case.as_str())
        .facts(of)
        .table(form.table("佐证材料", "evidence", &[("名称", "name"), ("类型", "kind"), ("摘要", "hash")]))
}
