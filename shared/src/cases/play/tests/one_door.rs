//! Every kind goes through one door: the same checks of the script, the same order of judgement, the edition of the script.

use super::*;

/// A script of one day in a year before the money moves.
fn played(change: impl FnOnce(&mut Value)) -> Result<Value, String> {
    let mut script: Value = serde_json::from_str(&script(Vec::new(), &[])).unwrap();
    change(&mut script);
    let answer = play(&script.to_string()).map_err(|error| error.to_string())?;
    Ok(serde_json::from_str(&answer).unwrap())
}

fn approval() -> Value {
    json!({ "year": 2024, "department": "water", "number": "晋财行〔2024〕3号", "requested": "100.00",
        "lines": [{ "id": "w1", "category": "software", "name": "平台运维", "amount": "100.00" }] })
}

fn opened(by: &str, case: &str) -> Value {
    json!({ "by": by, "case": case, "kind": "publication", "open": { "office": "bureau", "hash": "h" } })
}

#[test]
fn a_case_that_watches_the_others_stands_next_to_money_in_one_script() {
    let publication = |by: &str, command: &str, with: Value| step(by, "pub", "publication", command, with);
    let steps = vec![
        step("chief", "req", "request", "approve", approval()),
        opened("rev", "req"),
        opened("rev", "pub"),
        opened("rev", "pub"),
        publication("rev", "fly", json!({})),
        step("rev", "req", "publication", "submit_review", json!({})),
        step("rev", "pub", "compilation", "compile", json!({ "year": 2024 })),
        publication("fill", "submit_review", json!(["一项"])),
        publication("rev", "submit_review", json!(["一项"])),
        publication("rev", "submit_review", json!({ "justify": { "PUB-05": "已逐项核对，附件备查。" } })),
    ];
    let got = played(|script| {
        script["steps"] = json!(steps);
        script["ask"] = json!(["case(pub)", "year(2024)"]);
    });
    let got = got.unwrap();
    let expected = [
        "approved",
        "case.exists",
        "to_prepare",
        "case.exists",
        "command.unknown",
        "case.unknown",
        "case.unknown",
        "authority.role",
        "command.body",
        "secrecy_review",
    ];
    assert_eq!(outcomes(&got), expected);
    assert_eq!(got["cases"], json!({ "pub": "secrecy_review", "req": "approved" }));
    assert_eq!(got["balances"]["1100:req/w1"], 10000);
    assert_eq!(got["ask"]["case(pub)"], json!({ "kind": "publication", "stage": "secrecy_review" }));
    assert_eq!(got["ask"]["year(2024)"]["approved"], "100.00");
}

#[test]
fn a_script_without_an_edition_plays_what_no_edition_judges_and_answers_of_it_alone() {
    let without = |steps: Value| {
        played(|script| {
            let script = script.as_object_mut().unwrap();
            for key in ["edition", "departments", "today", "ask"] {
                script.remove(key);
            }
            script.insert("steps".to_string(), steps.clone());
        })
    };
    let got = without(json!([on("2024-05-02", opened("rev", "a")), on("2024-05-01", opened("rev", "b"))]));
    let wanted = json!({ "cases": { "a": "to_prepare", "b": "to_prepare" }, "steps": [
        { "step": 1, "ok": true, "stage": "to_prepare" }, { "step": 2, "ok": true, "stage": "to_prepare" }] });
    assert_eq!(got.unwrap(), wanted);
    let refused = |steps: Value| without(steps).unwrap_err();
    let compile = on("2024-05-01", step("rev", "c", "compilation", "compile", json!({})));
    assert!(refused(json!([compile])).starts_with("edition：缺少"));
    assert!(refused(json!([opened("rev", "a")])).starts_with("steps[0].at：缺少"));
    assert!(refused(json!([on("2024-05-01", opened("nobody", "a"))])).starts_with("steps[0].by："));
}

#[test]
fn what_cannot_be_opened_or_named_is_named_where_it_stands() {
    let refused = |step: Value| played(|script| script["steps"] = json!([step])).unwrap_err();
    let mut payment = opened("rev", "p");
    payment["kind"] = json!("payment");
    assert!(refused(payment).starts_with("steps[0].open：只有政策版本、信息公开、账号事项"));
    let mut both = opened("rev", "p");
    both["do"] = json!("publish");
    assert!(refused(both).starts_with("steps[0]：每一步应有 open 或 do 之一"));
    for name in ["", " req", "2025:req", "req/w1", "a\nb", &"案".repeat(81)] {
        let refused = refused(step("rev", name, "compilation", "compile", json!({ "year": 2024 })));
        assert!(refused.starts_with("steps[0].case：案卷编号"), "{name}: {refused}");
    }
    let longest = step("chief", &"案".repeat(80), "request", "approve", approval());
    assert_eq!(outcomes(&played(|script| script["steps"] = json!([longest])).unwrap()), ["approved"]);
}

