//! The worked years, to the last 分.

use crate::cases::play::play;
use crate::cases::play::worked::{WorkedYear, table};
use serde_json::{Value, json};

const YEAR: WorkedYear = WorkedYear("money-2024");

#[test]
fn one_contract_goes_from_settlement_to_the_closing_of_its_year() {
    WorkedYear("money-small").assert_plays();
}

#[test]
fn three_departments_live_through_a_year_and_its_clearing() {
    YEAR.assert_plays();
}

#[test]
fn what_the_worked_years_leave_out_comes_out_as_reckoned_by_hand() {
    for case in table("money-stories.json") {
        let mut script = YEAR.continued(&case);
        let asked = case["ask"].as_object().unwrap();
        script["ask"] = asked.keys().cloned().collect();
        let answer = play(&script.to_string()).unwrap_or_else(|error| panic!("{}: {error}", case["story"]));
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer["ask"], case["ask"], "{}", case["story"]);
        for (id, stage) in case["cases"].as_object().into_iter().flatten() {
            assert_eq!(&answer["cases"][id], stage, "{} {id}", case["story"]);
        }
    }
}

#[test]
fn every_rule_refuses_what_breaks_it_with_its_code_and_article() {
    YEAR.assert_refuses("money-refusals.json", json!(["verify()"]), &json!({ "verify()": [] }));
}

#[test]
fn no_rule_is_without_a_case_that_breaks_it() {
    let cases = Value::Array(table("money-refusals.json")).to_string();
    let worked = include_str!("../../../../tests/cases/money-2024/expected.json");
    let up_to = |kind: &'static str, last: u32| (1..=last).map(move |n| format!("{kind}-{n:02}"));
    let codes = [
        ("F", 6),
        ("ADV", 6),
        ("PRC", 16),
        ("CON", 12),
        ("PAY", 15),
        ("ACC", 5),
        ("ASM", 7),
        ("UEV", 5),
        ("SET", 15),
        ("CLR", 7),
        ("CHG", 7),
        ("SAN", 7),
        ("PVD", 1),
    ];
    let ledger = ["LED-02", "LED-03", "LED-04", "LED-05", "edition.none"].map(str::to_string);
    let closing = (10..=14).map(|n| format!("CLR-{n}"));
    let all = codes.into_iter().flat_map(|(kind, last)| up_to(kind, last)).chain(ledger).chain(closing);
    let missing: Vec<String> = all
        .filter(|code| !cases.contains(&format!("\"{code}\"")) && !worked.contains(&format!("\"{code}\"")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_reason_is_as_long_as_the_edition_asks() {
    let refused_at = |least: Option<u32>| {
        let provider = json!({
            "name": "山西云服务有限公司", "credit_code": "91140000MA0K000012", "contact": "王芳",
            "phone": "0351-4666666", "bank": "工商银行太原分行", "account": "62220012345678",
        });
        let step = |by: &str, command: &str, with: Value| json!({ "by": by, "case": "p", "kind": "provider", "do": command, "with": with });
        let mut script = json!({
            "edition": "2022-51", "today": "2024-01-02", "departments": {},
            "people": { "t": { "role": "bureau_treasurer" }, "l": { "role": "bureau_leader" } },
            "steps": [
                step("t", "register", provider),
                step("l", "block", json!({ "reason": "单位资质已被注销不宜续用" })),
            ],
            "ask": [],
        });
        if let Some(least) = least {
            script["parameters"] = json!({ "reason_min": least });
        }
        let answer: Value = serde_json::from_str(&play(&script.to_string()).unwrap()).unwrap();
        answer["steps"].as_array().unwrap().iter().map(|step| step["refused"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(refused_at(None), [Value::Null, Value::Null]);
    assert_eq!(refused_at(Some(12)), [Value::Null, Value::Null]);
    assert_eq!(refused_at(Some(13)), [Value::Null, Value::from("F-03")]);
}

/// Steps of the worked year in another order, some left out or repeated, amounts changed: whatever comes of it, the laws
/// hold and the backstop of the ledger is never met.
mod random {
    use super::{YEAR, play};
    use proptest::prelude::*;
    use serde_json::Value;

    /// Changes the amounts of a body by a factor of hundredths.
    fn scale(value: &mut Value, percent: u32) {
        match value {
            Value::Array(rows) => rows.iter_mut().for_each(|row| scale(row, percent)),
            Value::Object(fields) => {
                for (key, value) in fields {
                    match (key.as_str(), value.as_str()) {
                        ("amount" | "budget" | "quantity" | "claimed", Some(text)) => {
                            let number: rust_decimal::Decimal = text.parse().unwrap();
                            let scaled = number * rust_decimal::Decimal::new(i64::from(percent), 2);
                            *value = Value::from(crate::cases::execution::parameters::printed(scaled));
                        }
                        _ => scale(value, percent),
                    }
                }
            }
            _ => {}
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn whatever_order_people_act_in_the_laws_hold(
            acts in prop::collection::vec((0..230usize, 0..6usize, 0..100u32, 30..170u32), 200..420)
        ) {
            let mut script = YEAR.script();
            let all = script["steps"].as_array().unwrap().clone();
            let mut chosen: Vec<(usize, u32, u32)> =
                acts.iter().map(|(at, shift, chance, percent)| (at + shift, *chance, *percent)).collect();
            // The year in its order, jittered, so that many steps are accepted, with others thrown in.
            chosen.extend((0..230).map(|at| (at, 99, 100)));
            chosen.sort();
            let mut day = "2024-01-02".to_string();
            let mut steps = Vec::new();
            for (at, chance, percent) in chosen {
                let Some(step) = all.get(at) else { continue };
                let mut step = step.clone();
                if let Some(on) = step["at"].as_str() && on > day.as_str() {
                    day = on.to_string();
                }
                step["at"] = Value::from(day.clone());
                step["quiet"] = Value::from(false);
                if chance < 40 {
                    scale(&mut step["with"], percent);
                }
                if chance < 20 {
                    step["case"] = Value::from(format!("{}-{percent}", step["case"].as_str().unwrap()));
                }
                steps.push(step);
            }
            script["steps"] = Value::Array(steps);
            script["ask"] = serde_json::json!(["verify()", "year(2024)", "sankey(water,2024)", "reconcile(bank)"]);
            let answer: Value = serde_json::from_str(&play(&script.to_string()).unwrap()).unwrap();
            prop_assert_eq!(&answer["ask"]["verify()"], &serde_json::json!([]));
            let steps = answer["steps"].as_array().unwrap();
            prop_assert!(steps.iter().all(|step| step["refused"] != "LED-01"));
            prop_assert!(steps.iter().filter(|step| step["ok"] == true).count() > 10);
        }
    }
}
