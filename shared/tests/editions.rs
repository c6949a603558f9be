//! Editions as data: what is read, what is refused and where, and what the register keeps.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use rust_decimal::Decimal;
use serde_json::{Value, json};
use shared::kernel::calendar::{Date, FiscalYear};
use shared::policy::editions::catalogue::Catalogue;
use shared::policy::editions::check::{CheckContext, check_edition, faults, load};
use shared::policy::editions::force::{ForceInterval, extend};
use shared::policy::editions::register::{CALENDAR, DEMONSTRATION_2027, MEASURES_2022_51, Register};
use shared::policy::editions::{Edition, EditionError};

const PRODUCTION: CheckContext = CheckContext { demonstration: false, today: None };
const DEMONSTRATION: CheckContext = CheckContext { demonstration: true, today: None };

fn measures() -> Value {
    serde_json::from_str(MEASURES_2022_51).unwrap()
}

fn date(text: &str) -> Date {
    Date::parse(text).unwrap()
}

/// The measures with another value at a JSON pointer.
fn changed(pointer: &str, value: Value) -> Value {
    let mut file = measures();
    *file.pointer_mut(pointer).unwrap() = value;
    file
}

fn fault(file: &Value) -> (String, Option<String>) {
    let error = check_edition(file, PRODUCTION).unwrap_err();
    (error.code, error.at)
}

#[test]
fn the_shipped_editions_pass_and_come_back_byte_for_byte() {
    for text in [MEASURES_2022_51, DEMONSTRATION_2027] {
        let edition = load(text, DEMONSTRATION).unwrap();
        let file: Value = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_value(&edition).unwrap(), file);
        assert_eq!(edition.hash().unwrap(), check_edition(&file, DEMONSTRATION).unwrap());
    }
}

#[test]
fn the_measures_have_the_values_of_the_catalogue() {
    let measures = measures();
    for entry in &Catalogue::shipped().parameters {
        assert_eq!(measures["parameters"][&entry.name], entry.default, "{}", entry.name);
    }
}

#[test]
fn the_typed_edition_has_exactly_the_parameters_of_the_catalogue() {
    let edition = Edition::read(MEASURES_2022_51).unwrap();
    let mut names = Vec::new();
    edition.parameters.visit(&mut |name, _| names.push(name.to_string()));
    let known: Vec<_> = Catalogue::shipped().parameters.iter().map(|entry| entry.name.clone()).collect();
    assert_eq!(names, known);
    for name in names {
        let mut file = measures();
        file["parameters"].as_object_mut().unwrap().remove(&name);
        assert!(Edition::read(&file.to_string()).is_err(), "{name} is missing");
    }
    let unknown = changed("/parameters/disclosure_items/contract/clock/n", json!("days"));
    assert!(Edition::read(&unknown.to_string()).is_ok(), "names of clocks are judged by the check");
    let unknown = measures().to_string().replacen("\"growth_limit\"", "\"growth_limits\"", 1);
    assert!(Edition::read(&unknown).is_err());
}

#[test]
fn the_calendar_of_the_measures_is_the_common_one() {
    let common: Value = serde_json::from_str(CALENDAR).unwrap();
    assert_eq!(measures()["calendar"], common["years"]);
    assert!(Register::shipped().calendar().knows(2026) && !Register::shipped().calendar().knows(2027));
}

#[test]
fn every_value_out_of_shape_or_range_is_refused_at_its_path() {
    let refused = |path: &str, value: Value| {
        let (code, at) = fault(&changed(&format!("/{path}"), value.clone()));
        assert_eq!((code.as_str(), at.as_deref()), ("EDN-02", Some(path)), "{value}");
    };
    for value in
        ["-1", "+5", "05", "5.", ".5", "5.50", "1e1", "５", "", " 5", "5.00000000000000000000000000000001"]
    {
        refused("parameters/growth_limit", json!(value));
    }
    for value in [json!(null), json!(5), json!(5.5), json!(["5"]), json!("1000.1")] {
        refused("parameters/growth_limit", value);
    }
    for value in [json!(1.0), json!(-1), json!(12), json!("3"), json!(null)] {
        refused("parameters/in_hand_through_month", value);
    }
    for value in ["100000.0", "-1.00", "0100.00", "10000000000000.00", "1,000.00"] {
        refused("parameters/basis_threshold", json!(value));
    }
    refused("parameters/cap_ceiling", json!("0.9"));
    refused("parameters/over_cap", json!("99"));
    refused("parameters/year_starts", json!("02-01"));
    refused("parameters/disclosure_granularity", json!("page"));
    refused("parameters/reminder_days", json!([]));
    refused("parameters/reminder_days/1", json!(0));
    refused("parameters/grades/0/1", json!("甲"));
    refused("parameters/grades/0", json!(["90"]));
    refused("parameters/sheet/desk", json!(["10", "0.5", "1"]));
    refused("parameters/periods", json!({}));
    refused("parameters/periods/1-7/due", json!("02-29"));
    refused("parameters/review_criteria/3/most", json!(0));
    refused(
        "parameters/review_criteria/3",
        json!({ "part": "相关性", "name": "指标科学", "most": 10, "extra": 1 }),
    );
    refused("parameters/materials/0", json!(""));
    refused("parameters/economic_codes/cloud", json!({ "code": "30227" }));
    refused(
        "parameters/disclosure_items/contract/clock",
        json!({ "n": "growth_limit", "unit": "day", "sense": "within" }),
    );
    refused(
        "parameters/disclosure_items/contract/clock",
        json!({ "n": 367, "unit": "day", "sense": "within" }),
    );
    refused(
        "parameters/disclosure_items/contract",
        json!({ "label": "采购合同", "office": "bureau", "basis": "法" }),
    );
    for (path, value) in [
        ("id", json!("2022_51")),
        ("revision", json!(0)),
        ("from_year", json!(1900)),
        ("title", json!("办")),
        ("demonstration", json!("false")),
        ("base", json!(1)),
        ("force", json!([])),
        ("force/0/kind", json!("first")),
        ("force/0/dated", json!("2022-02-30")),
        ("note", json!(null)),
        ("parameters", json!([])),
    ] {
        refused(path, value);
    }
}

