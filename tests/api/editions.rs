//! Changes of the register of editions (Art. 18): what is refused and where, revisions, files and working calendars.

use crate::first_run::{
    asks_for, confirmed, extended, later_by, opens, order, page, production, propose, refusal, staffed,
    tells, types,
};
use serde_json::json;
use shared::api::editions::{ImportEdition, OpenEdition, ReadEdition, ReadRegister};
use shared::api::operations::SendOperations;
use shared::api::requests::ReadVersion;
use shared::cases::edition::{Command, RegisterChange, form};
use shared::cases::kernel::Stage;
use shared::cases::request;
use shared::engine::op::{Change, Op};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;
use tests::{Desk, Draft, fresh_id};

#[test]
fn a_wrong_extension_is_refused_with_its_rule_and_its_place() {
    production(Some("2027-06-10"), |world| {
        let people = staffed(world);
        let security = &people.security;
        opens(security, "ext-1", RegisterChange::Extension);
        let refused = |cells: &[(&str, &str, &str)]| {
            let set = |(field, from, to): &(&str, &str, &str)| {
                let from = Some(*from).filter(|text| !text.is_empty());
                let to = Some(*to).filter(|text| !text.is_empty());
                Draft::header(form::FORCE, field, from, to)
            };
            assert!(security.edits("ext-1", cells.iter().map(set).collect()).conflicts.is_empty());
            refusal(security.refused(&order(security, "ext-1", &propose())))
        };
        // Nothing is filled in yet: the form itself says what is missing.
        assert_eq!(security.refused(&order(security, "ext-1", &propose())).code, "findings");
        let (code, message) = refused(&[("document", "", "关于延续的通知"), ("dated", "", "2027-05-06")]);
        assert_eq!((code.as_str(), message.contains("force/to")), ("EDN-02", true), "{message}");
        assert_eq!(refused(&[("to", "", "2029-12-31")]).0, "EDN-04");
        let later =
            [("document", "关于延续的通知", "晋财行〔2027〕12号"), ("dated", "2027-05-06", "2027-06-11")];
        assert_eq!(refused(&later).0, "EDN-04");
        assert_eq!(
            refused(&[("dated", "2027-06-11", "2027-05-06"), ("to", "2029-12-31", "2039-12-31")]).0,
            "EDN-05"
        );
        assert_eq!(refused(&[("to", "2039-12-31", "2023-12-31")]).0, "EDN-05");
        assert_eq!(refused(&[("to", "2023-12-31", "2029-12-31"), ("from", "", "2027-01-01")]).0, "EDN-05");
        // A second change of the same edition waits for the first.
        let other = OpenEdition { case: CaseId::new("ext-2"), change: RegisterChange::Extension, base: None };
        assert_eq!(refusal(security.refused(&other)).0, "EDN-16");
        let unknown = OpenEdition { base: Some("1999#1".into()), ..other.clone() };
        assert_eq!(refusal(security.refused(&unknown)).0, "EDN-01");
        assert_eq!(people.system.refused(&other).status, 403);
        // Parameters are no part of an extension.
        let row = Change::InsertRow {
            table: form::VALUES.into(),
            row: shared::kernel::ids::RowId::new("v1"),
            rank: 1,
            cells: [
                ("name".to_string(), "growth_limit".to_string()),
                ("value".to_string(), "50".to_string()),
            ]
            .into(),
        };
        security.edits("ext-1", vec![row]);
        assert_eq!(refused(&[("from", "2027-01-01", "")]).0, "EDN-14");
        assert_eq!(tells(security, "ext-1", &Command::Drop {}), Stage::Withdrawn);
        security.call(&other);
    });
}

