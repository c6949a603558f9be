//! A performance year over HTTP: played by its people it must come to what `omfund play` says, and nobody reads or does what
//! is not theirs.

use crate::money::{execution_cases, on_both, played, verified};
use serde_json::{Value, json};
use shared::api::cases::ReadCases;
use shared::api::desk::ReadDesk;
use shared::api::money::{MoneyCaseView, ReadMoneyCase};
use shared::api::notices::ReadNotices;
use shared::api::performance::{
    ReadEvaluationRegister, ReadInstitutions, ReadPerformanceYear, RecordMoneyFact, RegisterInstitution,
    RevokeDevice,
};
use shared::cases::execution::content::{ContentLine, ContentValue};
use shared::cases::execution::registry::ExecutionKindName;
use shared::cases::kernel::CellValue;
use shared::cases::listing::CaseLine;
use shared::cases::performance::world::MoneyFactKind;
use shared::kernel::calendar::Date;
use shared::kernel::ids::{AccountId, CaseId, DepartmentId};
use shared::kernel::money::Money;
use std::collections::{BTreeMap, BTreeSet};
use tests::office::{Office, Year, reported, text, year};
use tests::{World, fresh_id};

/// Steps of the year up to and with this one, which is the number it has in the worked answer.
fn until<'a>(world: &'a World, year: &Year, step: usize) -> Office<'a> {
    let office = Office::of(world, &year.script);
    let all = year.script["steps"].as_array().expect("steps");
    office.plays(&all[..step]);
    office
}

fn ids(office: &Office, account: &str) -> BTreeSet<String> {
    let lines = execution_cases(&office.desks[account]);
    lines.into_iter().map(|line| line.id.to_string()).collect()
}

fn set(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|id| (*id).to_string()).collect()
}

fn case(office: &Office, account: &str, id: &str) -> MoneyCaseView {
    office.desks[account].call(&ReadMoneyCase { case: CaseId::new(id) })
}

#[test]
fn a_year_of_performance_comes_to_its_worked_answer_and_everybody_sees_their_own() {
    let year = year("performance-2024");
    on_both(&year, |world| {
        let office = played(world, &year);
        computed_as_worked(&office, &year);
        tasks_as_worked(&office, &year);
        everything_is_labelled(&office);
        nothing_shows_an_id(&office);
        lists_say_what_their_kind_says(&office);
        the_register_is_read_by_the_offices(&office);
        everybody_sees_their_own(&office);
        the_page_of_the_year_agrees(&office);
        others_are_refused(&office);
        verified(world);
    });
}

