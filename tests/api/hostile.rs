//! Hostile input: whatever is sent to whatever endpoint, the answer is a reply or a problem, never a 5xx.

use serde_json::{Value, json};
use shared::api::Method;
use tests::{Desk, on_each_database};

/// A sound body for each endpoint that takes one.
fn sound(path: &str) -> Value {
    let cell = json!({ "table": "hardware", "row": "h1", "field": "basis" });
    let row =
        json!({ "insert_row": { "table": "hardware", "row": "x1", "rank": 5, "cells": { "name": "甲" } } });
    let set = json!({ "set": { "at": cell, "from": null, "to": "乙" } });
    let place = json!({ "form": "budget_request", "table": null, "row": null, "field": "summary" });
    let reasons = json!([{ "text": "理由", "place": place }]);
    match path {
        "/api/session" => json!({ "account": "nobody", "password": "wrong" }),
        "/api/invitations" => json!({ "token": "t", "password": "long-enough" }),
        "/api/late-windows" => json!({ "operation": "o", "department": "water", "fiscal_year": 2024,
            "until": "2023-09-10", "reason": "机构改革，同意延期申报。" }),
        "/api/requests" => json!({ "request": "r", "fiscal_year": 2024 }),
        "/api/requests/{request}/operations" => json!({ "ops": [{ "id": "o", "changes": [set, row] }] }),
        "/api/requests/{request}/transitions" => json!({ "operation": "o", "seen": 0,
            "command": { "verb": "bureau_return", "reasons": reasons } }),
        "/api/accounts" => json!({ "account": "a", "name": "新人", "person": "P" }),
        "/api/accounts/{account}/role" => json!({ "role": "provider", "department": null }),
        "/api/departments" => json!({ "department": "d", "name": "省某厅" }),
        _ => json!({}),
    }
}

fn nasty() -> Vec<Value> {
    let mut nested = json!(1);
    for _ in 0..200 {
        nested = json!([nested]);
    }
    vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(1.5),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(""),
        json!(" "),
        json!("a\u{0}b"),
        json!("'; drop table requests; --"),
        json!("%00../../etc/passwd"),
        json!("𠮷\u{202e}\u{fffe}🀄"),
        json!("字".repeat(20_000)),
        json!("9".repeat(400)),
        json!("2023-02-30"),
        json!([]),
        json!({}),
        json!({ "set": {} }),
        nested,
    ]
}

/// Every body made from `body` by putting `value` in the place of one part of it.
fn spoilt(body: &Value, value: &Value) -> Vec<Value> {
    let mut bodies = vec![value.clone()];
    match body {
        Value::Object(fields) => {
            for (name, inner) in fields {
                for part in spoilt(inner, value) {
                    let mut changed = fields.clone();
                    changed.insert(name.clone(), part);
                    bodies.push(Value::Object(changed));
                }
                let mut without = fields.clone();
                without.remove(name);
                bodies.push(Value::Object(without));
            }
        }
        Value::Array(items) => {
            for (i, inner) in items.iter().enumerate() {
                for part in spoilt(inner, value) {
                    let mut changed = items.clone();
                    changed[i] = part;
                    bodies.push(Value::Array(changed));
                }
            }
        }
        _ => {}
    }
    bodies
}

fn check(desk: &Desk, method: Method, path: &str, body: Option<&str>) {
    let answer = match (method, body) {
        (Method::Get, _) => desk.get(path),
        (Method::Post, body) => desk.post_text(path, body.unwrap_or_default()),
    };
    let short: String = body.unwrap_or_default().chars().take(300).collect();
    assert!(answer.status < 500, "{path} {short}: {} {}", answer.status, answer.text);
    if answer.status >= 400 {
        assert_eq!(answer.problem().status, answer.status, "{path} {short}");
    }
}

#[test]
fn no_body_makes_the_server_fail() {
    on_each_database(|world| {
        let desks =
            ["water.filler", "bureau.leader", "admin.system", "admin.security"].map(|a| world.desk(a));
        // Signing in and out would change who asks, and each wrong password costs an argon2.
        let skipped = ["/api/session", "/api/session/end", "/api/invitations", "/api/workbooks"];
        for endpoint in server::endpoint_list() {
            if endpoint.method == Method::Get || skipped.contains(&endpoint.path) {
                continue;
            }
            let path = endpoint.path.replace("{request}", "water-2024").replace("{account}", "nobody");
            let body = sound(endpoint.path);
            let bodies = nasty().iter().flat_map(|value| spoilt(&body, value)).collect::<Vec<_>>();
            for desk in &desks {
                for body in &bodies {
                    check(desk, endpoint.method, &path, Some(&body.to_string()));
                }
                for text in ["", "{", "\u{feff}{}", "nul", "{\"a\":1,\"a\":2}", "[[[[[[[[[[", "{}{}"] {
                    check(desk, endpoint.method, &path, Some(text));
                }
            }
        }
    });
}

#[test]
fn no_path_makes_the_server_fail() {
    on_each_database(|world| {
        let desk = world.desk("water.filler");
        let long = "x".repeat(3000);
        let parts = [
            "%00",
            "..",
            "%2e%2e",
            "%2F",
            "a%20b",
            "%FF",
            "%",
            "'",
            "\u{7f}",
            "-1",
            "99999999999999999999",
            &long,
        ];
        // Signing out ends the story; a stream that opens does not end.
        let left_out = ["/api/session/end", shared::api::live::PATH];
        for endpoint in server::endpoint_list().into_iter().filter(|e| !left_out.contains(&e.path)) {
            for part in parts {
                let filled = endpoint.path.split('/').map(|p| if p.starts_with('{') { part } else { p });
                let path = filled.collect::<Vec<_>>().join("/");
                let printable: String = path.chars().filter(|c| !c.is_control()).collect();
                check(&desk, endpoint.method, &printable, Some("{}"));
                check(
                    &desk,
                    Method::Get,
                    &format!("{printable}?after={part}&fiscal_year={part}&before={part}&x=1")
                        .replace('\u{7f}', ""),
                    None,
                );
            }
        }
    });
}
