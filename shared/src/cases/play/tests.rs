//! Played scripts: a year of one department from its request to the approval, and what is refused on the way.

mod one_door;

use super::*;
use serde_json::json;

const WATER: &str = include_str!("../../../../tests/cases/water-2024/request.json");

fn people() -> Value {
    json!({
        "fill": { "role": "department_filler", "department": "water" },
        "head": { "role": "department_approver", "department": "water" },
        "other": { "role": "department_filler", "department": "forest" },
        "rev": { "role": "bureau_reviewer" },
        "lead": { "role": "bureau_leader" },
        "rev.lead": { "role": "bureau_leader", "person": "rev" },
        "fin": { "role": "finance_reviewer" },
        "chief": { "role": "finance_leader" }
    })
}

fn script(steps: Vec<Value>, ask: &[&str]) -> String {
    json!({
        "edition": "2022-51", "today": "2023-07-01", "people": people(),
        "departments": { "water": "省水利厅", "forest": "省林草局" },
        "steps": steps, "ask": ask
    })
    .to_string()
}

fn step(by: &str, case: &str, kind: &str, command: &str, with: Value) -> Value {
    json!({ "by": by, "case": case, "kind": kind, "do": command, "with": with })
}

fn on(day: &str, mut step: Value) -> Value {
    step["at"] = json!(day);
    step
}

fn answer(text: &str) -> Value {
    serde_json::from_str(&play(text).unwrap()).unwrap()
}

/// Stage or refusal of each reported step.
fn outcomes(answer: &Value) -> Vec<String> {
    let steps = answer["steps"].as_array().unwrap().iter();
    let word = |step: &Value| step["stage"].as_str().or(step["refused"].as_str()).unwrap().to_string();
    steps.map(word).collect()
}

fn water() -> Value {
    serde_json::from_str(WATER).unwrap()
}

/// The whole form, its warnings explained.
fn submission() -> Value {
    let reason = "已与供应商核对，理由充分，附件备查。";
    let justify: serde_json::Map<String, Value> =
        ["B-04", "B-07"].iter().map(|rule| (rule.to_string(), json!(reason))).collect();
    json!({ "document": water(), "justify": justify })
}

/// Submitted and reported; the frozen hashes are asked for by the steps that follow.
fn reported() -> Vec<Value> {
    vec![
        step("fill", "req", "request", "submit", submission()),
        step("head", "req", "request", "department_approve", json!({})),
        step("rev", "req", "request", "bureau_take", json!({})),
    ]
}

fn looked_through() -> Value {
    let forms = crate::forms::om_request().forms;
    let tables = forms.iter().flat_map(|form| &form.tables);
    let shown = tables.filter(|table| table.kind != crate::engine::definition::TableKind::Justifications);
    let sections: Vec<&str> = shown.map(|table| table.key.as_str()).collect();
    let mut acts: Vec<Value> =
        sections.iter().map(|section| json!({ "act": "view", "section": section })).collect();
    acts.push(json!({ "act": "score", "sheet": { "points": [9, 9, 9, 9, 14, 14, 14, 14], "opinion": "" } }));
    step("rev", "req", "request", "review", json!({ "acts": acts }))
}

#[test]
fn a_request_is_reported_in_its_window_by_two_people_and_exists_only_for_its_own_department() {
    let mut steps = vec![step("fill", "req", "request", "department_approve", json!({}))];
    steps.extend(reported());
    steps.push(step("other", "req", "request", "withdraw", json!({ "reason": "不是本部门的申请" })));
    steps.push(step("fill", "late", "request", "submit", submission()));
    steps.push(on("2023-09-01", step("fill", "later", "request", "submit", submission())));
    let got = answer(&script(steps, &["case(req)", "case(none)"]));
    let expected = ["case.unknown", "department_check", "submitted", "bureau_review", "case.unknown"];
    assert_eq!(outcomes(&got)[..5], expected);
    assert_eq!(outcomes(&got)[6], "window.closed");
    assert_eq!(got["ask"]["case(req)"]["revision"], 3);
    assert_eq!(got["ask"]["case(none)"], Value::Null);
}