/// What a form comes to stands on the page of its case.
fn computed_as_worked(office: &Office, year: &Year) {
    let asked = year.expected["ask"].as_object().expect("answers");
    let mut compared = 0;
    for (question, answer) in asked {
        let Some(id) = question.strip_prefix("computed(").and_then(|rest| rest.strip_suffix(')')) else {
            continue;
        };
        let view = office.auditor.call(&ReadMoneyCase { case: CaseId::new(id) });
        for (key, worked) in answer["header"].as_object().expect("computed cells") {
            let text = match worked {
                Value::Null => continue,
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let shown = ContentValue::Text(text);
            let stands = view.form.iter().any(|line| line.key == *key && line.value == shown);
            assert!(stands, "{id} {key} {worked}");
            compared += 1;
        }
    }
    assert!(compared > 30, "{compared}");
    let findings = &year.expected["ask"]["findings(visit-w24)"];
    let shown = office.auditor.call(&ReadMoneyCase { case: CaseId::new("visit-w24") }).findings;
    let rules: Vec<&str> = shown.iter().map(|finding| finding.rule.as_str()).collect();
    let worked: Vec<&str> =
        findings.as_array().expect("findings").iter().map(|finding| text(finding, "rule")).collect();
    assert_eq!(rules, worked);
}

/// No page of a case shows a name of the program.
fn everything_is_labelled(office: &Office) {
    fn unlabelled(lines: &[ContentLine], found: &mut BTreeSet<String>) {
        for line in lines {
            if line.label.is_ascii() {
                found.insert(line.key.clone());
            }
            if let ContentValue::Rows(rows) = &line.value {
                rows.iter().for_each(|row| unlabelled(row, found));
            }
        }
    }
    let mut found = BTreeSet::new();
    for line in execution_cases(&office.auditor) {
        let view = office.auditor.call(&ReadMoneyCase { case: line.id.clone() });
        assert!(!view.content.is_empty());
        assert!(!line.title.is_empty());
        unlabelled(&view.content, &mut found);
        unlabelled(&view.form, &mut found);
    }
    assert_eq!(found, BTreeSet::new());
}

/// What waits for somebody, with its day.
fn tasks_as_worked(office: &Office, year: &Year) {
    let lines = execution_cases(&office.auditor);
    let view = |id| office.auditor.call(&ReadMoneyCase { case: id }).line;
    let lines = lines.into_iter().map(|line| view(line.id));
    let mut due: Vec<_> = lines.filter_map(|line| Some((line.due?, line.id, line.stage))).collect();
    due.sort();
    let today =
        year.script["steps"].as_array().expect("steps").iter().rev().find_map(|step| step["at"].as_str());
    let today = Date::parse(today.expect("a day")).expect("a day");
    let shown: Vec<Value> =
        due.into_iter().map(|(day, id, stage)| json!([day, id, stage, today > day])).collect();
    assert_eq!(json!(shown), year.expected["ask"]["tasks()"]);
}

fn everybody_sees_their_own(office: &Office) {
    let all: BTreeSet<String> =
        execution_cases(&office.auditor).iter().map(|line| line.id.to_string()).collect();
    assert_eq!(ids(office, "eva.a"), set(&["key-w24", "visit-w24", "visit-w24b", "visit-w24c"]));
    assert_eq!(
        ids(office, "eva.c"),
        set(&["visit-w24b"]),
        "where it was sent, and no evaluation of another third party"
    );
    assert_eq!(ids(office, "sys"), set(&[]));
    assert_eq!(ids(office, "prov"), set(&[]));
    let health = ["exa-h0", "exa-h1", "mon-h-b", "mon-h-d", "req-h24"];
    assert_eq!(ids(office, "health.fill"), set(&health), "no evaluation that was cancelled before it asked");
    let forest: BTreeSet<String> = ids(office, "forest.fill");
    assert!(forest.iter().all(|id| id.contains("f2") || id.starts_with("mon-f")), "{forest:?}");
    assert!(forest.contains("app-req-f24"), "a decided application is the department's to read");
    assert!(!ids(office, "water.fill").contains("app-req-w24"), "an undecided one is not");
    assert!(!ids(office, "water.fill").iter().any(|id| id.starts_with("visit")));
    assert!(!ids(office, "fin.rev").contains("app-req-w24"), "finance reads it once the bureau has sent it");
    for account in ["eva.a", "eva.c", "health.fill", "water.appr", "fin.lead", "bur.rev", "sys"] {
        let own = ids(office, account);
        for id in &all {
            let status = office.desks[account].ask(&ReadMoneyCase { case: CaseId::new(id.as_str()) }).status;
            assert_eq!(status == 200, own.contains(id), "{account} {id} {status}");
        }
    }
    let offered = |account: &str, id: &str| -> Vec<String> {
        case(office, account, id).commands.into_iter().map(|command| command.verb).collect()
    };
    assert_eq!(offered("forest.fill", "cor-req-f24-1-7-t2"), ["fill", "plan"]);
    assert_eq!(offered("fin.rev", "mon-f-b"), Vec::<String>::new());
}

/// The page of the year says what the cases have come to.
fn the_page_of_the_year_agrees(office: &Office) {
    let ask = |account: &str, department: Option<&str>| {
        office.desks[account]
            .call(&ReadPerformanceYear { fiscal_year: 2024, department: department.map(DepartmentId::new) })
    };
    let view = ask("fin.lead", None);
    let grade = |of: &str| {
        let line = view.departments.iter().find(|line| line.year.department.as_str() == of);
        let year = &line.expect("a department").year;
        let result = year.trend[0].1.as_ref().map(|result| (result.grade.clone(), result.score.clone()));
        (result, year.open_corrections.len(), year.overdue_corrections, year.decided_cut.to_string())
    };
    let excellent = Some(("优".to_string(), "90.76".to_string()));
    assert_eq!(grade("water"), (excellent, 0, 0, "0.00".to_string()));
    let forest = grade("forest");
    assert_eq!(forest.0.map(|(grade, _)| grade), Some("差".to_string()));
    assert_eq!((forest.1, forest.2, forest.3.as_str()), (4, 4, "200,000.00"));
    assert_eq!(grade("health").0, None);
    assert!(view.cases.is_empty() && !view.weakest.is_empty());
    assert_eq!(view.coverage.as_deref(), Some("63.33"), "380 of 600");
    let own = ask("forest.fill", Some("water"));
    assert_eq!(
        own.department.as_ref().map(DepartmentId::as_str),
        Some("forest"),
        "a department reads its own"
    );
    let seen: BTreeSet<String> = own.cases.iter().map(|case| case.line.id.to_string()).collect();
    let mut expected = ids(office, "forest.fill");
    expected.retain(|id| !id.starts_with("req"));
    assert_eq!(seen, expected);
    let note = own.cases.iter().find(|case| case.line.id.as_str() == "mon-f-b").map(|case| case.note.clone());
    assert!(note.as_ref().is_some_and(|note| note.contains("总体 红")), "{note:?}");
    let year = ReadPerformanceYear { fiscal_year: 2024, department: None };
    assert_eq!(office.desks["eva.a"].refused(&year).status, 404);
    assert_eq!(office.desks["prov"].refused(&year).status, 404);
}

/// Whoever is of another department, institution or office gets the answer of a case that is not there, or who may.
fn others_are_refused(office: &Office) {
    let code = |by: &str, case: &str, kind: &str, verb: &str, with: Value| {
        let step = json!({ "by": by, "case": case, "kind": kind, "do": verb, "with": with });
        reported(&office.gives(&step).expect_err("not theirs")).0
    };
    assert_eq!(code("health.fill", "cor-req-f24-1-7-t2", "correction", "plan", json!({})), "case.unknown");
    assert_eq!(
        code("eva.c", "visit-w24", "site_visit", "blob", json!({ "hash": "0".repeat(64) })),
        "case.unknown"
    );
    assert_eq!(code("bur.rev", "cor-req-f24-1-7-t2", "correction", "plan", json!({})), "authority.role");
    assert_eq!(code("water.appr", "self-w24", "self_evaluation", "confirm", json!({})), "authority.role");
    let register = RegisterInstitution {
        name: "丙评价公司".into(),
        served: BTreeSet::new(),
        evaluators: BTreeSet::new(),
    };
    assert_eq!(office.desks["eva.a"].refused(&register).status, 403);
    assert_eq!(office.desks["water.appr"].refused(&register).status, 403);
    let with_reviewer = RegisterInstitution { evaluators: [AccountId::new("bur.rev")].into(), ..register };
    let refusal = office.desks["bur.rev"].refused(&with_reviewer).refusal.expect("a refusal");
    assert_eq!((refusal.code.as_str(), refusal.article), ("F-04", Some(13)));
    assert_eq!(office.desks["eva.a"].refused(&ReadInstitutions {}).status, 404);
    let known = office.desks["fin.lead"].call(&ReadInstitutions {});
    let named: Vec<(&str, usize)> = known.iter().map(|of| (of.name.as_str(), of.evaluators.len())).collect();
    assert_eq!(named, [("inst-1", 2), ("inst-2", 1)]);
    let day = Date::parse("2025-01-01").expect("a day");
    let fact = RecordMoneyFact {
        operation: fresh_id(),
        request: CaseId::new("req-w24"),
        kind: MoneyFactKind::Paid,
        on: day,
        amount: Money::from_fen(1),
    };
    assert_eq!(office.desks["water.fill"].refused(&fact).status, 403);
    let revoke = RevokeDevice { device: "tab-9".into(), on: day };
    assert_eq!(office.desks["eva.a"].refused(&revoke).status, 403);
}

#[test]
fn a_red_lamp_reaches_the_department_and_its_correction_the_money() {
    let year = year("performance-2024");
    on_both(&year, |world| {
        let office = until(world, &year, 63);
        let texts = |account: &str, case: &str| -> Vec<String> {
            let notices = office.desks[account].call(&ReadNotices {}).notices;
            let own = notices
                .into_iter()
                .filter(|notice| notice.case.as_ref().is_some_and(|of| of.id.as_str() == case));
            own.map(|notice| notice.text).collect()
        };
        let execution = "cor-req-w24-1-7-execution";
        let texts_of = texts("water.fill", execution);
        assert!(texts_of.iter().any(|text| text.contains("监控亮红灯")), "{texts_of:?}");
        assert_eq!(texts("health.fill", execution), Vec::<String>::new());
        let waits = |account: &str| {
            let desk = office.desks[account].call(&ReadDesk::default());
            desk.money.into_iter().find(|line| line.id.as_str() == execution)
        };
        let due = waits("water.fill").expect("a correction on the desk").due.expect("a day");
        assert_eq!(due, case(&office, "audit", execution).line.due.expect("the same day"));
        assert!(waits("bur.lead").is_none() && waits("health.fill").is_none());
        let all = year.script["steps"].as_array().expect("steps");
        office.plays(&all[63..101]);
        let texts_of = texts("fin.rev", "cor-req-w24-1-7-t5");
        assert!(texts_of.iter().any(|text| text.contains("暂停拨付")), "{texts_of:?}");
        consent_leads_to_the_sanction(&office);
        // The department puts it right; the leader is led to what is still in force.
        office.plays(&all[101..105]);
        let correction = "cor-req-w24-1-7-t5";
        let lift = case(&office, "fin.lead", correction).follow_up.expect("a suspension to lift");
        assert_eq!((lift.case.as_str(), lift.command), ("san-cor-req-w24-1-7-t5", None));
        let step = json!({ "by": "fin.lead", "case": lift.case.as_str(), "kind": "sanction", "do": "lift",
            "with": { "reason": "整改已核验销号，恢复拨付。" } });
        office.gives(&step).expect("lifted");
        assert_eq!(case(&office, "fin.lead", correction).follow_up, None);
    });
}

/// Finance agreed to suspend: its reviewer is led to the sanction until that is proposed, and nobody else is.
fn consent_leads_to_the_sanction(office: &Office) {
    let correction = "cor-req-w24-1-7-t5";
    let waits = |account: &str| {
        let desk = office.desks[account].call(&ReadDesk::default());
        desk.money.into_iter().any(|line| line.id.as_str() == correction)
    };
    assert!(waits("fin.rev") && !waits("fin.lead"));
    assert_eq!(case(office, "bur.lead", correction).follow_up, None);
    let follow = case(office, "fin.rev", correction).follow_up.expect("a sanction to propose");
    assert_eq!(follow.command.map(|command| command.verb), Some("propose".to_string()));
    let step = |by: &str, verb: &str, with: Value| json!({ "by": by, "case": follow.case.as_str(), "kind": "sanction", "do": verb, "with": with });
    office.gives(&step("fin.rev", "propose", json!(follow.given))).expect("proposed as it was given");
    assert!(!waits("fin.rev") && case(office, "fin.rev", correction).follow_up.is_none());
    office.gives(&step("fin.lead", "decide", json!({}))).expect("decided by another");
}

/// Neither a title nor the content of a performance case shows the id of a request or a department.
fn nothing_shows_an_id(office: &Office) {
    fn texts<'a>(lines: &'a [ContentLine], found: &mut Vec<(&'a str, &'a str)>) {
        for line in lines {
            match &line.value {
                ContentValue::Text(text) => found.push((line.key.as_str(), text.as_str())),
                ContentValue::Rows(rows) => rows.iter().for_each(|row| texts(row, found)),
            }
        }
    }
    let mut looked = 0;
    for line in execution_cases(&office.auditor) {
        let view = office.auditor.call(&ReadMoneyCase { case: line.id.clone() });
        if !view.line.kind.has_form() {
            continue;
        }
        assert!(!view.line.title.contains("req-"), "{}", view.line.title);
        assert!(view.line.title.contains("年度"), "{}", view.line.title);
        let mut found = Vec::new();
        texts(&view.content, &mut found);
        texts(&view.form, &mut found);
        for (key, text) in found {
            let is_id = ["water", "forest", "health"].contains(&text) || text.starts_with("req-");
            assert!(!is_id, "{} {key} {text}", line.id);
        }
        looked += 1;
    }
    assert!(looked > 20, "{looked}");
}

