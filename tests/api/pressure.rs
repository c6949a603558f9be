//! Too much of anything: what one person, or nobody at all, can ask of the server has an end, and others go on working.

use crate::samples;
use serde_json::{Value, json};
use shared::api::Method;
use shared::api::live::path;
use shared::api::review::KeepPending;
use shared::api::session::ReadMe;
use shared::cases::authority::may;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;
use tests::{Database, Desk, World, on_each_database};

const LONG: usize = 20_001;
const MANY: usize = 60_001;
/// A file sent as a text of its own may be longer than anything typed.
const LONG_FILE: usize = 400_001;

/// Every body made from `body` by making one of its texts or lists far too long.
fn swollen(body: &Value) -> Vec<Value> {
    match body {
        Value::String(_) => vec![json!("字".repeat(LONG))],
        Value::Array(items) => {
            let Some(first) = items.first() else { return Vec::new() };
            let many = std::iter::repeat_n(first.clone(), MANY).collect();
            let inner = swollen(first).into_iter().map(|item| json!([item]));
            std::iter::once(Value::Array(many)).chain(inner).collect()
        }
        Value::Object(fields) => {
            let of_field = |(name, value): (&String, &Value)| {
                if name == "file" {
                    let mut fields = fields.clone();
                    fields.insert(name.clone(), json!("字".repeat(LONG_FILE)));
                    return vec![Value::Object(fields)];
                }
                let mut bodies = Vec::new();
                for part in swollen(value) {
                    let mut fields = fields.clone();
                    fields.insert(name.clone(), part);
                    bodies.push(Value::Object(fields));
                }
                bodies
            };
            fields.iter().flat_map(of_field).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn every_text_and_every_list_of_every_request_has_an_end() {
    on_each_database(|world| {
        let accounts = ["water.filler", "bureau.reviewer", "bureau.leader", "admin.system", "admin.security"];
        let people: Vec<(_, Desk)> = accounts
            .iter()
            .map(|account| {
                let desk = world.desk(account);
                (desk.call(&ReadMe {}).actor, desk)
            })
            .collect();
        for sample in samples::all().iter().filter(|sample| sample.has_json_body()) {
            let requires = sample.endpoint.requires;
            let allowed = |actor: &_| requires.is_none_or(|capability| may(actor, capability).is_ok());
            let (_, desk) = people.iter().find(|(actor, _)| allowed(actor)).expect("somebody may");
            for body in swollen(&sample.body()) {
                let body = body.to_string();
                let answer = desk.post_text(&sample.url(), &body);
                let short: String = body.chars().take(120).collect();
                assert!(matches!(answer.status, 413 | 422), "{} {short}: {}", sample.url(), answer.status);
                assert!(answer.text.len() < 4_000, "{}: the text is not sent back", sample.url());
            }
        }
    });
}

#[test]
fn what_is_published_is_counted_before_anything_is_done() {
    on_each_database(|world| {
        let reviewer = world.desk("bureau.reviewer");
        let send = |published: Value| {
            let body = json!({ "operation": "p-1", "acts": [{ "act": "view", "section": "hardware" }],
                "published": published });
            reviewer.post("/api/requests/education-2024/review", &body)
        };
        let ids = |count: usize| Value::from((0..count).map(|n| format!("p{n}")).collect::<Vec<_>>());
        assert_eq!(send(ids(501)).status, 422);
        assert_eq!(send(json!(["", ""])).status, 422);
        let answer = send(ids(500));
        assert_eq!(answer.status, 200, "{}", answer.text);
    });
}

#[test]
fn a_batch_names_each_request_once_and_is_told_so_before_they_are_worked_out() {
    on_each_database(|world| {
        let reviewer = world.desk("finance.reviewer");
        let open = json!({ "case": "batch-9", "kind": "batch", "fiscal_year": 2024 });
        assert_eq!(reviewer.post("/api/cases", &open).status, 200);
        let draft = |requests: Value| {
            let command = json!({ "verb": "draft_batch", "number": "晋财行〔2024〕12号",
                "date": "2024-01-20", "requests": requests });
            let body = json!({ "operation": "d-1", "seen": 0, "command": command });
            reviewer.post("/api/requests/batch-9/transitions", &body)
        };
        for requests in [json!(["none", "none"]), json!([])] {
            let problem = draft(requests).problem();
            assert_eq!(problem.refusal.map(|refusal| refusal.code).as_deref(), Some("batch.requests"));
        }
        let many: Vec<String> = (0..15_000).map(|n| format!("r{n}")).collect();
        assert_eq!(draft(json!(many)).status, 422);
    });
}

#[test]
fn what_a_person_keeps_for_later_fits_into_a_few_megabytes() {
    on_each_database(|world| {
        let reviewer = world.desk("bureau.reviewer");
        let lines: Vec<Value> = (0..19_000)
            .map(|n| json!({ "thread": format!("{n:0>60}"), "table": "hardware", "row": format!("h{n}") }))
            .collect();
        let act = json!({ "act": "cut", "lines": lines, "how_much": { "amount": 100 }, "total": 1900000,
            "reason": "other", "article": 4, "text": "测算偏高。" });
        let keep = |id: &str| {
            let body = json!({ "id": id, "act": act });
            reviewer.post("/api/requests/education-2024/pending", &body)
        };
        let first = keep("k1");
        assert_eq!(first.status, 200, "{}", first.text);
        assert_eq!(keep("k1").status, 200, "the same again replaces it");
        let (mut kept, mut refused) = (1, None);
        for id in ["k2", "k3", "k4"] {
            let answer = keep(id);
            match answer.status {
                200 => kept += 1,
                _ => refused = Some(answer.problem()),
            }
        }
        assert_eq!(refused.map(|problem| problem.code).as_deref(), Some("too_large"));
        assert!(kept < 4);
        let forget: KeepPending =
            serde_json::from_value(json!({ "request": "education-2024", "id": "k1", "act": null })).unwrap();
        reviewer.call(&forget);
        assert_eq!(keep("k9").status, 200, "there is room again");
    });
}

#[test]
fn a_draft_holds_sixteen_megabytes_and_no_more() {
    on_each_database(|world| {
        let filler = world.desk("water.filler");
        let long = "字".repeat(9_000);
        let rows = |batch: usize| {
            let insert = |n: usize| {
                json!({ "insert_row": { "table": "hardware", "row": format!("x{batch}-{n}"), "rank": 1000 + n,
                    "cells": { "name": long, "basis": long } } })
            };
            let changes: Vec<Value> = (0..130).map(insert).collect();
            let body = json!({ "ops": [{ "id": format!("b{batch}"), "changes": changes }] });
            filler.post("/api/requests/water-2024/operations", &body)
        };
        assert_eq!((rows(1).status, rows(2).status), (200, 200));
        let problem = rows(3).problem();
        assert_eq!((problem.status, problem.code.as_str()), (422, "too_large"), "{}", problem.detail);
        assert_eq!(world.count("select count(*) from operations where operation = 'b3'"), 0);
        // At the limit a long text is refused and a removal is not.
        let remove = json!({ "ops": [{ "id": "r1", "changes": [{ "remove_row": { "table": "hardware",
            "row": "x1-0", "rank": 1000, "cells": { "name": long, "basis": long } } }] }] });
        assert_eq!(filler.post("/api/requests/water-2024/operations", &remove).status, 200);
    });
}

#[test]
fn only_own_notices_are_marked_as_read() {
    on_each_database(|world| {
        let filler = world.desk("education.filler");
        let before = world.count("select count(*) from notices_read");
        let made_up: Vec<String> = (0..199).map(|n| format!("made-up-{n}")).collect();
        for ids in [json!(made_up), json!(["n0", "n99", "n+1", "n01", "r-2024"])] {
            assert_eq!(filler.post("/api/notices/read", &json!({ "notices": ids })).status, 200);
        }
        assert_eq!(world.count("select count(*) from notices_read"), before);
        assert_eq!(filler.post("/api/notices/read", &json!({ "notices": ["n1"] })).status, 200);
        assert_eq!(world.count("select count(*) from notices_read"), before + 1);
    });
}

#[test]
fn one_account_has_sixteen_windows_open() {
    on_each_database(|world| {
        let filler = world.desk("water.filler");
        let open: Vec<_> = (0..16).map(|_| filler.hears(&path("", None), None)).collect();
        let refused = filler.get(&path("", None));
        assert_eq!((refused.status, refused.problem().code.as_str()), (429, "too_many"));
        assert!(world.desk("water.approver").hears(&path("", None), None).next().is_some());
        drop(open);
    });
}

/// What the server answers to these bytes, until it closes the connection.
fn raw(world: &World, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(&world.address).expect("the server accepts");
    stream.write_all(bytes).expect("sent");
    let mut answer = Vec::new();
    // A connection that is reset has answered as much as it will.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn whoever_connects_and_says_nothing_keeps_nobody_out() {
    let world = World::demo_with(Database::Sqlite, |settings| {
        settings.connections.most = 30;
        settings.connections.header_time = Duration::from_millis(500);
    });
    let filler = world.desk("water.filler");
    let idle: Vec<TcpStream> =
        (0..100).map(|_| TcpStream::connect(&world.address).expect("the server accepts")).collect();
    assert_eq!(world.visitor().get("/livez").status, 200);
    assert_eq!(filler.get("/api/me").status, 200);
    drop(idle);
    // Half a head is given up, too.
    assert!(!raw(&world, b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nX-").starts_with("HTTP/1.1 200"));
    assert_eq!(world.visitor().get("/livez").status, 200);
}

#[test]
fn a_request_names_one_host_that_is_ours_and_each_thing_once() {
    on_each_database(|world| {
        let status = |head: &str| {
            let answer =
                raw(world, format!("GET /livez HTTP/1.1\r\n{head}Connection: close\r\n\r\n").as_bytes());
            answer.split(' ').nth(1).unwrap_or_default().to_string()
        };
        assert_eq!(status("Host: 127.0.0.1\r\n"), "200");
        assert_eq!(status(""), "400");
        assert_eq!(status("Host: 127.0.0.1\r\nHost: 127.0.0.1\r\n"), "400");
        assert_eq!(status("Host: rebound.example\r\n"), "421");
        let filler = world.desk("water.filler");
        let twice = filler.post_text("/api/requests/water-2024/operations", "{\"ops\":[],\"ops\":[]}");
        assert_eq!((twice.status, twice.problem().code.as_str()), (400, "malformed"));
        assert_eq!(filler.get("/api/desk?fiscal_year=2024&fiscal_year=2025").status, 400);
        let headers = [("content-type", "application/json"), ("origin", "ftp://127.0.0.1")];
        let foreign = filler.raw(Method::Post, "/api/session/end", Some(b"{}"), &headers);
        assert_eq!(foreign.status, 403);
    });
}

#[test]
fn nothing_read_stays_on_the_disk_of_the_computer() {
    on_each_database(|world| {
        let filler = world.desk("water.filler");
        let answer = filler.get("/api/requests/water-2024");
        assert_eq!(answer.header("cache-control"), Some("private, no-store"));
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.contains("report-to csp"), "{policy}");
        let report = [("content-type", "application/reports+json"), ("sec-fetch-site", "same-origin")];
        assert_eq!(world.visitor().raw(Method::Post, "/csp-reports", Some(b"[]"), &report).status, 204);
        let out = filler.post("/api/session/end", &json!({}));
        assert_eq!(out.header("clear-site-data"), Some("\"cache\""));
    });
}
