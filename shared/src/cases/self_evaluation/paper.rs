//! 项目支出绩效自评表 (财预〔2020〕10号) with the reviewed scores, made as the bureau reports it to finance.

use super::flow::{Event, SelfEvaluation};
use super::form::{FUNDS, SOURCES};
use crate::cases::execution::facts::Facts;
use crate::cases::execution::paper::{CasePaper, PaperTable};
use crate::cases::performance::judgement::printed;
use crate::cases::performance::paper::{PaperForm, about};
use crate::cases::performance::target::INDICATORS;
use crate::kernel::people::Office;

pub fn papers(case: &SelfEvaluation, event: &Event, facts: &Facts) -> Vec<CasePaper> {
    let Event::Reported { result, .. } = event else { return Vec::new() };
    let judged = case.judge(facts.world);
    let form = PaperForm { content: &case.content, judged: &judged };
    let of = about(Some(&case.request), case.department.as_ref(), case.year, facts);
    let fund = |(id, label): &(&str, &str)| {
        let cells = ["initial", "adjusted", "executed", "note"].map(|key| form.cell(FUNDS, id, key));
        [(*label).to_string()].into_iter().chain(cells).collect()
    };
    let labels = ["资金来源", "#年初预算数", "#全年预算数（A）", "#全年执行数（B）", "备注"];
    let sums = ["initial", "budget", "executed"].map(|key| form.header(key));
    let sums = ["年度资金总额".to_string()].into_iter().chain(sums).chain([String::new()]).collect();
    let funds =
        PaperTable::new("项目资金（元）", &labels, SOURCES.iter().map(fund).collect()).with_total(sums);
    let mut result: Vec<(&str, String)> = result.map_or_else(Vec::new, |result| {
        vec![("复核总分", printed(result.score)), ("复核等次", result.grade.label().to_string())]
    });
    result.extend(form.facts(&[
        ("执行说明", "execution_note"),
        ("存在问题", "problems"),
        ("改进措施", "measures"),
    ]));
    let execution = form.facts(&[
        ("执行率（%）", "rate"),
        ("执行率得分", "execution_score"),
        ("自评总分", "total"),
        ("自评等次", "grade"),
        ("目标实际完成情况", "goal_actual"),
    ]);
    let paper = CasePaper::new("table", "项目支出绩效自评表", Office::Bureau, facts.today)
        .numbered(facts.case.as_str())
        .sent_to(Office::Finance.organ())
        .facts(of)
        .table(funds)
        .facts(execution)
        .table(indicators(case, &form))
        .facts(result);
    vec![paper]
}

fn indicators(case: &SelfEvaluation, form: &PaperForm<'_>) -> PaperTable {
    let columns = [
        ("一级指标", "level1"),
        ("二级指标", "level2"),
        ("三级指标", "name"),
        ("年度指标值", "operator+value+unit"),
        ("实际完成值", "actual"),
        ("#分值", "weight"),
        ("#得分", "score"),
        ("偏差原因分析及改进措施", "reason"),
    ];
    let mut table = form.table("绩效指标", INDICATORS, &columns);
    let reviewed = PaperTable::new("", &["#复核分"], Vec::new());
    table.columns.extend(reviewed.columns);
    for (cells, row) in table.rows.iter_mut().zip(case.content.rows(INDICATORS)) {
        let score = case.reviewed.get(&row.id).copied().map(printed);
        cells.push(score.unwrap_or_default());
    }
    table
}
