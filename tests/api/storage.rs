//! Storage trouble: what the database undoes, refuses or holds is named for what it is, and the next write works.

use serde_json::json;
use shared::api::Method;
use sqlx::{AnyConnection, Connection, Executor};
use std::time::Duration;
use tests::{Database, Draft, World, on_each_database};

const ID: &str = "water-2024";
const OPERATIONS: &str = "/api/requests/water-2024/operations";

fn set(id: &str) -> serde_json::Value {
    let at = json!({ "table": "hardware", "row": "h1", "field": "basis" });
    Draft::operations(id, json!({ "set": { "at": at, "from": null, "to": "合同附后" } }))
}

/// On a full disk SQLite ends the transaction by itself; a trigger that does so stands in for the disk.
#[test]
fn after_the_database_undid_a_write_by_itself_the_next_one_works() {
    let world = World::demo(Database::Sqlite);
    let filler = world.desk("water.filler");
    world.execute(
        "create trigger story_full_disk before insert on operations begin select raise(rollback, 'full'); end",
    );
    for attempt in ["o1", "o2"] {
        assert!(filler.post(OPERATIONS, &set(attempt)).status >= 500);
    }
    assert_eq!(world.desk("forest.filler").get("/api/me").status, 200, "somebody else signs in meanwhile");
    world.execute("drop trigger story_full_disk");
    let answer = filler.post(OPERATIONS, &set("o1"));
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(filler.reads(ID).document.rows("hardware")[0].cells["basis"], "合同附后");
}

#[test]
fn a_database_that_is_held_answers_busy_and_goes_on_afterwards() {
    let mut databases = vec![(Database::Sqlite, "begin immediate")];
    if World::has_postgres() {
        databases.push((Database::Postgres, "begin; lock table operations in access exclusive mode"));
    }
    for (database, hold) in databases {
        let world = World::demo_with(database, |settings| {
            settings.write_limit = Duration::from_secs(1);
        });
        let filler = world.desk("water.filler");
        let mut other = world.block_on(async {
            let mut other = AnyConnection::connect(&world.settings.database).await.expect("the database");
            other.execute(hold).await.expect("held");
            other
        });
        let busy = filler.post(OPERATIONS, &set("o1"));
        assert_eq!((busy.status, busy.problem().code.as_str()), (503, "try_later"), "{}", busy.text);
        assert!(busy.header("retry-after").is_some());
        assert_eq!(world.visitor().get("/livez").status, 200, "a restart would not help");
        assert_eq!(filler.get("/api/me").status, 200, "reading goes on");
        world.block_on(async {
            other.execute("rollback").await.expect("let go");
            other.close().await.expect("closed");
        });
        let answer = filler.post(OPERATIONS, &set("o1"));
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(world.count("select count(*) from operations where operation = 'o1'"), 1);
    }
}

#[test]
fn readiness_says_no_more_than_ready() {
    on_each_database(|world| {
        for path in ["/readyz", "/healthz", "/livez"] {
            let answer = world.visitor().get(path);
            assert_eq!((answer.status, answer.text.as_str()), (200, "{\"status\":\"ok\"}"), "{path}");
        }
        assert_eq!(world.count("select count(*) from health_probe"), 1, "it wrote");
    });
}

#[test]
fn an_id_of_another_case_opens_nothing_and_harms_nothing() {
    on_each_database(|world| {
        let filler = world.desk("water.filler");
        let separate = json!({ "case": "x-1", "kind": "separate", "fiscal_year": 2024 });
        assert_eq!(filler.post("/api/cases", &separate).status, 200);
        let request = json!({ "request": "x-1", "fiscal_year": 2024 });
        for account in ["water.filler", "ecology.filler"] {
            let answer = world.desk(account).post("/api/requests", &request);
            assert_eq!((answer.status, answer.problem().code.as_str()), (409, "exists"), "{account}");
        }
        assert_eq!(filler.get("/api/separate-requests/x-1").status, 200);
        assert_eq!(filler.get("/api/cases/x-1").status, 200);
        assert_eq!(world.count("select count(*) from cases where id = 'x-1'"), 1);
        // And the other way round.
        let taken = json!({ "case": "water-2024", "kind": "separate", "fiscal_year": 2024 });
        assert_eq!(filler.post("/api/cases", &taken).status, 409);
        assert_eq!(filler.get("/api/requests/water-2024").status, 200);
    });
}

#[test]
fn one_operation_on_many_cases_at_once_is_refused_and_never_fails() {
    on_each_database(|world| {
        let cases = ["forest-2024", "water-2024", "ecology-2024", "education-2024"];
        let desks = ["forest.approver", "water.approver", "ecology.approver", "education.approver"]
            .map(|account| world.desk(account));
        for round in 0..5 {
            let statuses: Vec<u16> = std::thread::scope(|scope| {
                let sent = cases.iter().zip(&desks).map(|(case, desk)| {
                    let path = format!("/api/requests/{case}/transitions");
                    let body = json!({ "operation": format!("same-{round}"), "seen": 1,
                        "command": { "verb": "withdraw", "reason": "不再需要" } });
                    scope.spawn(move || desk.post(&path, &body).status)
                });
                sent.collect::<Vec<_>>().into_iter().map(|sent| sent.join().expect("answers")).collect()
            });
            assert!(statuses.iter().all(|status| *status < 500), "{statuses:?}");
        }
    });
}

#[test]
fn a_reply_belongs_to_whom_it_was_given() {
    on_each_database(|world| {
        let (filler, approver) = (world.desk("forest.filler"), world.desk("forest.approver"));
        let reply = approver.command("forest-2024", shared::cases::request::Command::DepartmentApprove {});
        approver.call(&reply);
        approver.call(&reply);
        let problem = filler.refused(&reply);
        assert_eq!((problem.status, problem.code.as_str()), (409, "operation_reused"));

        // A late window under the id of another.
        let leader = world.desk("bureau.leader");
        let window = |department: &str| {
            json!({ "operation": "late-1", "department": department, "fiscal_year": 2024,
                "until": "2023-09-10", "reason": "机构改革，同意延期申报。" })
        };
        assert_eq!(leader.post("/api/late-windows", &window("ecology")).status, 200);
        assert_eq!(leader.post("/api/late-windows", &window("ecology")).status, 200);
        let other = leader.post("/api/late-windows", &window("water"));
        assert_eq!((other.status, other.problem().code.as_str()), (409, "operation_reused"));
        assert_eq!(world.count("select count(*) from late_windows where operation = 'late-1'"), 1);

        // Whoever changes no case is sent away before anything is looked up.
        for account in ["auditor", "admin.system", "admin.audit"] {
            for case in ["forest-2024", "no-such-case"] {
                let path = format!("/api/requests/{case}/operations");
                let answer = world.desk(account).raw(
                    Method::Post,
                    &path,
                    Some(b"{\"ops\":[]}"),
                    &[("content-type", "application/json"), ("sec-fetch-site", "same-origin")],
                );
                assert_eq!(answer.status, 403, "{account} {case}: {}", answer.text);
            }
        }
    });
}
