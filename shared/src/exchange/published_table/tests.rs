//! Published tables reproduce their worked answers, and tables of our own fire each rule at its edge.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use serde_json::{Value, json};

fn cases(folder: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases").join(folder)
}

fn check_json(text: &str, parameters: &ScoringParameters) -> Result<TableReport, String> {
    Ok(check(&PublishedTable::from_json(text)?, parameters))
}

fn check_grid(id: &str, grid: &[Vec<String>], parameters: &ScoringParameters) -> Result<TableReport, String> {
    Ok(check(&read_tables(id, grid)?[0], parameters))
}

fn value_of(report: &TableReport) -> Value {
    serde_json::to_value(report).unwrap()
}

#[test]
fn published_tables_are_explained_exactly() {
    let parameters = ScoringParameters::newest().unwrap();
    let files: Vec<_> = std::fs::read_dir(cases("published")).unwrap().map(|file| file.unwrap()).collect();
    assert_eq!(files.len(), 12);
    for file in files {
        let text = std::fs::read_to_string(file.path()).unwrap();
        let expected = std::fs::read_to_string(cases("published-expected").join(file.file_name())).unwrap();
        let expected: Value = serde_json::from_str(&expected).unwrap();
        let report = value_of(&check_json(&text, &parameters).unwrap());
        assert_eq!(report["computed"], expected["computed"], "{}", expected["id"]);
        assert_eq!(report, expected);
    }
}

#[test]
fn pasted_tables_are_explained_exactly() {
    for id in ["paste-cut", "paste-modern", "paste-old"] {
        let text = std::fs::read_to_string(cases("published-text").join(format!("{id}.tsv"))).unwrap();
        let expected = cases("published-text").join(format!("{id}.expected.json"));
        let expected: Value = serde_json::from_str(&std::fs::read_to_string(expected).unwrap()).unwrap();
        let parameters = ScoringParameters::newest().unwrap();
        let report = value_of(&check_grid(id, &grid_of_text(&text).unwrap(), &parameters).unwrap());
        assert_eq!(report["computed"], expected["computed"], "{id}");
        assert_eq!(report, expected);
    }
}

fn table(execution: Value, indicators: Value, published: Value) -> Vec<(String, String)> {
    let text = json!({
        "id": "t", "doc_type": "self_evaluation_table", "year": 2022, "money_unit": "万元",
        "funds": [execution], "indicators": indicators, "published": published,
    });
    let report = check_json(&text.to_string(), &ScoringParameters::newest().unwrap()).unwrap();
    report.findings.into_iter().map(|found| (found.code.to_string(), found.field)).collect()
}

fn regular_rows() -> Value {
    json!([
        {"l1": "产出指标", "l2": "数量指标", "l3": "系统数量", "target": "3", "actual": "3", "weight": "50", "score": "50"},
        {"l1": "效益指标", "l2": "社会效益指标", "l3": "运行效果", "target": "良好", "actual": "良好", "weight": "30", "score": "30"},
        {"l1": "满意度指标", "l2": "满意度指标", "l3": "满意度", "target": "≥90%", "actual": "95%", "weight": "10", "score": "10"},
    ])
}

#[test]
fn a_correct_table_has_no_finding_and_totals_may_be_a_tenth_off() {
    let line = json!({"line": "total", "adjusted": "3", "executed": "2", "weight": "10", "rate": "66.67%", "score": "6.67"});
    let printed = |total: &str| json!({"weight_total": "100", "score_total": total, "grade": "优"});
    assert_eq!(table(line.clone(), regular_rows(), printed("96.67")), []);
    assert_eq!(table(line.clone(), regular_rows(), printed("96.77")), []);
    let code = |code: &str, field: &str| (code.to_string(), field.to_string());
    assert_eq!(table(line, regular_rows(), printed("96.78")), [code("TAB-03", "score_total")]);
}