#[test]
fn whoever_typed_or_returned_a_draft_is_known_and_a_returned_one_is_put_right() {
    production(Some("2027-06-10"), |world| {
        let people = staffed(world);
        extended(&people.security, "ext-1", "晋财行〔2027〕12号", "2027-05-06", "2028-12-31");
        let back = Command::Return { reason: "有效期应与原文件附件一致，请核对。".into() };
        assert_eq!(tells(&people.chief, "ext-1", &back), Stage::Draft);
        let change = Draft::header(form::FORCE, form::TO, Some("2028-12-31"), Some("2029-12-31"));
        people.security.edits("ext-1", vec![change]);
        // Until it is proposed again finance reads what was proposed.
        let seen = page(&people.chief, "ext-1").form.expect("a form");
        assert_eq!(seen.showing_version, Some(1));
        assert_eq!(tells(&people.security, "ext-1", &propose()), Stage::Proposed);
        // What is proposed is not edited.
        let op = Op {
            id: fresh_id(),
            changes: vec![Draft::header(form::FORCE, form::FROM, None, Some("2027-01-01"))],
        };
        let edit = SendOperations { request: CaseId::new("ext-1"), ops: vec![op] };
        assert_eq!(refusal(people.security.refused(&edit)).0, "authority.stage");
        confirmed(&people.chief, "ext-1");
        let register = people.chief.call(&ReadRegister {});
        assert_eq!(register.editions[0].force.last().expect("force").to.to_string(), "2029-12-31");
    });
}

/// Sets a parameter in a draft that begins with the base's numbers.
fn set_parameter(desk: &Desk, case: &str, name: &str, value: &str) {
    let document = page(desk, case).form.expect("a form").document;
    let row = document.rows(form::VALUES).iter().find(|row| row.cells[form::NAME] == name).expect("the row");
    let was = row.cells.get(form::VALUE).map(String::as_str);
    let change = Draft::set(form::VALUES, row.id.as_str(), form::VALUE, was, Some(value));
    assert!(desk.edits(case, vec![change]).conflicts.is_empty());
}

#[test]
fn a_new_version_judges_later_years_and_what_was_frozen_stays_judged_as_it_was() {
    production(Some("2027-06-10"), |world| {
        let people = staffed(world);
        extended(&people.security, "ext-1", "晋财行〔2027〕12号", "2027-05-06", "2028-12-31");
        confirmed(&people.chief, "ext-1");
        people.filler.call(&asks_for(2028));
        people.filler.edits("water-2028", Draft::typed(&later_by(4)));
        crate::main_job::justify_all(&people.filler, "water-2028");
        people.filler.tells("water-2028", request::Command::Submit {});
        people.approver.tells("water-2028", request::Command::DepartmentApprove {});
        let version = ReadVersion { request: CaseId::new("water-2028"), version: 1 };
        let before = people.filler.ask(&version).text;

        opens(&people.security, "rev-1", RegisterChange::Revision);
        let (code, _) = refusal(people.security.refused(&order(&people.security, "rev-1", &propose())));
        assert_eq!(code, "EDN-15");
        set_parameter(&people.security, "rev-1", "share_with_cost/成本", "25");
        let (code, message) = refusal(people.security.refused(&order(&people.security, "rev-1", &propose())));
        assert_eq!((code.as_str(), message.contains("L-02")), ("EDN-08", true), "{message}");
        set_parameter(&people.security, "rev-1", "share_with_cost/成本", "20");
        set_parameter(&people.security, "rev-1", "rate_cap/服务器", "0.5");
        let (code, _) = refusal(people.security.refused(&order(&people.security, "rev-1", &propose())));
        assert_eq!(code, "EDN-09", "a year has frozen versions and the draft was not run dry");
        let trial = Command::DryRun { year: FiscalYear(2028) };
        tells(&people.security, "rev-1", &trial);
        let facts = page(&people.security, "rev-1").facts;
        let trial_text = facts.iter().find(|line| line.key == "trial").expect("a trial").text.clone();
        assert!(trial_text.contains("1 份申请"), "{trial_text}");
        tells(&people.security, "rev-1", &propose());
        confirmed(&people.chief, "rev-1");

        let register = people.filler.call(&ReadRegister {});
        assert_eq!(register.serving.as_deref(), Some("2022-51#2"));
        let now = people.filler.call(&ReadEdition { id: "2022-51".into(), revision: 2 });
        assert_eq!(now.parameters.rate_cap["服务器"].map(|cap| cap.to_string()).as_deref(), Some("0.5"));
        // The frozen version is what it was, byte for byte, and names its edition.
        assert_eq!(people.filler.ask(&version).text, before);
        assert!(before.contains("2022-51#1"));
        assert_eq!(people.filler.reads("water-2028").edition, "2022-51#1", "it is with the bureau");
        // What is filled in from now on is judged by the revision.
        people.reviewer.tells("water-2028", request::Command::BureauTake {});
        assert_eq!(people.reviewer.reads("water-2028").edition, "2022-51#1");
        let reasons = vec![shared::cases::kernel::Reason::of("费率应按新标准。")];
        people.reviewer.tells("water-2028", request::Command::BureauReturn { reasons });
        assert_eq!(people.filler.reads("water-2028").edition, "2022-51#2");
    });
}

