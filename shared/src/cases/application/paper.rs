//! 评价结果应用意见书, made as finance decides.

use super::flow::{Application, Event};
use crate::cases::execution::facts::Facts;
use crate::cases::execution::paper::{CasePaper, in_words};
use crate::cases::performance::paper::{PaperForm, about};
use crate::kernel::people::Office;

pub fn papers(case: &Application, event: &Event, facts: &Facts) -> Vec<CasePaper> {
    let Event::Decided { cut, reason } = event else { return Vec::new() };
    let judged = case.judge(facts.world);
    let form = PaperForm { content: &case.content, judged: &judged };
    let evaluated = facts.world.approved_request(&case.request).map(|of| of.year).unwrap_or_default();
    let mut of = about(Some(&case.request), case.department.as_ref(), evaluated, facts);
    of.extend(form.facts(&[
        ("评价得分", "score"),
        ("评价等次", "grade"),
        ("结果来源", "source"),
        ("未完成整改", "open_corrections"),
        ("适用年度", "apply_year"),
        ("该年批复数（元）", "base"),
        ("调减比例（%）", "percent"),
        ("拟调减数（元）", "proposed"),
        ("应用方式", "use"),
        ("改进要求", "improvement"),
        ("部门意见", "objection"),
    ]));
    of.push(("决定调减", in_words(*cut)));
    of.push(("决定理由", reason.clone().unwrap_or_default()));
    let department = case.department.as_ref().map(|id| facts.world.department_name(id)).unwrap_or_default();
    let paper = CasePaper::new("opinion", "评价结果应用意见书", Office::Finance, facts.today)
        .numbered(facts.case.as_str())
        .sent_to(department)
        .facts(of);
    vec![paper]
}
