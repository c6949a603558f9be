//! The documents of the worked years, word for word.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::{CasePaper, PaperPart, PaperTable};
use crate::cases::play::papers;
use crate::cases::play::worked::WorkedYear;
use std::collections::BTreeMap;
use std::fmt::Write;

fn table(out: &mut String, table: &PaperTable) {
    let labels: Vec<&str> = table.columns.iter().map(|column| column.label.as_str()).collect();
    writeln!(out, "[{}] {}", table.heading, labels.join(" | ")).unwrap();
    for row in &table.rows {
        assert_eq!(row.len(), table.columns.len(), "{} {row:?}", table.heading);
        writeln!(out, "  {}", row.join(" | ")).unwrap();
    }
}

fn text(paper: &CasePaper) -> String {
    let mut out = String::new();
    let CasePaper { key, title, organ, number, to, on, .. } = paper;
    let number = number.as_deref().unwrap_or("—");
    writeln!(out, "## {key} {title} · {} · {number} · {on}", organ.organ()).unwrap();
    if let Some(to) = to {
        writeln!(out, "{to}：").unwrap();
    }
    for part in &paper.parts {
        match part {
            PaperPart::Paragraph(text) => writeln!(out, "{text}").unwrap(),
            PaperPart::Facts(facts) => {
                facts.iter().for_each(|(label, value)| writeln!(out, "{label}：{value}").unwrap());
            }
            PaperPart::Table(of) => table(&mut out, of),
        }
    }
    out
}

/// Every document of the small year, and of the large one the first of each sort.
fn documents() -> String {
    let small = papers(&WorkedYear("money-small").script().to_string()).unwrap();
    let mut first: BTreeMap<(String, String), String> = BTreeMap::new();
    for paper in papers(&WorkedYear("money-2024").script().to_string()).unwrap() {
        let sort = paper.title.trim_start_matches(|c: char| c.is_ascii_digit()).to_string();
        first.entry((sort, paper.key.clone())).or_insert_with(|| text(&paper));
    }
    let small: String = small.iter().map(text).collect();
    format!("# money-small\n{small}# money-2024\n{}", first.into_values().collect::<String>())
}

#[test]
fn the_documents_of_the_worked_years_say_what_their_acts_decided() {
    let documents = documents();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/cases/execution/papers.golden.txt");
    if std::env::var_os("OMFUND_BLESS").is_some() {
        std::fs::write(path, &documents).unwrap();
    }
    assert_eq!(documents, std::fs::read_to_string(path).unwrap());
}

/// By hand, from money.md § 6.
#[test]
fn the_conclusion_of_the_small_year_adds_up() {
    let small = papers(&WorkedYear("money-small").script().to_string()).unwrap();
    let conclusion = small.iter().find(|paper| paper.key == "conclusion").map(text).unwrap();
    for figure in ["105,227.88", "4,575.12", "4.17", "500.00", "99,466.49", "44,564.99", "86.80", "95.00"] {
        assert!(conclusion.contains(figure), "{figure} is missing in {conclusion}");
    }
    let clearing = small.iter().find(|paper| paper.title.ends_with("清算表")).map(text).unwrap();
    assert!(clearing.contains("应补：39,466.49 元（大写：叁万玖仟肆佰陆拾陆元肆角玖分）"), "{clearing}");
    let accounts = small.iter().find(|paper| paper.key == "accounts").map(text).unwrap();
    assert!(accounts.contains("120,000.00 | 99,466.49") && accounts.contains("20,533.51"), "{accounts}");
}

#[test]
fn a_stored_document_reads_back_as_it_was() {
    for paper in papers(&WorkedYear("money-small").script().to_string()).unwrap() {
        let stored = serde_json::to_string(&paper).unwrap();
        assert_eq!(serde_json::from_str::<CasePaper>(&stored).unwrap(), paper);
    }
}

/// Every sort of document of performance.md is made in its year, and its tables are whole.
#[test]
fn the_documents_of_a_performance_year_are_made() {
    let made = papers(&WorkedYear("performance-2024").script().to_string()).unwrap();
    let mut sorts: BTreeMap<&str, String> = BTreeMap::new();
    for paper in &made {
        sorts.entry(paper.title.as_str()).or_insert_with(|| text(paper));
    }
    let wanted = [
        "事前绩效评估报告",
        "项目支出绩效目标执行监控表",
        "整改通知书",
        "提请暂停拨付函",
        "整改销号单",
        "项目支出绩效自评表",
        "绩效评价工作方案",
        "绩效评价征求意见函",
        "绩效评价工作底稿",
        "绩效评价取证单",
        "意见采纳情况表",
        "绩效评价报告",
        "现场评价记录",
        "资产盘点表",
        "评价结果应用意见书",
    ];
    for title in wanted {
        let text = sorts.get(title).unwrap_or_else(|| panic!("no {title}"));
        // The first line has the number of the case.
        let content = text.split_once('\n').map_or("", |(_, content)| content);
        assert!(!content.contains("req-"), "{text}");
    }
    assert!(sorts["评价结果应用意见书"].contains("200,000.00"), "{}", sorts["评价结果应用意见书"]);
    assert!(sorts["事前绩效评估报告"].contains("评估对象：新增系统"), "{}", sorts["事前绩效评估报告"]);
}
