//! Bad input: a clear answer, never a 5xx, never a partial write.

use crate::main_job::filled;
use serde_json::json;
use shared::api::Method;
use shared::api::requests::ReadRequest;
use shared::api::transition::Transition;
use shared::cases::kernel::Stage;
use shared::cases::request::Command;
use shared::kernel::ids::{CaseId, OpId};
use tests::{Draft, on_each_database};

const OPERATIONS: &str = "/api/requests/water-2024/operations";

fn set(to: serde_json::Value) -> serde_json::Value {
    let at = json!({ "table": "hardware", "row": "h1", "field": "basis" });
    json!({ "set": { "at": at, "from": null, "to": to } })
}

#[test]
fn wrong_types_and_unknown_fields_are_named() {
    on_each_database(|world| {
        let filler = world.desk("water.filler");
        let check = |body: serde_json::Value, status: u16, word: &str| {
            let answer = filler.post(OPERATIONS, &body);
            assert_eq!(answer.status, status, "{}", answer.text);
            assert_eq!(answer.header("content-type"), Some("application/problem+json"));
            assert!(answer.problem().detail.contains(word), "{} lacks {word}", answer.text);
        };
        check(Draft::operations("o1", set(json!(5))), 422, "ops[0]");
        check(json!({ "ops": 7 }), 422, "`ops`");
        check(json!({ "ops": [], "admin": true }), 422, "`admin`");
        check(json!({ "ops": [], "request": "forest-2024" }), 422, "`request`");
        check(json!([1]), 422, "JSON 对象");
        check(Draft::operations("o 1", set(json!("x"))), 422, "第 1 个操作");
        check(Draft::operations("o1", json!({ "fly": {} })), 422, "fly");
        check(Draft::operations("o1", set(json!("a\u{0}b"))), 422, "U+0000");
        let at = json!({ "table": "hardware", "row": "h1", "field": "nope" });
        let unknown = json!({ "set": { "at": at, "from": null, "to": "x" } });
        check(Draft::operations("o1", unknown), 422, "hardware[h1].nope");
        assert_eq!(filler.post_text(OPERATIONS, "{\"ops\":").status, 400);
        let plain = [("content-type", "text/plain"), ("sec-fetch-site", "same-origin")];
        assert_eq!(filler.raw(Method::Post, OPERATIONS, Some(b"{}"), &plain).status, 415);
        assert_eq!(filler.get("/api/requests/water-2024/operations?after=-1").status, 422);
        assert_eq!(filler.get("/api/requests/water-2024/versions/x").status, 422);
        assert_eq!(filler.get("/api/nothing").status, 404);
        assert_eq!(filler.post("/api/me", &json!({})).status, 405);
    });
}

#[test]
fn a_field_of_two_megabytes_is_refused_by_its_cell_and_the_rest_is_kept() {
    on_each_database(|world| {
        let filler = world.desk("water.filler");
        let before = filler.reads("water-2024");
        let huge = "字".repeat(700_000);
        let answer = filler.post(OPERATIONS, &Draft::operations("o1", set(json!(huge))));
        assert_eq!(answer.status, 422);
        let problem = answer.problem();
        assert_eq!(problem.cells[0].at.field.as_deref(), Some("basis"));
        assert!(problem.detail.contains("hardware[h1].basis"), "{}", problem.detail);
        assert!(answer.text.len() < 2_000, "the refused text is not sent back");
        let answer = filler.post(OPERATIONS, &Draft::operations("o1", set(json!("字".repeat(3_000_000)))));
        assert_eq!((answer.status, answer.problem().code.as_str()), (413, "too_large"));
        assert_eq!(filler.reads("water-2024").document, before.document);
    });
}