#[test]
fn rates_are_compared_at_their_printed_decimals() {
    let line = |rate: &str| json!({"line": "total", "adjusted": "3", "executed": "2", "weight": "10", "rate": rate, "score": "6.67"});
    let codes = |rate: &str| {
        let found = table(line(rate), regular_rows(), json!({}));
        found.into_iter().map(|(code, _)| code).collect::<Vec<_>>()
    };
    assert_eq!(codes("66.7%"), Vec::<String>::new());
    assert_eq!(codes("0.667"), ["TAB-27"]);
    assert_eq!(codes("66.66%"), ["TAB-10"]);
    assert_eq!(codes("6,66%"), ["TAB-28"]);
}

#[test]
fn a_file_that_cannot_be_read_names_the_place() {
    let parameters = ScoringParameters::newest().unwrap();
    let error = |text: &str| check_json(text, &parameters).unwrap_err();
    assert!(error("{\n\"id\": }").contains("第 2 行"));
    assert!(
        error(r#"{"id": "t", "doc_type": "x", "funds": [{"adjusted": []}]}"#).contains("funds[0].adjusted")
    );
    assert!(check_grid("t", &grid_of_text("甲\t乙").unwrap(), &parameters).unwrap_err().contains("三级指标"));
}

#[test]
fn a_number_beyond_any_budget_is_broken_and_overflows_nothing() {
    assert_eq!(cell::amount(Some("999999999999999.5")), "999999999999999.5".parse().ok());
    assert_eq!(cell::AmountCell::read(Some("1000000000000000")), cell::AmountCell::Broken);
    let huge = "9".repeat(28);
    let line = json!({"line": "total", "adjusted": huge, "executed": "0.00000000001", "rate": "0.1"});
    let found = table(line, json!([]), json!({"balance": huge}));
    assert!(found.contains(&("TAB-28".to_string(), "adjusted".to_string())));
}

#[test]
fn quantities_are_read_with_operator_unit_and_suffix() {
    let read = |text: &str| {
        let quantity = cell::Quantity::read(Some(text))?;
        let operator = quantity.comparison.map_or("", |comparison| comparison.as_str());
        Some(format!("{operator}{}{}", quantity.number, quantity.unit.unwrap_or_default()))
    };
    let quantities = [
        ("不低于 95 %", "≥95%"),
        ("９０％以上", "≥90%"),
        ("小于等于1,200元", "≤1200元"),
        ("5万", "5万元"),
        ("3个百分点", "3%"),
        ("5个工作日以内", "≤5个工作日"),
        ("-2", "-2"),
        ("＞3次", ">3次"),
        ("≦4小时", "≤4小时"),
    ];
    for (text, expected) in quantities {
        assert_eq!(read(text).as_deref(), Some(expected), "{text}");
    }
    for words in ["良好", "1部片,2套方案", "2023.07-2024.01", "/", "12,34元", "一个非常长的单位名称"]
    {
        assert_eq!(read(words), None, "{words}");
    }
}

#[test]
fn a_grid_is_read_however_it_was_copied() {
    let head = "项目支出绩效自评表\t\t年度总体目标（2022年度）\n一级指标\t二级指标\t三级指标\t指标值\t完成值\t分值\t得分\n";
    let rows =
        "产出指标(60分)\t数量指标\t\"巡检\n次数\"\t3\t3\t30\t30\n产出指标(60分)\t\t线路数\t2\t2\t30\t30\n";
    let again = "一级指标\t二级指标\t三级指标\t指标值\t完成值\t分值\t得分\n效益指标(30分)\t社会效益指标\t效果\t良好\t良好\t30\t30\n";
    let total = "总分\t\t\t\t\t90\t90\n";
    let read = |text: &str| read_tables("t", &grid_of_text(text).unwrap()).unwrap().remove(0);
    let table = read(&format!("{head}{rows}{again}{total}"));
    assert_eq!((table.year, table.complete), (Some(2022), true));
    let names: Vec<_> = table.indicators.iter().map(|row| (row.l2.as_deref(), row.l3.as_deref())).collect();
    assert_eq!(names[0], (Some("数量指标"), Some("巡检\n次数")));
    assert_eq!(names[1..], [(Some("数量指标"), Some("线路数")), (Some("社会效益指标"), Some("效果"))]);
    let headers: Vec<_> =
        table.headers.iter().map(|(key, weight)| (key.as_str(), weight.as_deref())).collect();
    assert_eq!(headers, [("产出指标", Some("60")), ("效益指标", Some("30"))]);
    let part = "\t小计\t\t\t\t60\t60\n";
    let named = "效益指标\t社会效益指标\t全年巡检合计次数\t3\t3\t30\t30\n";
    let summed = read(&format!("{head}{rows}{part}{named}{total}"));
    assert_eq!((summed.indicators.len(), summed.published.score_total.as_deref()), (3, Some("90")));
    assert!(summed.complete);
    let second = "项目资金\t\t年初预算数\t全年预算数\t全年执行数\n\t年度资金总额\t1\t1\t1\n";
    let cut = read(&format!("{head}{rows}{second}{again}{total}"));
    assert_eq!((cut.indicators.len(), cut.complete), (2, false));
}

#[test]
fn every_finding_of_the_published_tables_is_a_sentence_at_a_place() {
    let parameters = ScoringParameters::newest().unwrap();
    let (mut findings, mut judged) = (0, 0);
    for file in std::fs::read_dir(cases("published")).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let table = PublishedTable::from_json(&text).unwrap();
        let report = check(&table, &parameters);
        let explained = explain(&table, &report);
        assert_eq!(explained.findings.len(), report.findings.len());
        for finding in &explained.findings {
            assert!(finding.sentence.ends_with('。') && !finding.place.is_empty(), "{finding:?}");
            let about = format!("{} {}", finding.place, finding.sentence);
            assert!(!about.contains("““") && !about.contains("（空）（空）"), "{about}");
            findings += 1;
        }
        judged += explained.rows.iter().filter(|row| row.expected.is_some()).count();
        assert!(explained.rows.iter().all(|row| !row.how.is_empty()));
    }
    assert!(findings > 40 && judged > 10, "{findings} {judged}");
}