#[test]
fn a_person_without_the_right_is_refused_before_the_year_is_read() {
    let compile = |by: &str, with: Value| step(by, "c", "compilation", "compile", with);
    let steps = vec![
        compile("fin", json!({ "year": 2031 })),
        compile("fin", json!(["一项"])),
        compile("rev", json!(["一项"])),
        compile("rev", json!({ "year": 2031, "number": 1 })),
        compile("rev", json!({ "year": "2024" })),
        compile("rev", json!({ "year": 2024.5 })),
        compile("rev", json!({})),
        compile("rev", json!({ "year": 3000 })),
        compile("rev", json!({ "year": u64::MAX })),
        compile("rev", json!({ "year": 2031 })),
        step("rev", "s", "separate", "submit", json!({})),
        step("rev", "p", "plan", "plan_years", json!({ "year": 2024, "verb": "plan_years", "later": [] })),
    ];
    let got = played(|script| script["steps"] = json!(steps)).unwrap();
    let expected = [
        "authority.role",
        "authority.role",
        "command.body",
        "command.body",
        "command.body",
        "command.body",
        "F-01",
        "F-02",
        "F-02",
        "edition.none",
        "authority.role",
        "command.body",
    ];
    assert_eq!(outcomes(&got), expected);
    assert_eq!(got["steps"][9]["article"], 18);
    assert_eq!(got["steps"][7]["article"], 4);
}

#[test]
fn requests_are_judged_by_the_edition_of_the_script_with_its_extensions_and_parameters() {
    let of = |year: i32| {
        let mut submission = submission();
        submission["document"]["fiscal_year"] = json!(year);
        submission
    };
    let submitted = |day: &str, year: i32, change: &dyn Fn(&mut Value)| {
        let played = played(|script| {
            script["steps"] = json!([on(day, step("fill", "req", "request", "submit", of(year)))]);
            change(script);
        });
        outcomes(&played.unwrap()).remove(0)
    };
    assert_eq!(submitted("2024-07-01", 2025, &|_| ()), "edition.none");
    let extended = |script: &mut Value| script["extensions"] = json!({ "2025": "晋财行〔2024〕60号" });
    assert_ne!(submitted("2024-07-01", 2025, &extended), "edition.none");
    assert_eq!(submitted("2023-10-01", 2024, &|_| ()), "window.closed");
    let later = |script: &mut Value| script["parameters"] = json!({ "window_last": "10-31" });
    assert_eq!(submitted("2023-10-01", 2024, &later), "department_check");
    let strict = |script: &mut Value| script["parameters"] = json!({ "fewest_indicators": 15 });
    assert_eq!(submitted("2023-07-01", 2024, &|_| ()), "department_check");
    assert_eq!(submitted("2023-07-01", 2024, &strict), "findings.unjustified");
}

#[test]
fn only_the_command_that_opens_a_case_takes_its_content() {
    let mut steps = vec![step("fill", "req", "request", "submit", submission())];
    steps.push(step("head", "req", "request", "department_approve", json!({ "document": water() })));
    steps.push(step("head", "req", "request", "department_approve", json!({ "year": 2024 })));
    let justify = json!({ "justify": { "B-04": "已与供应商核对，附件备查。" } });
    steps.push(step("head", "req", "request", "department_approve", justify));
    steps.push(step("fill", "new", "request", "submit", json!({ "year": 2024 })));
    steps.push(step("fill", "new", "request", "submit", json!({ "year": 2024, "document": "见附件" })));
    let got = played(|script| script["steps"] = json!(steps)).unwrap();
    let expected = ["department_check", "command.body", "command.body", "submitted", "F-01", "command.body"];
    assert_eq!(outcomes(&got), expected);
}

#[test]
fn a_deputy_decides_nothing_about_the_person_who_sent_them() {
    let people = json!({
        "sys": { "role": "system_administrator", "person": "P-1" },
        "sec": { "role": "security_administrator", "person": "P-2" },
        "deputy": { "role": "security_administrator", "person": "P-9+P-3" },
        "chief.deputy": { "role": "finance_leader", "person": "P-8+P-2" },
    });
    let order = json!({ "by": "sys", "case": "o", "kind": "account_order",
        "open": { "what": "reset_password", "target": "P-3" } });
    let draft = json!({ "by": "sec", "case": "e", "kind": "edition",
        "open": { "change": "new", "hash": "h", "typed_by": ["P-2"] } });
    let propose = json!({ "reason": "为接续下一年度执行，录入新版本" });
    let steps = [
        order,
        step("deputy", "o", "account_order", "agree", json!({})),
        draft,
        step("deputy", "e", "edition", "propose", propose),
        step("chief.deputy", "e", "edition", "confirm", json!({ "content_hash": "h" })),
    ];
    let got = played(|script| {
        script["people"] = people;
        script["steps"] = json!(steps);
    });
    let expected = ["asked", "ACT-06", "draft", "proposed", "authority.same_person"];
    assert_eq!(outcomes(&got.unwrap()), expected);
}

#[test]
fn the_content_of_a_case_is_of_its_year() {
    let mut other = submission();
    other["year"] = json!(2025);
    let got = played(|script| {
        script["extensions"] = json!({ "2025": "晋财行〔2024〕60号" });
        script["steps"] = json!([on("2024-07-01", step("fill", "req", "request", "submit", other))]);
    });
    assert_eq!(outcomes(&got.unwrap()), ["command.body"]);
}
