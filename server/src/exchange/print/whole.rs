//! 整体预算: the bureau's compilation of a year as finance gets it on paper.

use super::letter::Head;
use super::paper::{Align, Paper, TEXT};
use super::table::{PrintTable, columns};
use shared::api::consolidation::ConsolidationView;
use shared::cases::consolidation::budget::{ConsolidatedBudget, Figures};
use shared::forms::budget_request::category_label;
use shared::kernel::capitals::in_capitals;
use shared::kernel::citation::{article, regulation};
use shared::kernel::money::{Money, in_ten_thousands};
use shared::kernel::people::Office;

/// The PDF's bytes.
pub fn whole(view: &ConsolidationView) -> anyhow::Result<Vec<u8>> {
    let whole = &view.whole;
    let mut paper = Paper::new()?;
    let title = format!("{} 年度运维资金整体预算", whole.fiscal_year.0);
    let confirmed = view.compilation.as_ref().and_then(|c| c.confirmed_by.as_ref());
    if let Some(by) = confirmed.filter(|_| view.frozen.is_some()) {
        // Reported upward to finance; the office fills in the number when it registers the paper.
        let number = format!("　　〔{}〕　　号", whole.fiscal_year.0 - 1);
        let organ = format!("{}文件", Office::Bureau.organ());
        paper.letterhead(&Head { organ, number: &number, signer: Some(by.name.as_str()) });
    }
    paper.title(&title);
    let count = whole.included.len();
    let figures = whole.figures();
    let reviewed = figures.reviewed();
    let opening = format!(
        "第 {} 次汇总，依据{}{}，共纳入 {count} 个部门。申报数 {} 元，核减数 {} 元，审核数 {reviewed} 元（{} 万元），\
         大写：{}。",
        whole.number,
        regulation(&whole.edition),
        article(4),
        figures.requested,
        figures.cut,
        in_ten_thousands(reviewed.yuan()),
        in_capitals(reviewed)
    );
    paper.paragraph(&opening, TEXT, Align::Left);
    by_department(&mut paper, whole);
    paper.heading("二、分费用类别");
    let categories = whole.categories();
    let mut rows: Vec<Vec<String>> = categories
        .iter()
        .map(|(key, figures)| row(vec![category_label(key).to_string()], *figures))
        .collect();
    rows.push(row(vec!["合计".into()], figures));
    paper.table(&PrintTable { columns: figure_columns("费用类别"), rows, size: 9.0, totals: true });
    by_system(&mut paper, whole);
    let note = match &view.frozen {
        Some(line) => format!("第{}版　内容摘要 SM3 {}", line.version, line.hash),
        None => "编制中，未冻结，不作为正式文件".to_string(),
    };
    paper.finish(&title, &note)
}

fn by_department(paper: &mut Paper, whole: &ConsolidatedBudget) {
    paper.heading("一、分部门");
    let mut rows: Vec<Vec<String>> = whole
        .included
        .iter()
        .enumerate()
        .map(|(at, line)| {
            let last = line.last_year.map_or_else(|| "—".to_string(), |money| money.to_string());
            row(vec![(at + 1).to_string(), line.name.clone(), last], line.figures())
        })
        .collect();
    let (last, _) = whole.against_last_year();
    rows.push(row(vec![String::new(), "合计".into(), last.to_string()], whole.figures()));
    let by_department = columns(&[
        ("序号", 1.2, Align::Centre),
        ("部门", 4.0, Align::Left),
        ("上年度结算额（元）", 3.2, Align::Right),
        ("申报数（元）", 3.2, Align::Right),
        ("核减数（元）", 3.0, Align::Right),
        ("审核数（元）", 3.2, Align::Right),
    ]);
    paper.table(&PrintTable { columns: by_department, rows, size: 9.0, totals: true });
}

/// Every system, and who is missing.
fn by_system(paper: &mut Paper, whole: &ConsolidatedBudget) {
    paper.heading("三、分信息系统");
    let rows: Vec<Vec<String>> = whole
        .systems()
        .into_iter()
        .map(|line| {
            let name = if line.system.is_empty() { "共用".to_string() } else { line.name };
            row(vec![format!("{} · {name}", line.department)], line.figures)
        })
        .chain(std::iter::once(row(vec!["合计".into()], whole.figures())))
        .collect();
    paper.table(&PrintTable { columns: figure_columns("信息系统"), rows, size: 9.0, totals: true });
    paper.heading("四、未纳入汇总的部门");
    let missing: Vec<String> = whole
        .missing
        .iter()
        .map(|line| format!("{}（{}）", line.name, line.stage.map_or("未申报", |stage| stage.label())))
        .collect();
    let missing = if missing.is_empty() { "无。".to_string() } else { missing.join("、") };
    paper.paragraph(&missing, TEXT, Align::Left);
}

fn figure_columns(name: &str) -> Vec<super::table::PrintColumn> {
    columns(&[
        (name, 6.0, Align::Left),
        ("申报数（元）", 3.2, Align::Right),
        ("核减数（元）", 3.0, Align::Right),
        ("审核数（元）", 3.2, Align::Right),
    ])
}

fn row(mut cells: Vec<String>, figures: Figures) -> Vec<String> {
    let amounts: [Money; 3] = [figures.requested, figures.cut, figures.reviewed()];
    cells.extend(amounts.map(|money| money.to_string()));
    cells
}
