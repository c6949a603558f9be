//! 批复通知: the letter by which finance issues budget and targets together (Art. 11).

use super::paper::{Align, HEADING, Paper};
use super::table::{Table, columns};
use shared::api::finance::BatchView;
use shared::capitals::in_capitals;
use shared::workflow::batch::Notice;
use shared::workflow::language::Stage;

/// The PDF's bytes; `None` while nothing was drafted.
pub fn batch(view: &BatchView) -> Option<anyhow::Result<Vec<u8>>> {
    let (line, notice) = view.frozen.as_ref()?;
    let issued = view.batch.stage == Stage::Issued;
    let state = if issued { "" } else { "草稿，未下达，不作为正式文件　" };
    Some(written(view, notice, &format!("{state}第{}版　内容摘要 SM3 {}", line.version, line.hash)))
}

fn written(view: &BatchView, notice: &Notice, note: &str) -> anyhow::Result<Vec<u8>> {
    let mut paper = Paper::new()?;
    let title = format!("关于批复 {} 年度政务信息系统运维资金预算和绩效目标的通知", notice.fiscal_year.0);
    paper.title(&title);
    paper.paragraph(&notice.number, HEADING, Align::Centre);
    paper.space(8.0);
    let names: Vec<&str> = notice.lines.iter().map(|line| line.name.as_str()).collect();
    paper.paragraph(&format!("{}：", names.join("、")), HEADING, Align::Left);
    let total = notice.total();
    let body = format!(
        "　　根据{}，现批复你单位 {} 年度政务信息系统运维资金预算，绩效目标随预算一并下达（第11条）。本次批复共 {} 个部门，\
         合计人民币 {total} 元，大写：{}。具体如下：",
        notice.edition,
        notice.fiscal_year.0,
        notice.lines.len(),
        in_capitals(total)
    );
    paper.paragraph(&body, HEADING, Align::Left);
    answers(&mut paper, notice);
    sources(&mut paper, notice);
    paper.need(HEADING * 6.0);
    paper.space(24.0);
    let signed = view.batch.issued_by.as_ref().map_or("", |signed| signed.name.as_str());
    paper.signed(&format!("签发人：{signed}"), HEADING);
    let date = notice.date;
    paper.signed(&format!("{}年{}月{}日", date.year(), date.month(), date.day()), HEADING);
    paper.finish(&title, note)
}

fn answers(paper: &mut Paper, notice: &Notice) {
    paper.heading("一、预算与绩效目标");
    let mut rows: Vec<Vec<String>> = notice
        .lines
        .iter()
        .enumerate()
        .map(|(at, line)| {
            let amounts = [line.requested, line.bureau_cut, line.finance_cut, line.approved()];
            let mut cells = vec![(at + 1).to_string(), line.name.clone()];
            cells.extend(amounts.map(|money| money.to_string()));
            cells.push(line.targets.clone());
            cells
        })
        .collect();
    rows.push(vec![
        String::new(),
        "合计".into(),
        String::new(),
        String::new(),
        String::new(),
        notice.total().to_string(),
        String::new(),
    ]);
    let all = columns(&[
        ("序号", 1.2, Align::Centre),
        ("部门", 4.0, Align::Left),
        ("申报数（元）", 3.2, Align::Right),
        ("省局核减（元）", 3.0, Align::Right),
        ("财政核减（元）", 3.0, Align::Right),
        ("批复数（元）", 3.2, Align::Right),
        ("绩效目标审核等次", 2.0, Align::Centre),
    ]);
    paper.table(&Table { columns: all, rows, size: 9.0, totals: true });
}

/// By economic code, and the versions it all rests on.
fn sources(paper: &mut Paper, notice: &Notice) {
    paper.heading("二、部门支出经济分类");
    let mut rows: Vec<Vec<String>> =
        notice.economics().into_iter().map(|e| vec![e.code, e.name, e.amount.to_string()]).collect();
    rows.push(vec!["合计".into(), String::new(), notice.total().to_string()]);
    let economics = columns(&[
        ("科目编码", 2.0, Align::Left),
        ("科目名称", 4.0, Align::Left),
        ("金额（元）", 3.0, Align::Right),
    ]);
    paper.table(&Table { columns: economics, rows, size: 10.5, totals: true });
    paper.heading("三、批复所依据的申请");
    let rows = notice
        .lines
        .iter()
        .map(|line| vec![line.name.clone(), format!("第 {} 版", line.version), line.content_hash.clone()]);
    let based_on = columns(&[
        ("部门", 3.0, Align::Left),
        ("版本", 1.2, Align::Left),
        ("预算与绩效目标内容摘要（SM3）", 6.0, Align::Left),
    ]);
    paper.table(&Table { columns: based_on, rows: rows.collect(), size: 9.0, totals: false });
}
