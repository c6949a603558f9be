//! 项目支出绩效目标执行监控表 (财预〔2019〕136号), both sides next to each other, and a 整改通知书 for each red lamp; made as a side
//! files its form.

use super::flow::{Event, Monitoring, Stage};
use crate::cases::execution::facts::Facts;
use crate::cases::execution::paper::{CasePaper, PaperTable};
use crate::cases::performance::paper::{PaperForm, about};
use crate::cases::performance::target::INDICATORS;
use crate::kernel::people::Office;

pub fn papers(case: &Monitoring, event: &Event, facts: &Facts) -> Vec<CasePaper> {
    let Event::Filed { .. } = event else { return Vec::new() };
    [form(case, facts)].into_iter().chain(notice(case, facts)).collect()
}

fn organ(case: &Monitoring) -> Office {
    match case.side {
        super::Side::Department => Office::Department,
        super::Side::Bureau => Office::Bureau,
    }
}

fn form(case: &Monitoring, facts: &Facts) -> CasePaper {
    let judged = case.lamps(facts.world);
    let form = PaperForm { content: &case.content, judged: &judged };
    let mut of = about(Some(&case.request), case.department.as_ref(), case.year, facts);
    of.push(("监控期", case.period_and_side()));
    of.extend(form.facts(&[
        ("预算数（元）", "budget"),
        ("执行数（元）", "executed"),
        ("执行率（%）", "execution_rate"),
        ("与序时进度差（百分点）", "gap"),
        ("全年预计执行数（元）", "forecast_executed"),
        ("执行灯", "execution_lamp"),
        ("总体灯", "overall_lamp"),
        ("项目进展", "summary"),
        ("执行情况说明", "execution_note"),
        ("整改措施及建议", "measures"),
    ]));
    let columns = [
        ("一级指标", "level1"),
        ("二级指标", "level2"),
        ("三级指标", "name"),
        ("年度指标值", "operator+value+unit"),
        ("期末完成值", "progress"),
        ("全年预计完成值", "forecast"),
        ("完成可能性", "likelihood"),
        ("灯", "lamp"),
        ("偏差原因", "cause_note"),
    ];
    let paper = CasePaper::new("form", "项目支出绩效目标执行监控表", organ(case), facts.today)
        .numbered(facts.case.as_str())
        .facts(of)
        .table(form.table("绩效指标", INDICATORS, &columns));
    match other_side(case, facts) {
        Some(table) => paper.table(table),
        None => paper,
    }
}

/// What the other side filed of the same period, indicator by indicator.
fn other_side(case: &Monitoring, facts: &Facts) -> Option<PaperTable> {
    let (_, other) = facts.of_kind::<Monitoring>().find(|(_, other)| {
        (&other.request, &other.period) == (&case.request, &case.period)
            && other.side != case.side
            && other.stage == Stage::Filed
    })?;
    let judged = other.lamps(facts.world);
    let form = PaperForm { content: &other.content, judged: &judged };
    let columns = [
        ("三级指标", "name"),
        ("期末完成值", "progress"),
        ("全年预计完成值", "forecast"),
        ("灯", "lamp"),
        ("偏差原因", "cause_note"),
    ];
    Some(form.table(&format!("{}监控的结果", other.side.label()), INDICATORS, &columns))
}

/// 整改通知书: what lamps are red, and until when they are to be put right.
fn notice(case: &Monitoring, facts: &Facts) -> Option<CasePaper> {
    let judged = case.lamps(facts.world);
    let form = PaperForm { content: &case.content, judged: &judged };
    let red = |text: &str| text == "红";
    let mut rows: Vec<Vec<String>> = Vec::new();
    if red(&form.header("execution_lamp")) {
        rows.push(vec!["预算执行".into(), form.header("execution_rate"), form.header("execution_note")]);
    }
    for row in case.content.rows(INDICATORS) {
        if red(&form.cell(INDICATORS, &row.id, "lamp")) {
            let cells = ["name", "forecast", "cause_note"].map(|key| form.cell(INDICATORS, &row.id, key));
            rows.push(cells.to_vec());
        }
    }
    let deadline = facts.days_after(facts.today, facts.edition().correction_days);
    let department = case.department.as_ref().map(|id| facts.world.department_name(id)).unwrap_or_default();
    let text =
        format!("{} 绩效监控亮红灯，请于 {deadline} 前完成整改并报送佐证材料。", case.period_and_side());
    (!rows.is_empty()).then(|| {
        CasePaper::new("notice", "整改通知书", Office::Bureau, facts.today)
            .numbered(facts.case.as_str())
            .sent_to(department)
            .paragraph(text)
            .table(PaperTable::new("须整改的事项", &["对象", "执行率（%）或全年预计", "原因"], rows))
    })
}
