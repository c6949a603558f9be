//! 执行案件的文书: a letter with its letterhead where it is sent to somebody, else a form with its signatures.

use super::letter::{Head, Imprint, long_date};
use super::paper::{Align, BODY, Paper, TEXT, Turn};
use super::table::{PrintTable, columns};
use shared::cases::execution::paper::{CasePaper, PaperColumn, PaperPart, PaperSignature, PaperTable};

/// Columns from which a table lies across the sheet.
const ACROSS: usize = 8;
/// Size of tables.
const SMALL: f32 = 9.0;

/// The PDF's bytes; `hash` is the SM3 of the stored document.
pub fn case_paper(document: &CasePaper, hash: &str) -> anyhow::Result<Vec<u8>> {
    let mut paper = Paper::new()?;
    let is_wide = |part: &PaperPart| matches!(part, PaperPart::Table(table) if table.columns.len() >= ACROSS);
    let organ = document.organ.organ();
    let number = document.number.as_deref().unwrap_or_default();
    match &document.to {
        Some(to) => {
            paper.letterhead(&Head { organ: format!("{organ}文件"), number, signer: None });
            paper.title(&document.title);
            paper.space(8.0);
            paper.paragraph(&format!("{to}："), BODY, Align::Left);
        }
        None => {
            if document.parts.iter().any(is_wide) {
                paper.pages.clear();
                paper.turn(Turn::Across);
            }
            paper.title(&document.title);
            paper.space(4.0);
            paper.paragraph(&format!("编号：{number}　　填制单位：{organ}"), TEXT, Align::Left);
        }
    }
    for part in &document.parts {
        match part {
            PaperPart::Paragraph(text) => paper.paragraph(&format!("　　{text}"), BODY, Align::Left),
            PaperPart::Facts(facts) => {
                for (label, value) in facts {
                    paper.paragraph(&format!("{label}：{value}"), TEXT, Align::Left);
                }
                paper.space(4.0);
            }
            PaperPart::Table(table) => {
                paper.paragraph(&table.heading, TEXT, Align::Left);
                paper.table(&printed(table));
            }
        }
    }
    signatures(&mut paper, &document.signed);
    paper.need(BODY.size * 5.0);
    paper.space(16.0);
    let pen = if document.to.is_some() { BODY } else { TEXT };
    paper.signed(organ, pen);
    paper.signed(&long_date(document.on), pen);
    if document.to.is_some() {
        paper.imprint(&Imprint { copies: "", organ, date: Some(document.on) });
    }
    paper.finish(&document.title, &format!("由系统办理记录生成　内容摘要 SM3 {hash}"))
}

fn printed(table: &PaperTable) -> PrintTable {
    let column = |column: &PaperColumn| {
        let (weight, align) = if column.is_number { (2.0, Align::Right) } else { (3.0, Align::Left) };
        (column.label.clone(), weight, align)
    };
    let all: Vec<(String, f32, Align)> = table.columns.iter().map(column).collect();
    let all: Vec<(&str, f32, Align)> =
        all.iter().map(|(label, weight, align)| (label.as_str(), *weight, *align)).collect();
    PrintTable { columns: columns(&all), rows: table.rows.clone(), size: SMALL, totals: table.has_total }
}

fn signatures(paper: &mut Paper, signed: &[PaperSignature]) {
    let rows = signed
        .iter()
        .map(|of| vec![of.act.clone(), of.name.clone(), of.role.clone(), of.on.to_string(), of.text.clone()]);
    let rows: Vec<Vec<String>> = rows.collect();
    if rows.is_empty() {
        return;
    }
    let all = columns(&[
        ("办理事项", 2.0, Align::Left),
        ("办理人", 2.0, Align::Left),
        ("岗位", 2.5, Align::Left),
        ("日期", 2.0, Align::Left),
        ("意见", 5.0, Align::Left),
    ]);
    paper.paragraph("办理签署", TEXT, Align::Left);
    paper.table(&PrintTable { columns: all, rows, size: SMALL, totals: false });
}
