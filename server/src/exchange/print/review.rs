//! 审核意见书: what the bureau cut and asked of a reported version, with what the department answered. It says nothing
//! of finance, which acts later: a signed paper does not change by what another office does.

use super::letter::Head;
use super::paper::{Align, Paper, TEXT};
use super::table::{PrintTable, columns};
use crate::exchange::export::ExportContent;
use shared::api::review::ReviewView;
use shared::cases::review::anchor::{Anchor, Now};
use shared::cases::review::sums::{AmountColumns, amount, cuts, lines, sums};
use shared::cases::review::thread::{Kind, Scored, Thread};
use shared::engine::session::Session;
use shared::forms::budget_request::{CATEGORIES, category_label};
use shared::kernel::capitals::in_capitals;
use shared::kernel::citation::article;
use shared::kernel::money::Money;
use shared::kernel::people::Office;
use shared::policy::art11_target_review::consequence_text;
use shared::policy::editions::Edition;

/// The PDF's bytes.
pub fn review(content: &ExportContent, view: &ReviewView) -> anyhow::Result<Vec<u8>> {
    let view = &of_bureau(view);
    let session = content.session();
    let sums = sums(&lines(&session), &cuts(&view.review));
    let mut paper = Paper::new()?;
    let organ = Office::Bureau.organ().to_string();
    paper.letterhead(&Head { organ, number: "", signer: None });
    paper.title("运维服务申请审核意见书");
    let subject = format!(
        "{}　{} 年度　第 {} 版",
        content.department,
        content.case.fiscal_year.0,
        content.version.as_ref().map_or(0, |(version, _)| *version)
    );
    paper.paragraph(&subject, TEXT, Align::Centre);
    let left = sums.total.approved(Office::Bureau);
    paper.paragraph(&format!("审核数：人民币 {left} 元，大写：{}", in_capitals(left)), TEXT, Align::Centre);
    paper.heading("一、申报数与审核数");
    let mut rows: Vec<Vec<String>> = CATEGORIES
        .iter()
        .map(|category| {
            row(category_label(category), &sums.categories.get(category).copied().unwrap_or_default())
        })
        .collect();
    rows.push(row("合计", &sums.total));
    let figures = columns(&[
        ("费用类别", 3.0, Align::Left),
        ("申报数（元）", 3.0, Align::Right),
        ("省局核减数（元）", 3.0, Align::Right),
        ("审核数（元）", 3.0, Align::Right),
    ]);
    paper.table(&PrintTable { columns: figures, rows, size: 10.5, totals: true });
    cut_lines(&mut paper, &session, view);
    remarks(&mut paper, &session, view);
    for scored in &view.review.scored {
        targets(&mut paper, scored, &content.edition);
    }
    let hash = content.version.as_ref().map_or("", |(_, hash)| hash.as_str());
    let note = format!("申请内容 SM3 {hash}");
    paper.finish(&format!("审核意见书 · {subject}"), &note)
}

/// The bureau's part of a review.
fn of_bureau(view: &ReviewView) -> ReviewView {
    let mut own = view.clone();
    own.review.threads.retain(|thread| thread.office == Office::Bureau);
    own.review.scored.retain(|scored| scored.office == Office::Bureau);
    own
}

fn row(name: &str, figures: &AmountColumns) -> Vec<String> {
    let left = figures.approved(Office::Bureau);
    let amounts = [figures.requested, figures.bureau_cut, left];
    std::iter::once(name.to_string()).chain(amounts.map(|money| money.to_string())).collect()
}

fn cut_lines(paper: &mut Paper, session: &Session, view: &ReviewView) {
    paper.heading("二、核减明细");
    let with_cut = view.review.threads.iter().filter_map(|thread| Some((thread, thread.cut.as_ref()?)));
    let rows: Vec<Vec<String>> = with_cut
        .enumerate()
        .map(|(at, (thread, cut))| {
            let now = thread.anchor.table().zip(thread.anchor.row());
            let now = now.and_then(|(table, row)| amount(session, table, row));
            vec![
                (at + 1).to_string(),
                place(session, thread),
                now.map_or_else(|| "行已删除".to_string(), |money| money.to_string()),
                if cut.counts() { cut.amount } else { Money::ZERO }.to_string(),
                format!("{}（{}）", cut.reason.label(), article(cut.article)),
                thread.entries.first().map(|entry| entry.text.clone()).unwrap_or_default(),
                cut.verdict.label().to_string(),
            ]
        })
        .collect();
    if rows.is_empty() {
        return paper.paragraph("没有核减。", TEXT, Align::Left);
    }
    let columns = columns(&[
        ("序号", 1.2, Align::Centre),
        ("申报项目", 4.0, Align::Left),
        ("申报数（元）", 2.8, Align::Right),
        ("核减数（元）", 2.8, Align::Right),
        ("事由与依据", 3.0, Align::Left),
        ("说明", 4.0, Align::Left),
        ("结果", 2.0, Align::Left),
    ]);
    paper.table(&PrintTable { columns, rows, size: 9.0, totals: false });
}

