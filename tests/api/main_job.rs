//! The main job: a department fills, submits, is returned, puts it right, and the bureau accepts.

use shared::api::editions::ReadEdition;
use shared::cases::kernel::Reason;
use shared::cases::kernel::Stage;
use shared::cases::kernel::Verb;
use shared::cases::request::Command;
use shared::cases::request::RequestCase;
use shared::engine::findings::{JUSTIFICATION, JUSTIFICATIONS, JUSTIFIED_FINDING, justification_row};
use shared::engine::op::Change;
use shared::kernel::finding::{Finding, Place, Severity};
use shared::kernel::ids::CaseId;
use std::collections::BTreeMap;
use tests::{Desk, Draft, on_each_database};

const WATER: &str = include_str!("../cases/water-2024/request.json");

/// Writes a reason beside every warning of the request.
pub fn justify_all(desk: &Desk, id: &str) {
    let view = desk.reads(id);
    let edition = desk.call(&ReadEdition::of(&view.edition).expect("the name of an edition"));
    let session = shared::forms::case::open_under(&view.document, &edition).expect("opens");
    let reason = |finding: Finding| Change::InsertRow {
        table: JUSTIFICATIONS.into(),
        row: justification_row(&finding),
        rank: 1,
        cells: BTreeMap::from([
            (JUSTIFIED_FINDING.to_string(), finding.key()),
            (JUSTIFICATION.to_string(), "设备在保，列入清单仅供核对。".to_string()),
        ]),
    };
    let changes: Vec<Change> = session.unjustified().into_iter().map(reason).collect();
    if !changes.is_empty() {
        assert!(desk.edits(id, changes).conflicts.is_empty());
    }
}

/// 省生态环境厅 starts and fills its request; everything typed is the water department's.
pub fn filled(desk: &Desk, id: &str) {
    desk.opens(id);
    let result = desk.edits(id, Draft::typed(&Draft::case(WATER)));
    assert!(result.conflicts.is_empty());
    justify_all(desk, id);
}

/// The bureau passes a request it has taken, and its leader confirms it.
pub fn accepted(reviewer: &Desk, leader: &Desk, id: &str) {
    reviewer.looks_through(id);
    reviewer.tells(id, Command::BureauPass {});
    let confirmation = confirm(&leader.reads(id).case);
    assert_eq!(leader.tells(id, confirmation).case.stage, Stage::Accepted);
}

/// The confirmation of a leader who has read this.
pub fn confirm(case: &RequestCase) -> Command {
    Command::BureauConfirm {
        content_hash: case.content_hash.clone().expect("a frozen version"),
        review_hash: case.review_hash.clone().expect("a review that was passed"),
    }
}

fn reason(text: &str, place: Option<Place>) -> Reason {
    Reason { text: text.into(), place }
}

#[test]
fn a_department_declares_and_the_bureau_accepts() {
    on_each_database(|world| {
        let (filler, approver) = (world.desk("ecology.filler"), world.desk("ecology.approver"));
        let (reviewer, leader) = (world.desk("bureau.reviewer"), world.desk("bureau.leader"));
        let id = "ecology-2024-a";
        filled(&filler, id);
        let moved = filler.tells(id, Command::Submit {});
        assert_eq!((moved.case.stage, moved.case.version), (Stage::DepartmentCheck, 1));
        approver.tells(id, Command::DepartmentApprove {});
        assert!(reviewer.reads(id).offers.iter().any(|o| o.verb == Verb::BureauTake && o.refusal.is_none()));
        reviewer.tells(id, Command::BureauTake {});
        let place =
            Place { form: "budget_request".into(), table: None, row: None, field: Some("summary".into()) };
        let reasons = vec![reason("需求概述过于简略。", Some(place)), reason("请补充合同。", None)];
        reviewer.tells(id, Command::BureauReturn { reasons: reasons.clone() });

        // The department sees the reasons and its frozen version, puts it right and submits again.
        let view = filler.reads(id);
        assert_eq!((view.case.stage, view.locked.is_none()), (Stage::Returned, true));
        assert_eq!(view.history.last().map(|line| &line.reasons), Some(&reasons));
        let old = view.document.rows("budget_request")[0].cells["summary"].clone();
        let new = format!("{old}含机房、网络、服务器与应用系统。");
        filler.edits(id, vec![Draft::header("budget_request", "summary", Some(&old), Some(&new))]);
        // What is being put right is the department's own until it is reported again.
        let seen = reviewer.reads(id);
        assert_eq!(seen.showing_version, Some(1));
        assert_eq!(seen.document.rows("budget_request")[0].cells["summary"], old);
        filler.tells(id, Command::Submit {});
        approver.tells(id, Command::DepartmentApprove {});
        reviewer.tells(id, Command::BureauTake {});
        reviewer.looks_through(id);
        reviewer.tells(id, Command::BureauPass {});

        let view = leader.reads(id);
        assert_eq!(view.versions.len(), 2);
        assert_ne!(view.versions[0].hash, view.versions[1].hash);
        assert_eq!(view.versions[1].total.as_deref(), Some("3671330.87"));
        let moved = leader.tells(id, confirm(&view.case));
        assert_eq!(moved.case.stage, Stage::Accepted);
        let first = shared::api::requests::ReadVersion { request: CaseId::new(id), version: 1 };
        let frozen = leader.call(&first);
        assert_eq!(frozen.document.rows("budget_request")[0].cells["summary"], old);
        assert!(filler.reads(id).locked.is_some());
    });
}