#[test]
fn an_operation_sent_again_is_answered_alike_and_another_under_its_id_is_refused() {
    let with_op = |mut step: Value| {
        step["op"] = json!("o1");
        step
    };
    let submit = with_op(step("fill", "req", "request", "submit", submission()));
    let other = with_op(step("head", "req", "request", "department_approve", json!({})));
    let got = answer(&script(vec![submit.clone(), submit, other], &[]));
    assert_eq!(outcomes(&got), ["department_check", "department_check", "LED-05"]);
}

#[test]
fn commands_bodies_and_people_that_do_not_fit_are_refused_with_their_reason() {
    let mut steps = reported();
    steps.push(step("rev", "req", "request", "fly", json!({})));
    steps.push(step("rev", "req", "flight", "submit", json!({})));
    steps.push(step("fill", "req", "request", "bureau_pass", json!({})));
    steps.push(step("head", "req", "request", "department_approve", json!({})));
    steps.push(step("rev", "req", "request", "bureau_return", json!({ "reason": "写错了字段" })));
    steps.push(step("rev", "req", "request", "bureau_pass", json!({})));
    let got = answer(&script(steps, &[]));
    let expected = [
        "command.unknown",
        "command.unknown",
        "authority.role",
        "authority.stage",
        "command.body",
        "review.unviewed",
    ];
    assert_eq!(outcomes(&got)[3..], expected);
    assert_eq!(got["steps"][6]["article"], 4);
}

#[test]
fn a_year_goes_from_the_request_to_the_approval() {
    let mut steps = reported();
    steps.push(looked_through());
    steps.push(step("rev", "req", "request", "bureau_pass", json!({})));
    let passed = answer(&script(steps.clone(), &["case(req)"]));
    assert_eq!(outcomes(&passed)[3..], ["bureau_review", "bureau_confirm"]);
    let content = passed["ask"]["case(req)"]["content_hash"].as_str().unwrap().to_string();
    let review = review_hash(&steps);
    let confirm = json!({ "content_hash": content, "review_hash": review });
    steps.push(step("rev.lead", "req", "request", "bureau_confirm", confirm.clone()));
    steps.push(step("lead", "req", "request", "bureau_confirm", confirm));
    steps.push(step("rev", "whole", "compilation", "compile", json!({ "year": 2024 })));
    let compiled = answer(&script(steps.clone(), &["case(whole)"]));
    assert_eq!(outcomes(&compiled)[5..], ["authority.same_person", "accepted", "bureau_confirm"]);
    let whole = compiled["ask"]["case(whole)"]["content_hash"].clone();
    steps.push(step("lead", "whole", "compilation", "confirm_compilation", json!({ "content_hash": whole })));
    steps.push(on("2023-10-20", step("lead", "whole", "compilation", "submit_to_finance", json!({}))));
    steps.push(step("fin", "req", "request", "finance_pass", json!({})));
    let draft =
        json!({ "year": 2024, "number": "晋财行〔2024〕12号", "date": "2024-01-20", "requests": ["req"] });
    steps.push(on("2024-01-20", step("fin", "batch", "batch", "draft_batch", draft)));
    let drafted = answer(&script(steps.clone(), &["case(batch)"]));
    assert_eq!(outcomes(&drafted)[8..], ["confirmed", "reported", "finance_review", "finance_confirm"]);
    let notice = drafted["ask"]["case(batch)"]["content_hash"].clone();
    steps.push(step("chief", "batch", "batch", "issue_batch", json!({ "content_hash": notice })));
    let done = answer(&script(steps, &[]));
    assert_eq!(outcomes(&done).last().map(String::as_str), Some("issued"));
    assert_eq!(done["cases"], json!({ "batch": "issued", "req": "approved", "whole": "reported" }));
}

/// What the leader's confirmation binds to besides the content.
fn review_hash(steps: &[Value]) -> String {
    let read =
        read(written::parse(&script(steps.to_vec(), &[])).unwrap(), &EditionSource::shipped()).unwrap();
    let mut world = World::new(&read);
    for step in &read.steps {
        world.today = step.at;
        world.carry(&read.people[&step.by], step).unwrap();
    }
    let review = world.review_of(&crate::kernel::ids::CaseId::new("req"));
    crate::cases::review::progress::hash(&review, crate::kernel::people::Office::Bureau).unwrap()
}