#[test]
fn force_has_no_gap_no_overlap_and_no_document_of_tomorrow() {
    let with = |from: &str, to: &str| {
        let mut file = measures();
        let extension = json!({ "kind": "extension", "document": "晋财行〔2024〕88号", "dated": "2024-12-20", "from": from, "to": to });
        file["force"].as_array_mut().unwrap().push(extension);
        file
    };
    assert!(check_edition(&with("2025-01-01", "2029-12-31"), PRODUCTION).is_ok());
    for (from, to) in
        [("2025-01-02", "2025-12-31"), ("2024-12-31", "2025-12-31"), ("2025-01-01", "2030-01-01")]
    {
        assert_eq!(fault(&with(from, to)), ("EDN-05".into(), Some("force/1/from".into())), "{from} {to}");
    }
    let today = CheckContext { today: Some(date("2022-06-23")), ..PRODUCTION };
    let error = check_edition(&measures(), today).unwrap_err();
    assert_eq!((error.code.as_str(), error.at.as_deref()), ("EDN-04", Some("force/0/dated")));
}

#[test]
fn a_calendar_year_has_its_notice_and_its_days_in_order() {
    let refused = |path: &str, value: Value, at: &str| {
        assert_eq!(fault(&changed(path, value)), ("EDN-11".into(), Some(at.into())));
    };
    refused("/calendar/2024/document", json!("国办发明电[2023]7号"), "calendar/2024/document");
    let holidays = json!(["2024-01-01", "2024-01-01"]);
    refused("/calendar/2024/holidays", holidays, "calendar/2024/holidays/2024-01-01");
    let workdays = json!(["2024-02-10"]);
    refused("/calendar/2024/workdays", workdays, "calendar/2024/workdays/2024-02-10");
    let december = changed("/calendar/2024/holidays", json!(["2023-12-30", "2024-01-01"]));
    assert!(check_edition(&december, PRODUCTION).is_ok());
}

#[test]
fn all_faults_are_told_and_the_first_answers() {
    let mut file = changed("/parameters/weight_base", json!("80"));
    file["calendar"]["2024"]["workdays"] = json!(["2024-02-05"]);
    let found: Vec<_> = faults(&file, PRODUCTION).into_iter().map(|fault| fault.at.unwrap()).collect();
    assert_eq!(found, ["calendar/2024/workdays/2024-02-05", "L-02", "L-03", "L-07"]);
}

#[test]
fn a_key_written_twice_is_refused_at_its_path() {
    let twice =
        MEASURES_2022_51.replacen("\"服务器\": \"5.5\"", "\"服务器\": \"5.5\",\n   \"服务器\": \"9\"", 1);
    let error = load(&twice, PRODUCTION).unwrap_err();
    assert_eq!((error.code.as_str(), error.at.as_deref()), ("EDN-02", Some("parameters/rate_cap/服务器")));
}

#[test]
fn the_register_finds_an_edition_by_code_id_and_document() {
    let register = Register::demonstration();
    let found = |name: &str| register.find(name).map(|edition| edition.code());
    for name in ["2022-51#1", "2022-51", "晋财行〔2022〕51号"] {
        assert_eq!(found(name), Some("2022-51#1".into()), "{name}");
    }
    assert_eq!(found("2027-demo"), Some("2027-demo#1".into()));
    assert_eq!([found("2022-51#2"), found("晋财行〔2024〕88号"), found("2022-51#")], [None, None, None]);
    assert_eq!(register.edition_for(FiscalYear(2028)).unwrap().id, "2027-demo");
    assert!(Register::shipped().find("2027-demo").is_none(), "nothing invented in production");
}

#[test]
fn the_register_takes_the_next_revision_and_refuses_what_collides() {
    let mut register = Register::shipped().clone();
    let mut next = Edition::read(MEASURES_2022_51).unwrap();
    let code = |result: Result<(), EditionError>| result.unwrap_err().code;
    assert_eq!(code(register.add(next.clone())), "EDN-01", "the same revision again");
    (next.revision, next.from_year) = (2, 2024);
    next.parameters.growth_limit = Decimal::from(12);
    let longer = Edition { force: extended(&next.force), ..next.clone() };
    assert_eq!(code(register.add(longer)), "EDN-14", "a revision does not extend");
    register.extend("2022-51", &extended(&next.force)).unwrap();
    register.add(next.clone()).unwrap();
    let judging =
        |year| register.edition_for(FiscalYear(year)).map(|edition| edition.code()).map_err(|r| r.code);
    assert_eq!([2023, 2024, 2025].map(judging), ["#1", "#2", "#2"].map(|n| Ok(format!("2022-51{n}"))));
    let other = Edition { id: "other".into(), revision: 1, base: None, ..next.clone() };
    assert_eq!(code(register.add(other.clone())), "EDN-03", "two begin on the same day");
    let orphan = Edition { base: Some("nobody".into()), ..other };
    assert_eq!(code(register.add(orphan)), "EDN-01", "made from an edition nobody knows");
}

fn extended(force: &[ForceInterval]) -> Vec<ForceInterval> {
    extend(force, "晋财行〔2024〕88号", date("2024-12-20"), date("2026-12-31"), date("2024-12-25")).unwrap()
}
