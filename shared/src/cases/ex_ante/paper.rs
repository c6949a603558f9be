//! 事前绩效评估报告, made as the conclusion is confirmed.

use super::flow::{Event, ExAnte};
use crate::cases::execution::facts::Facts;
use crate::cases::execution::paper::CasePaper;
use crate::cases::performance::paper::{PaperForm, about};
use crate::kernel::people::Office;

pub fn papers(case: &ExAnte, event: &Event, facts: &Facts) -> Vec<CasePaper> {
    let Event::Concluded { .. } = event else { return Vec::new() };
    let judged = case.judge(facts.world);
    let form = PaperForm { content: &case.content, judged: &judged };
    let year = case.opening.as_ref().map(|opening| opening.year).unwrap_or_default();
    let mut of = about(None, case.department.as_ref(), year, facts);
    of.push(("评估对象", case.object()));
    of.extend(form.facts(&[
        ("申请金额（元）", "amount"),
        ("立项背景", "background"),
        ("实施方案", "plan"),
        ("资金来源", "funding"),
    ]));
    let result = form.facts(&[
        ("评估方式", "method"),
        ("总分", "score"),
        ("计算结论", "computed_conclusion"),
        ("评估结论", "conclusion"),
        ("支持金额（元）", "supported_amount"),
        ("理由", "reason"),
        ("建议", "suggestion"),
    ]);
    let columns = [
        ("维度", "dimension"),
        ("要点", "item"),
        ("#分值", "weight"),
        ("等级", "grade"),
        ("#得分", "points"),
        ("说明", "note"),
    ];
    let paper = CasePaper::new("report", "事前绩效评估报告", Office::Bureau, facts.today)
        .numbered(facts.case.as_str())
        .facts(of)
        .table(form.table("五维评分", "criteria", &columns))
        .facts(result);
    vec![paper]
}
