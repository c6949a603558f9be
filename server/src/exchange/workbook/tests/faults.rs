//! Workbooks that clerks complained about, each with what it must come to. `expected.json` is written by hand.

use crate::exchange::workbook::report::{ReportCommand, import_report};
use serde_json::{Map, Value, json};
use shared::exchange::import::header::propose;
use shared::exchange::import::marked::marked_workbook;
use shared::exchange::import::reading::read;
use shared::exchange::import::target::ImportTable;
use std::path::Path;
use std::time::{Duration, Instant};

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/cases/");

fn report(file: &Path, table: &str) -> Value {
    let command = ReportCommand { file, table, sheet: None, mapping: None, request: None };
    let text = import_report(&command).unwrap_or_else(|error| panic!("{}: {error:#}", file.display()));
    serde_json::from_str(&text).unwrap()
}

fn list<'v>(report: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    report[key].as_array().unwrap_or_else(|| panic!("{key}")).iter()
}

/// The parts of a report that a case states.
fn stated(report: &Value) -> Value {
    let rows: Map<String, Value> = list(report, "rows")
        .map(|row| {
            let cells = row["cells"].as_object().unwrap().iter();
            let values: Map<String, Value> =
                cells.map(|(field, cell)| (field.clone(), cell["value"].clone())).collect();
            (row["row"].to_string(), Value::Object(values))
        })
        .collect();
    let of = |key: &str, parts: &[&str]| -> Vec<Value> {
        list(report, key).map(|entry| parts.iter().map(|part| entry[*part].clone()).collect()).collect()
    };
    let names: Vec<&Value> = list(report, "new_systems").map(|system| &system["name"]).collect();
    json!({
        "rows": rows,
        "skipped": of("skipped", &["row", "reason"]),
        "refused": of("refused", &["at", "field"]),
        "doubts": of("doubts", &["at", "kind"]),
        "new_systems": names,
        "other_tables": of("other_tables", &["table", "header_row", "rows"]),
    })
}

fn check(folder: &str) {
    let folder = format!("{CASES}{folder}/");
    let expected = std::fs::read_to_string(format!("{folder}expected.json")).unwrap();
    let expected: Vec<Value> = serde_json::from_str(&expected).unwrap();
    let mut wrong = Vec::new();
    for case in &expected {
        let file = case["file"].as_str().unwrap();
        let read = stated(&report(Path::new(&format!("{folder}{file}")), case["table"].as_str().unwrap()));
        for key in ["rows", "skipped", "refused", "doubts", "new_systems", "other_tables"] {
            if read[key] != case[key] {
                wrong.push(format!(
                    "{file} ({}): {key}\n  read     {}\n  expected {}",
                    case["why"], read[key], case[key]
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_fault_file_comes_to_what_its_author_meant() {
    check("faults");
}

#[test]
fn other_layouts_units_and_encodings_are_read() {
    check("import");
}

#[test]
fn a_marked_workbook_reads_as_the_one_it_was_made_from() {
    let deadline = || Instant::now() + Duration::from_secs(60);
    let path = format!("{CASES}faults/23-more-than-100-refused-cells.xlsx");
    let book = crate::exchange::workbook::read(&std::fs::read(path).unwrap(), deadline()).unwrap();
    let target = ImportTable::of(shared::forms::om_request().table("hardware").unwrap());
    let reading = read(&book, &propose(&book, &target).unwrap(), &target, &[]);
    let marked = marked_workbook(&book.sheets[0], book.date_1904, &reading);
    let marked = crate::exchange::workbook::read(&marked, deadline()).unwrap();
    let names: Vec<&str> = marked.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    assert_eq!(names, ["台账", "读取情况"]);
    let again = read(&marked, &propose(&marked, &target).unwrap(), &target, &[]);
    assert_eq!(again.rows, reading.rows);
    assert_eq!(again.refused, reading.refused);
    // Every refusal is listed: 150 dates and as many unknown systems, below a heading.
    let last = marked.sheets[1].cells.iter().map(|cell| cell.row).max();
    assert_eq!(last, Some(300));
}

#[test]
fn every_row_is_a_line_or_is_listed_with_its_reason() {
    for case in std::fs::read_dir(format!("{CASES}faults")).unwrap() {
        let file = case.unwrap().path();
        if file.extension().is_none_or(|extension| extension != "xlsx") {
            continue;
        }
        let table = match file.file_name().unwrap().to_string_lossy() {
            name if name.starts_with("17") || name.starts_with("18") => "indicators",
            name if name.starts_with("20") => "systems",
            _ => "hardware",
        };
        let report = report(&file, table);
        let header = report["header_row"].as_u64().unwrap();
        let mut rows: Vec<u64> = list(&report, "rows")
            .chain(list(&report, "skipped"))
            .map(|row| row["row"].as_u64().unwrap())
            .collect();
        rows.push(header);
        rows.sort_unstable();
        let every: Vec<u64> = (1..=*rows.last().unwrap()).collect();
        assert_eq!(rows, every, "{}", file.display());
    }
}

#[test]
fn what_cannot_be_read_says_so() {
    let missing = format!("{CASES}faults/no-such-file.xlsx");
    let prose = format!("{CASES}faults/36-full-width-target-value.json");
    let book = format!("{CASES}faults/01-unit-in-number-format.xlsx");
    for (file, table, sheet, says) in [
        (&missing, "hardware", None, "读不到"),
        (&book, "no_table", None, "可导入的有：systems"),
        (&book, "hardware", Some("不存在"), "没有名为“不存在”的工作表；有：台账"),
        (&prose, "indicators", None, "表"),
    ] {
        let command = ReportCommand { file: Path::new(file), table, sheet, mapping: None, request: None };
        match import_report(&command) {
            Err(error) => assert!(format!("{error:#}").contains(says), "{error:#}"),
            // A file of text with separators is a clipboard's rectangle, whatever it holds.
            Ok(report) => assert!(file == &prose && report.contains(says)),
        }
    }
}