#[test]
fn a_script_that_cannot_be_played_is_refused_by_its_place() {
    let refused = |text: &str| play(text).unwrap_err().to_string();
    let with = |change: fn(&mut Value)| {
        let mut value: Value = serde_json::from_str(&script(reported(), &[])).unwrap();
        change(&mut value);
        refused(&value.to_string())
    };
    assert!(refused("{").contains("JSON"));
    assert!(refused("[]").starts_with("脚本："));
    assert!(with(|script| script["edition"] = json!("1999")).starts_with("edition："));
    assert!(with(|script| script["steps"][1]["by"] = json!("nobody")).starts_with("steps[1].by："));
    assert!(with(|script| script["steps"][1]["at"] = json!("2023-06-30")).starts_with("steps[1].at："));
    assert!(
        with(|script| script["people"]["rev"]["department"] = json!("water")).starts_with("people.rev：")
    );
    assert!(with(|script| script["ask"] = json!(["weather()"])).starts_with("ask："));
    let quiet = with(|script| {
        script["steps"][0]["by"] = json!("head");
        script["steps"][0]["quiet"] = json!(true);
    });
    assert!(quiet.starts_with("steps[0]："), "{quiet}");
}

#[test]
fn whatever_does_not_fit_in_a_script_is_named_where_it_stands() {
    let slips = [
        ("/edition", json!(1), "edition：应为文字"),
        ("/today", json!("2023-02-30"), "today：日期"),
        ("/people", json!([]), "people：应为各项内容"),
        ("/people/rev", json!("bureau_reviewer"), "people.rev：应为各项内容"),
        ("/people/rev/role", json!("king"), "people.rev.role：没有“king”，应为 department_filler、"),
        ("/people/rev/role", Value::Null, "people.rev.role：缺少"),
        ("/people/rev.lead/person", json!(3), "people.rev.lead.person：应为文字，写的是 3"),
        ("/departments", json!(["water"]), "departments：应为各项内容"),
        ("/extensions", json!({ "2025": 8 }), "extensions.2025：应为文字"),
        ("/calendar", json!({ "holidays": ["2023-10-01", "10-02"] }), "calendar.holidays[1]：日期"),
        ("/parameters", json!({ "intent_days": "30" }), "parameters.intent_days：应为不小于 0 的整数"),
        ("/parameters", json!({ "wage": 1 }), "parameters.wage：没有“wage”"),
        (
            "/statements",
            json!({ "6月": [{ "date": "2024-06-03", "direction": "up", "amount": "1" }] }),
            "statements.6月[0].direction：没有“up”，应为 in、out 之一",
        ),
        (
            "/statements",
            json!({ "6月": [{ "date": "2024-06-03", "direction": "in", "amount": "0.005" }] }),
            "statements.6月[0].amount：",
        ),
        (
            "/ledger",
            json!([{ "on": "2024-06-03", "request": "r", "kind": "paid" }]),
            "ledger[0].amount：缺少",
        ),
        ("/devices", json!({ "pad": { "revoked_on": "soon" } }), "devices.pad.revoked_on：日期"),
        ("/institutions", json!({ "inst": { "served": "water" } }), "institutions.inst.served：应为列表"),
        ("/steps", json!({}), "steps：应为列表"),
        ("/steps", Value::Null, "steps：缺少"),
        ("/steps/1", Value::Null, "steps[1]：应为各项内容"),
        ("/steps/1/do", json!(true), "steps[1].do：应为文字"),
        ("/steps/1/case", Value::Null, "steps[1].case：缺少"),
        ("/steps/1/at", json!("2023-13-01"), "steps[1].at：日期"),
        ("/steps/1/quiet", json!("yes"), "steps[1].quiet：应为true 或 false"),
        ("/steps/1/op", json!(7), "steps[1].op：应为文字"),
        ("/ask", json!("verify()"), "ask：应为列表"),
        ("/ask", json!([1]), "ask[0]：应为文字"),
    ];
    for (at, value, says) in slips {
        let refused = refusal_with(at, value);
        assert!(refused.starts_with(says), "{at}: {refused}");
    }
}

