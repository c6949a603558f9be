//! 现场评价记录 and, where assets were counted, 资产盘点表; made as the record is accepted.

use super::flow::{Event, SiteVisit};
use super::form::{ASSETS, CHECKLIST, SIGNATURES};
use crate::cases::execution::facts::Facts;
use crate::cases::execution::paper::CasePaper;
use crate::cases::performance::paper::{PaperForm, about};

pub fn papers(case: &SiteVisit, event: &Event, facts: &Facts) -> Vec<CasePaper> {
    let Event::Accepted = event else { return Vec::new() };
    let judged = case.judge(facts.world);
    let form = PaperForm { content: &case.content, judged: &judged };
    let begin = |key: &str, title: &str| {
        CasePaper::new(key, title, case.organizer, facts.today).numbered(facts.case.as_str())
    };
    let mut of = about(Some(&case.request), case.department.as_ref(), case.year, facts);
    of.push(("被评价单位", case.unit.clone()));
    let unit = of.clone();
    of.extend(form.facts(&[
        ("评价日期", "visited_on"),
        ("地点", "place"),
        ("陪同人员", "companions"),
        ("总体情况", "overview"),
        ("存在问题", "problems"),
        ("单位意见", "unit_opinion"),
        ("单位拒签", "refused"),
        ("拒签理由", "refusal_reason"),
        ("得分", "score"),
        ("满分", "full"),
        ("得分率（%）", "percent"),
    ]));
    let items = [
        ("对应指标", "leaf"),
        ("检查事项", "matter"),
        ("检查结果", "result"),
        ("#分值", "weight"),
        ("#平均分", "average"),
        ("事实", "facts"),
    ];
    let signatures = [("签字方", "who"), ("姓名", "name"), ("签字方式", "method")];
    let record = begin("record", "现场评价记录")
        .facts(of)
        .table(form.table("检查清单", CHECKLIST, &items))
        .table(form.table("签字", SIGNATURES, &signatures));
    if case.content.rows(ASSETS).is_empty() {
        return vec![record];
    }
    let assets = [
        ("资产编号", "code"),
        ("资产名称", "name"),
        ("型号", "model"),
        ("#账面数", "book"),
        ("#实物数", "found"),
        ("#差异", "difference"),
        ("使用状况", "state"),
        ("差异原因", "reason"),
    ];
    let sums = form.facts(&[
        ("账面合计", "book"),
        ("实物合计", "found"),
        ("差异项数", "differences"),
        ("账实相符率（%）", "match_rate"),
    ]);
    let counted =
        begin("assets", "资产盘点表").facts(unit).table(form.table("盘点明细", ASSETS, &assets)).facts(sums);
    vec![record, counted]
}