#[test]
fn another_departments_request_does_not_exist() {
    on_each_database(|world| {
        let stranger = world.desk("forest.filler");
        let unknown = stranger.refused(&ReadRequest { request: CaseId::new("no-such-request") });
        let foreign = stranger.refused(&ReadRequest { request: CaseId::new("water-2024") });
        assert_eq!((foreign.status, &foreign.title), (404, &unknown.title));
        assert_eq!(foreign, unknown);
        let body = Draft::operations("o1", set(json!("x")));
        assert_eq!(stranger.post(OPERATIONS, &body).status, 404);
        let command = json!({ "operation": "t1", "seen": 0, "command": { "verb": "submit" } });
        assert_eq!(stranger.post("/api/requests/water-2024/transitions", &command).status, 404);
        assert_eq!(stranger.get("/api/requests/water-2024/versions/1").status, 404);
        assert_eq!(stranger.get("/api/requests/water-2024/operations?after=0").status, 404);
        assert_eq!(stranger.get("/api/live?request=water-2024&after=0").status, 404);
        for account in ["admin.system", "admin.security", "admin.audit"] {
            assert_eq!(world.desk(account).get("/api/requests/water-2024").status, 404, "{account}");
        }
        // Taking another's id for one's own answers as any id taken.
        let open = json!({ "request": "water-2024", "fiscal_year": 2024 });
        assert_eq!(world.desk("ecology.filler").post("/api/requests", &open).status, 409);
    });
}

#[test]
fn the_bureau_cannot_read_what_is_not_reported() {
    on_each_database(|world| {
        let problem =
            world.desk("bureau.reviewer").refused(&ReadRequest { request: CaseId::new("water-2024") });
        assert_eq!(problem.refusal.map(|r| r.code), Some("read.unreported".into()));
        assert_eq!(world.desk("finance.reviewer").get("/api/requests/water-2024").status, 403);
        assert_eq!(world.desk("auditor").get("/api/requests/water-2024").status, 200);
    });
}

#[test]
fn a_stale_version_is_told_the_current_one() {
    on_each_database(|world| {
        let approver = world.desk("forest.approver");
        let mut transition = approver.command("forest-2024", Command::DepartmentApprove {});
        transition.seen -= 1;
        let problem = approver.refused(&transition);
        assert_eq!((problem.status, problem.code.as_str()), (409, "stale"));
        assert_eq!(problem.current, Some(transition.seen + 1));
    });
}

#[test]
fn a_command_sent_again_answers_the_same_and_another_body_is_refused() {
    on_each_database(|world| {
        let approver = world.desk("forest.approver");
        let transition = approver.command("forest-2024", Command::DepartmentApprove {});
        let first = approver.call(&transition);
        assert_eq!(approver.call(&transition), first);
        let other =
            Transition { command: serde_json::json!({ "verb": "withdraw", "reason": "x" }), ..transition };
        let problem = approver.refused(&other);
        assert_eq!((problem.status, problem.code.as_str()), (409, "operation_reused"));
        assert_eq!(approver.reads("forest-2024").case.stage, Stage::Submitted);
    });
}

#[test]
fn of_two_submits_at_once_one_wins_and_one_hears_why() {
    on_each_database(|world| {
        let filler = world.desk("ecology.filler");
        let id = "ecology-2024-c";
        filled(&filler, id);
        let seen = filler.reads(id).case.revision;
        let submit = |operation: &str| {
            Transition::of(CaseId::new(id), OpId::new(operation), seen, &Command::Submit {})
                .expect("a command")
        };
        let (one, two) = std::thread::scope(|scope| {
            let one = scope.spawn(|| filler.ask(&submit("s1")));
            let two = scope.spawn(|| filler.ask(&submit("s2")));
            (one.join().expect("answers"), two.join().expect("answers"))
        });
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{} {}", one.text, two.text);
        let loser = if one.status == 409 { one } else { two };
        assert_eq!(loser.problem().code, "stale");
        assert_eq!(filler.reads(id).versions.len(), 1);
    });
}

#[test]
fn nobody_edits_what_is_with_someone_else() {
    on_each_database(|world| {
        let filler = world.desk("transport.filler");
        let body = Draft::operations("o1", set(json!("x")));
        let answer = filler.post("/api/requests/transport-2024/operations", &body);
        assert_eq!((answer.status, answer.problem().code.as_str()), (403, "refused"));
        let approver = world.desk("water.approver");
        assert_eq!(approver.post(OPERATIONS, &body).status, 403);
    });
}