fn remarks(paper: &mut Paper, session: &Session, view: &ReviewView) {
    paper.heading("三、审核意见与答复");
    let threads = view.review.threads.iter().filter(|thread| thread.kind != Kind::Cut);
    let rows: Vec<Vec<String>> = threads
        .enumerate()
        .map(|(at, thread)| {
            let talk = thread
                .entries
                .iter()
                .map(|entry| format!("{} {}{}：{}", entry.at, entry.by.name, entry.did.label(), entry.text));
            let kind = format!("{}\n{}", thread.kind.label(), thread.state.label());
            vec![
                (at + 1).to_string(),
                kind,
                place(session, thread),
                then_and_now(session, thread),
                talk.collect::<Vec<_>>().join("\n"),
            ]
        })
        .collect();
    if rows.is_empty() {
        return paper.paragraph("没有意见。", TEXT, Align::Left);
    }
    let columns = columns(&[
        ("序号", 1.2, Align::Centre),
        ("类别与状态", 2.2, Align::Left),
        ("位置", 3.5, Align::Left),
        ("当时与现在", 3.5, Align::Left),
        ("意见与答复", 8.0, Align::Left),
    ]);
    paper.table(&PrintTable { columns, rows, size: 9.0, totals: false });
}

/// Where a remark stands, in words.
fn place(session: &Session, thread: &Thread) -> String {
    let plan = session.plan();
    let Some(at) = thread.anchor.table().and_then(|table| plan.table(table)) else {
        return "整份申请".into();
    };
    let table = &plan.tables[at].table;
    let mut words = vec![table.title.clone()];
    if let Some(row) = thread.anchor.row() {
        match Anchor::now(&Anchor::Row { table: table.key.clone(), row: row.clone() }, session) {
            Now::Row(name) => words.extend(Some(name).filter(|name| !name.is_empty())),
            _ => words.push(format!("{}（行已删除）", thread.then.as_deref().unwrap_or(""))),
        }
    }
    if let Some(field) = thread.anchor.field().and_then(|field| table.fields.iter().find(|f| f.key == field))
    {
        words.push(field.label.clone());
    }
    words.join(" · ")
}

fn then_and_now(session: &Session, thread: &Thread) -> String {
    let now = match thread.anchor.now(session) {
        Now::Text(text) => text,
        Now::Row(_) | Now::Broad => return String::new(),
        Now::Removed => "行已删除".to_string(),
    };
    format!("提出时：{}\n现在：{now}", thread.then.as_deref().unwrap_or("（空）"))
}

fn targets(paper: &mut Paper, scored: &Scored, edition: &Edition) {
    paper.heading("四、绩效目标审核评分");
    let criteria = &edition.parameters.review_criteria;
    let mut rows: Vec<Vec<String>> = criteria
        .iter()
        .zip(&scored.sheet.points)
        .map(|(c, points)| vec![c.part.clone(), c.name.clone(), c.most.to_string(), points.to_string()])
        .collect();
    let grade = scored.sheet.grade(edition);
    let words = format!("等次：{}（{}）", grade.label(), consequence_text(edition, grade));
    let most: u32 = criteria.iter().map(|criterion| criterion.most).sum();
    rows.push(vec!["合计".into(), words, most.to_string(), scored.sheet.total().to_string()]);
    let columns = columns(&[
        ("审核内容", 2.0, Align::Left),
        ("审核要点", 4.0, Align::Left),
        ("分值", 1.0, Align::Right),
        ("得分", 1.0, Align::Right),
    ]);
    paper.table(&PrintTable { columns, rows, size: 10.5, totals: true });
    if !scored.sheet.opinion.trim().is_empty() {
        paper.paragraph(&format!("审核意见：{}", scored.sheet.opinion.trim()), TEXT, Align::Left);
    }
    paper.signed(&format!("评分人：{}　{}", scored.by.name, scored.at), TEXT);
}