#[test]
fn numbers_beyond_their_range_are_named_where_they_stand() {
    let slips = [
        (
            "/parameters",
            json!({ "ex_ante_growth": "79228162514264337593543950335" }),
            "parameters.ex_ante_growth：应在 0 至 1000 之间",
        ),
        ("/parameters", json!({ "procurement_limit": "-0.01" }), "parameters.procurement_limit：不应小于 0"),
        (
            "/parameters",
            json!({ "coefficient": [["90", "120"], ["0", "0"]] }),
            "parameters.coefficient：应在 0 至 100 之间",
        ),
        (
            "/ledger",
            json!([{ "on": "2024-06-03", "request": "r", "kind": "adjust", "amount": "-92233720368547758.07" }]),
            "ledger[0].amount：金额“-92233720368547758.07”有误，应为不超过 9,999,999,999.99 的数字",
        ),
        (
            "/ledger",
            json!([{ "on": "2024-06-03", "request": "r", "kind": "paid", "amount": "1e3" }]),
            "ledger[0].amount：金额“1e3”有误",
        ),
    ];
    for (at, value, says) in slips {
        let refused = refusal_with(at, value);
        assert!(refused.starts_with(says), "{at}: {refused}");
    }
}

/// Why the script of a reported request is refused with this value at this place.
fn refusal_with(at: &str, value: Value) -> String {
    let mut slipped: Value = serde_json::from_str(&script(reported(), &[])).unwrap();
    let (parent, key) = at.rsplit_once('/').unwrap();
    match slipped.pointer_mut(parent).unwrap() {
        Value::Array(items) => items[key.parse::<usize>().unwrap()] = value,
        parent => parent[key] = value,
    }
    play(&slipped.to_string()).unwrap_err().to_string()
}

#[test]
fn a_name_given_twice_is_refused_and_a_mark_of_the_encoding_is_not() {
    let text = script(reported(), &[]);
    assert!(play(&format!("\u{feff}{text}")).is_ok());
    let twice = text.replacen("\"chief\":", "\"fill\":{\"role\":\"auditor\"},\"chief\":", 1);
    let refused = play(&twice).unwrap_err().to_string();
    assert!(refused.starts_with("people/fill：") && refused.contains("两次"), "{refused}");
}

#[test]
fn an_edition_may_be_a_file() {
    use crate::policy::editions::register::DEMONSTRATION_2027;
    let mut written: Value = serde_json::from_str(&script(Vec::new(), &["year(2027)"])).unwrap();
    written["edition"] = json!("next");
    let text = written.to_string();
    let file = |name: &str| (name == "next").then(|| DEMONSTRATION_2027.to_string());
    let played = |demonstration| play_under(&text, &EditionSource { files: &file, demonstration });
    assert!(played(true).is_ok());
    assert!(played(false).unwrap_err().to_string().starts_with("edition：EDN-12"));
    assert!(play(&text).unwrap_err().to_string().starts_with("edition：没有政策版本“next”"));
}

/// An order for an account, asked on a day.
fn order(steps: &[Value]) -> String {
    json!({
        "title": "账号事项", "edition": "2022-51", "today": "2026-03-02", "ask": [],
        "people": { "sys": { "role": "system_administrator" }, "sec": { "role": "security_administrator" } },
        "steps": steps
    })
    .to_string()
}

#[test]
fn scripts_of_oversight_follow_the_rules_of_every_script() {
    let open = json!({
        "by": "sys", "case": "o1", "kind": "account_order", "open": { "what": "grant_post", "target": "p" }
    });
    let agree = json!({ "by": "sec", "case": "o1", "kind": "account_order", "do": "agree", "op": "a1" });
    let again = json!({ "by": "sec", "case": "o1", "kind": "account_order", "do": "agree", "op": "a1",
        "at": "2026-03-09" });
    let other = json!({ "by": "sec", "case": "o1", "kind": "account_order", "do": "decline", "op": "a1" });
    let quiet = |mut step: Value| {
        step["quiet"] = json!(true);
        step
    };
    let steps = [quiet(open.clone()), agree.clone(), again.clone(), other];
    let got = answer(&order(&steps));
    assert_eq!(outcomes(&got), ["done", "done", "LED-05"]);
    assert_eq!(got["steps"][0]["step"], 2);
    let refused = |steps: &[Value]| play(&order(steps)).unwrap_err().to_string();
    assert!(refused(&[quiet(agree)]).starts_with("steps[0]："));
    let mut unknown = open;
    unknown["open"]["whom"] = json!("p");
    assert!(refused(&[unknown]).starts_with("steps[0].open：没有“whom”"));
}
