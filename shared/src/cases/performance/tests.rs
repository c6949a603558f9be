//! The worked year of performance management and the worked forms, to the last hundredth.

use super::check::check;
use crate::cases::play::play;
use crate::cases::play::worked::{WorkedYear, table};
use serde_json::{Value, json};

const YEAR: WorkedYear = WorkedYear("performance-2024");

#[test]
fn three_departments_live_through_the_evaluations_of_a_year() {
    YEAR.assert_plays();
}

#[test]
fn every_guard_refuses_what_breaks_it_with_its_code_and_article() {
    YEAR.assert_refuses("performance-refusals.json", json!(["verify()"]), &json!({ "verify()": [] }));
}

#[test]
fn every_form_computes_and_finds_what_was_reckoned_by_hand() {
    let folder = format!("{}/../tests/cases/performance-forms", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut wrong = Vec::new();
    for path in &files {
        let file: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let answer = check(&file, None).unwrap();
        for part in ["computed", "findings"] {
            let (got, wanted) = (&answer[part], &file["expected"][part]);
            if got != wanted {
                wrong.push(format!("{}: {part}\n got {got}\n not {wanted}", path.display()));
            }
        }
    }
    assert!(files.len() > 40, "{} forms", files.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_leaf_whose_score_rounds_to_its_weight_has_lost_points_all_the_same() {
    let file = include_str!("../../../../tests/cases/performance-forms/key-good.json");
    let mut file: Value = serde_json::from_str(file).unwrap();
    let leaves = file["document"]["tree"].as_array_mut().unwrap();
    let leaf = leaves.iter_mut().find(|leaf| leaf["id"] == "P12").unwrap();
    leaf["numerator"] = json!("9999");
    leaf["denominator"] = json!("10000");
    let answer = check(&file, None).unwrap();
    assert_eq!(answer["computed"]["tree"]["P12"]["score"], "5.00");
    let findings = answer["findings"].as_array().unwrap().iter();
    let found: Vec<_> = findings.map(|finding| (&finding["rule"], &finding["row"])).collect();
    assert_eq!(json!(found), json!([["KEY-13", "P12"], ["KEY-14", "P12"]]));
}

#[test]
fn no_rule_is_without_a_case_that_breaks_it() {
    let mut worked =
        YEAR.expected().to_string() + &Value::Array(table("performance-refusals.json")).to_string();
    let folder = format!("{}/../tests/cases/performance-forms", env!("CARGO_MANIFEST_DIR"));
    for entry in std::fs::read_dir(folder).unwrap() {
        worked += &std::fs::read_to_string(entry.unwrap().path()).unwrap();
    }
    let forms = [
        &crate::cases::ex_ante::form::FORM,
        &crate::cases::monitoring::form::FORM,
        &crate::cases::correction::form::FORM,
        &crate::cases::self_evaluation::form::FORM,
        &crate::cases::key_evaluation::form::FORM,
        &crate::cases::site_visit::form::FORM,
        &crate::cases::application::form::FORM,
    ];
    let of_forms = forms.iter().flat_map(|form| form.rules).map(|rule| rule.code.to_string());
    let guards = [("EXA", 6), ("MON", 3), ("EVA", 5), ("KEY", 9), ("SIT", 4), ("APP", 4)];
    let of_guards =
        guards.into_iter().flat_map(|(kind, last)| (1..=last).map(move |n| format!("{kind}-{n:02}")));
    let others = ["COR-03", "COR-04", "SIT-06", "SIT-07", "SIT-08"].map(str::to_string);
    let all = of_forms.chain(of_guards).chain(others);
    let missing: Vec<String> = all.filter(|code| !worked.contains(&format!("\"{code}\""))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Steps of the worked year in another order, some of other cases or sent again: whatever comes of it, the laws of the
/// ledger hold and the same script is answered alike.
mod random {
    use super::{YEAR, play};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn whatever_order_people_act_in_the_year_stays_whole(
            acts in prop::collection::vec((0..235usize, 0..8usize, 0..100u32), 100..300)
        ) {
            let mut script = YEAR.script();
            let all = script["steps"].as_array().unwrap().clone();
            let mut chosen: Vec<(usize, u32)> = acts.iter().map(|(at, shift, chance)| (at + shift, *chance)).collect();
            chosen.extend((0..all.len()).map(|at| (at, 99)));
            chosen.sort_unstable();
            let mut day = "2023-07-03".to_string();
            let mut steps = Vec::new();
            for (at, chance) in chosen {
                let Some(step) = all.get(at) else { continue };
                let mut step = step.clone();
                if let Some(on) = step["at"].as_str() && on > day.as_str() {
                    day = on.to_string();
                }
                step["at"] = Value::from(day.clone());
                if chance < 20 {
                    step["case"] = Value::from(format!("{}-{chance}", step["case"].as_str().unwrap()));
                }
                if chance % 7 == 0 {
                    step["op"] = Value::from(format!("op-{at}"));
                }
                steps.push(step);
            }
            script["steps"] = Value::Array(steps);
            script["ask"] = json!(["verify()", "tasks()", "review(water, 2025)", "computed(self-w24)"]);
            let once = play(&script.to_string()).unwrap();
            let answer: Value = serde_json::from_str(&once).unwrap();
            prop_assert_eq!(&answer["ask"]["verify()"], &json!([]));
            let steps = answer["steps"].as_array().unwrap();
            prop_assert!(steps.iter().all(|step| step["refused"] != "LED-01"));
            prop_assert!(steps.iter().filter(|step| step["ok"] == true).count() > 20);
            prop_assert_eq!(once, play(&script.to_string()).unwrap());
        }
    }
}