#[test]
fn what_the_browser_finds_the_server_answers() {
    on_each_database(|world| {
        let filler = world.desk("ecology.filler");
        let id = "ecology-2024-b";
        filler.opens(id);
        let every_rule = Draft::case(include_str!("../cases/every-rule/request.json"));
        filler.edits(id, Draft::typed(&every_rule));
        let problem = filler.is_refused(id, Command::Submit {});
        assert_eq!((problem.status, problem.code.as_str()), (422, "findings"));
        let session = shared::forms::case::open(&filler.reads(id).document).expect("opens");
        assert_eq!(problem.findings, session.findings());
        assert_eq!(problem.refusal.map(|r| r.code), Some("findings.errors".into()));
        assert_eq!(filler.reads(id).case.stage, Stage::Draft);
    });
}

#[test]
fn a_warning_passes_only_with_a_written_reason() {
    on_each_database(|world| {
        let filler = world.desk("water.filler");
        let problem = filler.is_refused("water-2024", Command::Submit {});
        assert_eq!((problem.status, problem.findings.len()), (422, 19));
        assert!(problem.findings.iter().all(|f| f.severity == Severity::Warning));
        justify_all(&filler, "water-2024");
        assert_eq!(filler.tells("water-2024", Command::Submit {}).case.stage, Stage::DepartmentCheck);
    });
}

#[test]
fn the_leader_confirms_what_the_leader_read() {
    on_each_database(|world| {
        let leader = world.desk("bureau.leader");
        let mut case = leader.reads("culture-2024").case;
        let right = confirm(&case);
        case.content_hash = Some("0".repeat(64));
        let problem = leader.is_refused("culture-2024", confirm(&case));
        assert_eq!(problem.refusal.map(|r| r.code), Some("content.changed".into()));
        // A frozen version changed behind everyone's back no longer carries its signature.
        world.execute(
            "update case_versions set snapshot = replace(snapshot, '1年', '2年') where case_id = 'culture-2024'",
        );
        let problem = leader.is_refused("culture-2024", right);
        assert_eq!(problem.refusal.map(|r| r.code), Some("content.changed".into()));
    });
}

#[test]
fn a_withdrawn_request_makes_room_for_another() {
    on_each_database(|world| {
        let (filler, approver) = (world.desk("forest.filler"), world.desk("forest.approver"));
        let problem = filler.refused(&shared::api::requests::OpenRequest {
            request: CaseId::new("forest-2024-b"),
            fiscal_year: shared::kernel::calendar::FiscalYear(2024),
        });
        assert_eq!((problem.status, problem.code.as_str()), (409, "exists"));
        approver.tells("forest-2024", Command::Withdraw { reason: "机构改革，职能划出。".into() });
        assert_eq!(filler.opens("forest-2024-b").case.stage, Stage::Draft);
    });
}
