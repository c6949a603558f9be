//! 文书: 采购实施计划备案表 as the plan is recorded, 成交结果表 as the package is awarded.

use super::flow::{Award, Event, Procurement, row_id};
use crate::cases::execution::facts::Facts;
use crate::cases::execution::paper::{CasePaper, PaperTable, in_words};
use crate::kernel::calendar::Date;
use crate::kernel::money::Money;
use crate::kernel::people::Office;

pub fn papers(case: &Procurement, event: &Event, facts: &Facts) -> Vec<CasePaper> {
    match event {
        Event::Planned { .. } | Event::Restarted { .. } => vec![plan(case, facts)],
        Event::Awarded(award) => vec![result(case, award, facts)],
        Event::Announced { .. }
        | Event::Failed { .. }
        | Event::Cancelled { .. }
        | Event::Contracted
        | Event::Archived => Vec::new(),
    }
}

fn day(day: Option<Date>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

fn plan(case: &Procurement, facts: &Facts) -> CasePaper {
    let plan = &case.plan;
    let rows = plan.lines.iter().map(|row| {
        let [department, name] = facts.line_labels(&row.line);
        vec![row.id.clone(), department, name, row.budget.to_string()]
    });
    let labels = ["行号", "部门", "项目", "#采购预算（元）"];
    let total = vec!["合计".into(), String::new(), String::new(), plan.total().to_string()];
    CasePaper::new("plan", "采购实施计划备案表", Office::Bureau, facts.today)
        .numbered(facts.case.as_str())
        .facts(vec![
            ("项目名称", plan.name.clone()),
            ("年度", plan.year.to_string()),
            ("品目", plan.item.clone()),
            ("采购方式", plan.method.label().to_string()),
            ("单一来源理由", plan.ground.map(|ground| ground.label().to_string()).unwrap_or_default()),
            ("财政批准文号", plan.approval.clone().unwrap_or_default()),
            ("原合同", plan.original.as_ref().map(ToString::to_string).unwrap_or_default()),
            ("意向公开日期", day(plan.intent_on)),
            ("备案日期", day(case.begun_on)),
            ("采购预算", in_words(plan.total())),
        ])
        .table(PaperTable::new("采购明细", &labels, rows.collect()).with_total(total))
}

fn result(case: &Procurement, award: &Award, facts: &Facts) -> CasePaper {
    let total: Money = award.prices.iter().map(|price| price.price).sum();
    let rows = case.plan.lines.iter().map(|row| {
        let price = award.prices.iter().find(|price| price.row == row.id);
        let price = price.map(|price| price.price.to_string()).unwrap_or_default();
        vec![row.id.clone(), facts.row_label(&row_id(facts.case, &row.id)), row.budget.to_string(), price]
    });
    let labels = ["行号", "项目", "#采购预算（元）", "#成交金额（元）"];
    let sums = vec!["合计".into(), String::new(), case.plan.total().to_string(), total.to_string()];
    CasePaper::new("award", "成交结果表", Office::Bureau, facts.today)
        .numbered(facts.case.as_str())
        .facts(vec![
            ("项目名称", case.plan.name.clone()),
            ("采购方式", case.plan.method.label().to_string()),
            ("公告日期", day(case.notice_on)),
            ("响应截止（公示期满）日期", day(award.deadline)),
            ("成交日期", award.on.to_string()),
            // A package that needs no tender counts none.
            ("响应单位数", Some(award.bidders).filter(|n| *n > 0).map(|n| n.to_string()).unwrap_or_default()),
            ("成交单位", facts.provider_label(&award.provider)),
            ("成交金额", in_words(total)),
        ])
        .table(PaperTable::new("成交明细", &labels, rows.collect()).with_total(sums))
}