#[test]
fn a_missed_indicator_shows_how_its_score_is_computed() {
    let parameters = ScoringParameters::newest().unwrap();
    let row = json!({ "l1": "产出指标", "l2": "质量指标", "l3": "合格率", "target": "≥98%", "actual": "96%",
        "weight": "10", "score": "10", "deviation_reason": "少量返工" });
    let table = json!({ "id": "own", "doc_type": "self_evaluation_table", "indicators": [row] });
    let table = PublishedTable::from_json(&table.to_string()).unwrap();
    let explained = explain(&table, &check(&table, &parameters));
    assert_eq!(explained.rows[0].how, "要求 ≥ 98，完成 96，未达标：10 × 96 ÷ 98，按比例得 9.80（不低于 0）");
    let finding = explained.findings.iter().find(|finding| finding.code == "TAB-06").unwrap();
    assert_eq!(finding.place, "指标第 1 行“合格率” 得分");
    assert_eq!(finding.sentence, "未达到指标值，按比例应得 9.8 分，所印为 10（按满分给的）。");
}

#[test]
fn a_table_copied_from_a_pdf_is_placed_or_named() {
    let parameters = ScoringParameters::newest().unwrap();
    let text = std::fs::read_to_string(cases("published-text").join("paste-modern.tsv")).unwrap();
    // What a PDF keeps of it: no tabs and no empty cells.
    let words = |line: &str| line.split('\t').filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" ");
    let copied = text.lines().map(words).collect::<Vec<_>>().join("\n");
    let of_tabs = value_of(&check_grid("t", &grid_of_text(&text).unwrap(), &parameters).unwrap());
    let of_spaces = value_of(&check_grid("t", &grid_of_text(&copied).unwrap(), &parameters).unwrap());
    assert_eq!(of_spaces["computed"], of_tabs["computed"]);
    assert_eq!(of_spaces["findings"], of_tabs["findings"]);
    let torn = copied.replace("≤380万元 350万元", "≤ 380 万元 350 万元");
    assert!(grid_of_text(&torn).unwrap_err().contains("第 11 行"), "{torn}");
}
