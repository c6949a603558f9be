//! 批复通知: the letter by which finance issues budget and targets together (Art. 11).

use super::letter::{Head, Imprint, long_date};
use super::paper::{Align, BODY, Paper, TEXT};
use super::table::{PrintTable, columns};
use crate::cases::approvals::Answer;
use shared::api::finance::BatchView;
use shared::cases::approval::{Notice, NoticeLine};
use shared::cases::kernel::Stage;
use shared::kernel::capitals::in_capitals;
use shared::kernel::citation::{article, regulation};
use shared::kernel::money::Money;
use shared::kernel::people::{Office, Signature};

/// The PDF's bytes; `None` while nothing was drafted.
pub fn batch(view: &BatchView) -> Option<anyhow::Result<Vec<u8>>> {
    let (line, notice) = view.frozen.as_ref()?;
    let issued = view.batch.stage == Stage::Issued;
    let state = if issued { "" } else { "草稿，未下达，不作为正式文件　" };
    let note = format!("{state}第{}版　内容摘要 SM3 {}", line.version, line.hash);
    Some(written(notice, view.batch.issued_by.as_ref(), &note))
}

/// The PDF's bytes of what a batch says of one request.
pub fn answer(answer: &Answer) -> anyhow::Result<Vec<u8>> {
    let note = format!("摘自该文号批复，仅含本部门　原件内容摘要 SM3 {}", answer.hash);
    written(&answer.notice, answer.issued_by.as_ref(), &note)
}

fn written(notice: &Notice, issued_by: Option<&Signature>, note: &str) -> anyhow::Result<Vec<u8>> {
    let mut paper = Paper::new()?;
    let title = format!("关于批复 {} 年度政务信息系统运维资金预算和绩效目标的通知", notice.fiscal_year.0);
    let organ = Office::Finance.organ();
    paper.letterhead(&Head { organ: format!("{organ}文件"), number: &notice.number, signer: None });
    paper.title(&title);
    paper.space(8.0);
    let names: Vec<&str> = notice.lines.iter().map(|line| line.name.as_str()).collect();
    paper.paragraph(&format!("{}：", names.join("、")), BODY, Align::Left);
    let total = notice.total();
    let sum = match notice.lines.len() {
        1 => "批复数为".to_string(),
        count => format!("本次批复共 {count} 个部门，合计"),
    };
    let addressed = if notice.lines.len() == 1 { "你单位" } else { "各单位" };
    let body = format!(
        "　　根据{}，现批复{addressed} {} 年度政务信息系统运维资金预算，绩效目标随预算一并下达（{}）。{sum}人民币 {total} 元，\
         大写：{}。具体如下：",
        regulation(&notice.edition),
        notice.fiscal_year.0,
        article(11),
        in_capitals(total)
    );
    paper.paragraph(&body, BODY, Align::Left);
    answers(&mut paper, notice);
    sources(&mut paper, notice);
    paper.need(BODY.size * 9.0);
    paper.space(24.0);
    let signed = issued_by.map_or("", |signed| signed.name.as_str());
    paper.signed(organ, BODY);
    paper.signed(&long_date(notice.date), BODY);
    paper.paragraph(&format!("（系统签发：{signed}）"), TEXT, Align::Left);
    let date = issued_by.is_some().then_some(notice.date);
    paper.imprint(&Imprint { copies: Office::Bureau.organ(), organ, date });
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
    let sum = |of: fn(&NoticeLine) -> Money| notice.lines.iter().map(of).sum::<Money>().to_string();
    rows.push(vec![
        String::new(),
        "合计".into(),
        sum(|line| line.requested),
        sum(|line| line.bureau_cut),
        sum(|line| line.finance_cut),
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
    paper.table(&PrintTable { columns: all, rows, size: 9.0, totals: true });
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
    paper.table(&PrintTable { columns: economics, rows, size: 10.5, totals: true });
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
    paper.table(&PrintTable { columns: based_on, rows: rows.collect(), size: 9.0, totals: false });
}
