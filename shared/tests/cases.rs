//! The worked cases: every computed amount, subtotal, total and finding, exactly and in order.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::Value;
use shared::forms::case::check_case;

fn reproduces(case: &str) {
    let read = |file: &str| {
        let path = format!("{}/../tests/cases/{case}/{file}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).unwrap()
    };
    let answer = check_case(&read("request.json"), None).unwrap();
    let actual: Value = serde_json::from_str(&answer).unwrap();
    let expected: Value = serde_json::from_str(&read("expected.json")).unwrap();
    for part in ["computed", "subtotals", "total", "growth", "funds"] {
        assert_eq!(actual[part], expected[part], "{case}: {part}");
    }
    let (actual, expected) =
        (actual["findings"].as_array().unwrap(), expected["findings"].as_array().unwrap());
    let missing: Vec<_> = expected.iter().filter(|f| !actual.contains(f)).collect();
    let surplus: Vec<_> = actual.iter().filter(|f| !expected.contains(f)).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "{case}: missing {missing:#?}\nsurplus {surplus:#?}");
    assert_eq!(actual, expected, "{case}: order of the findings");
    assert!(answer == read("expected.json"), "{case}: to the byte");
}

#[test]
fn an_empty_request_is_told_all_it_lacks() {
    reproduces("empty");
}

#[test]
fn a_real_departments_request_passes_with_warnings() {
    reproduces("water-2024");
}

#[test]
fn every_rule_is_found_where_it_is_broken() {
    reproduces("every-rule");
}

#[test]
fn five_thousand_lines_are_summed_exactly() {
    reproduces("large-5000");
}

#[test]
fn a_file_that_is_no_request_is_refused_by_place() {
    let problem = |text: &str| check_case(text, None).unwrap_err().to_string();
    assert!(problem("{").starts_with("不是 JSON"));
    assert_eq!(problem("{}"), "fiscal_year：应为年份");
    assert_eq!(problem(r#"{"fiscal_year":2030}"#), "年度 2030 不在任何政策版本内（第十八条）");
    let unknown = r#"{"fiscal_year":2024,"budget_request":{"hardware":[{"id":"h1","colour":"red"}]}}"#;
    assert_eq!(problem(unknown), "budget_request.hardware[0].colour：没有这一栏");
    let computed = r#"{"fiscal_year":2024,"budget_request":{"hardware":[{"id":"h1","amount":"1"}]}}"#;
    assert_eq!(problem(computed), "budget_request.hardware[0].amount：没有这一栏");
}