#[test]
fn an_exported_file_is_imported_as_operations_and_a_foreign_one_is_refused_by_path() {
    production(Some("2027-06-10"), |world| {
        let people = staffed(world);
        let security = &people.security;
        let (_, exported) = people.filler.fetches("/api/editions/2022-51/1/file");
        let text = String::from_utf8(exported).expect("text");
        opens(security, "new-1", RegisterChange::New);
        let import = |file: &str| ImportEdition {
            case: CaseId::new("new-1"),
            operation: fresh_id(),
            file: file.to_string(),
        };
        assert_eq!(refusal(security.refused(&import(&text))).0, "EDN-15");
        let (code, message) = refusal(
            security.refused(&import(&text.replace("\"0351\"", "").replace("window_first", "window_frist"))),
        );
        assert_eq!((code.as_str(), message.contains("parameters/window_f")), ("EDN-02", true), "{message}");
        let mut successor: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        successor["id"] = json!("2027-10");
        successor["base"] = json!("2022-51");
        successor["title"] = json!("省直部门运维资金管理办法（2027 年版）");
        successor["from_year"] = json!(2028);
        successor["force"] = json!([{ "kind": "original", "document": "晋财行〔2027〕10号", "dated": "2027-06-01",
            "from": "2028-01-01", "to": "2029-12-31" }]);
        successor["calendar"] = json!({});
        successor["parameters"]["growth_limit"] = json!("8");
        let imported = security.call(&import(&successor.to_string()));
        assert!(imported.changed >= 8, "{imported:?}");
        assert_eq!(tells(security, "new-1", &propose()), Stage::Proposed);
        confirmed(&people.chief, "new-1");
        let register = people.filler.call(&ReadRegister {});
        assert_eq!(register.serving.as_deref(), Some("2027-10#1"));
        assert_eq!(people.filler.call(&asks_for(2028)).edition, "2027-10#1");
    });
}

#[test]
fn the_bureau_leader_confirms_a_working_calendar() {
    production(Some("2027-06-10"), |world| {
        let people = staffed(world);
        opens(&people.security, "cal-1", RegisterChange::Calendar);
        types(
            &people.security,
            "cal-1",
            form::FORCE,
            &[(form::DOCUMENT, "国办发明电〔2026〕9号"), (form::DATED, "2026-11-12")],
        );
        types(&people.security, "cal-1", form::CALENDAR, &[(form::YEAR, "2027")]);
        let day = |n: u32, day: &str, what: &str| Change::InsertRow {
            table: form::DAYS.into(),
            row: shared::kernel::ids::RowId::new(format!("d{n}")),
            rank: i64::from(n),
            cells: [(form::DAY.to_string(), day.to_string()), (form::WHAT.to_string(), what.to_string())]
                .into(),
        };
        people
            .security
            .edits("cal-1", vec![day(1, "2027-01-01", form::OFF), day(2, "2027-01-04", form::WORKED)]);
        let monday = refusal(people.security.refused(&order(&people.security, "cal-1", &propose())));
        assert_eq!((monday.0.as_str(), monday.1.contains("2027-01-04")), ("EDN-11", true), "{}", monday.1);
        let change = Draft::set(form::DAYS, "d2", form::DAY, Some("2027-01-04"), Some("2027-01-03"));
        people.security.edits("cal-1", vec![change]);
        assert_eq!(tells(&people.security, "cal-1", &propose()), Stage::Proposed);
        confirmed(&people.bureau_leader, "cal-1");
        let register = people.filler.call(&ReadRegister {});
        assert!(register.calendars.iter().any(|known| known.year == 2027));
    });
}