/// The one list has the columns of each performance kind.
fn lists_say_what_their_kind_says(office: &Office) {
    let list = |kind: ExecutionKindName| -> BTreeMap<String, CaseLine> {
        let query = ReadCases { kind: Some(kind.into()), ..ReadCases::default() };
        let lines = office.auditor.call(&query).lines;
        lines.into_iter().map(|line| (line.id.to_string(), line)).collect()
    };
    let cell = |kind: ExecutionKindName, id: &str, key: &str| {
        let lines = list(kind);
        match lines.get(id).unwrap_or_else(|| panic!("{id}")).cell(key) {
            CellValue::Empty => String::new(),
            CellValue::Text(text) => text,
            CellValue::Amount(amount) => amount.to_string(),
        }
    };
    assert_eq!(cell(ExecutionKindName::ExAnte, "exa-w1", "object"), "新增系统 省水-09");
    assert_eq!(cell(ExecutionKindName::ExAnte, "exa-w1", "asked"), "620,000.00");
    assert_eq!(cell(ExecutionKindName::Monitoring, "mon-f-b", "lamp"), "红");
    assert_eq!(cell(ExecutionKindName::Monitoring, "mon-f-b", "side"), "省局");
    assert_eq!(cell(ExecutionKindName::Correction, "cor-req-w24-1-7-execution", "subject"), "预算执行");
    assert!(cell(ExecutionKindName::Correction, "cor-req-w24-1-7-t5", "sources").contains("1-7 月"));
    assert_eq!(cell(ExecutionKindName::SelfEvaluation, "self-w24", "grade"), "中");
    assert_eq!(cell(ExecutionKindName::KeyEvaluation, "key-w24", "institution"), "inst-1");
    assert_eq!(cell(ExecutionKindName::Application, "app-req-f24", "decided"), "200,000.00");
    assert!(!cell(ExecutionKindName::SiteVisit, "visit-w24", "window").is_empty());
}

/// 第三方机构与设备 as its page reads it.
fn the_register_is_read_by_the_offices(office: &Office) {
    let register = office.desks["bur.rev"].call(&ReadEvaluationRegister {});
    assert_eq!(register.refusal, None);
    let institutions: Vec<&str> = register.institutions.iter().map(|of| of.name.as_str()).collect();
    assert_eq!(institutions, ["inst-1", "inst-2"]);
    assert!(register.evaluators.iter().any(|one| one.id == "eva.a") && !register.devices.is_empty());
    assert!(register.served.iter().any(|one| one.id == "water"));
    assert!(office.auditor.call(&ReadEvaluationRegister {}).refusal.is_some());
    assert_eq!(office.desks["eva.a"].refused(&ReadEvaluationRegister {}).status, 404);
    assert_eq!(office.desks["water.fill"].refused(&ReadEvaluationRegister {}).status, 404);
}
