//! Hostile input: whatever is sent to whatever endpoint, the reply is sound or a problem, never a 5xx. Every request here
//! is made from the list of endpoints and their samples.

use crate::samples::{self, Sample};
use serde_json::{Map, Value, json};
use server::RouteKind;
use shared::api::session::ReadMe;
use shared::api::{FILE_TYPE, Method};
use shared::cases::authority::may;
use shared::kernel::people::Actor;
use tests::{Answer, Desk, World, on_each_database};

const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");

/// One account of every kind of role in the demonstration.
const ACCOUNTS: [&str; 10] = [
    "water.filler",
    "water.approver",
    "bureau.reviewer",
    "bureau.leader",
    "finance.reviewer",
    "finance.leader",
    "auditor",
    "admin.system",
    "admin.security",
    "admin.audit",
];

fn people(world: &World) -> Vec<(Actor, Desk)> {
    let person = |account: &&str| {
        let desk = world.desk(account);
        (desk.call(&ReadMe {}).actor, desk)
    };
    ACCOUNTS.iter().map(person).collect()
}

fn may_call(actor: &Actor, sample: &Sample) -> bool {
    sample.endpoint.requires.is_none_or(|capability| may(actor, capability).is_ok())
}

/// Sends a body as the endpoint expects it, or as `content_type`.
fn send(desk: &Desk, sample: &Sample, url: &str, body: &[u8], content_type: Option<&str>) -> Answer {
    let expected = if sample.endpoint.kind == RouteKind::Upload { FILE_TYPE } else { "application/json" };
    let headers = [OURS, ("content-type", content_type.unwrap_or(expected))];
    desk.raw(sample.endpoint.method, url, Some(body), &headers)
}

fn check(answer: &Answer, what: &str) {
    let short: String = what.chars().take(300).collect();
    assert!(answer.status < 500, "{short}: {} {}", answer.status, answer.text);
    if answer.status >= 400 {
        assert_eq!(answer.problem().status, answer.status, "{short}");
    }
}

#[test]
fn a_capability_is_asked_before_anything_is_read() {
    on_each_database(|world| {
        let people = people(world);
        for sample in samples::all().iter().filter(|sample| sample.endpoint.requires.is_some()) {
            let mut refused = 0;
            for (actor, desk) in people.iter().filter(|(actor, _)| !may_call(actor, sample)) {
                let answer = send(desk, sample, &format!("{}?x=1", sample.url()), b"\xff{", None);
                assert_eq!(answer.status, 403, "{} as {}: {}", sample.url(), actor.account, answer.text);
                assert_eq!(answer.problem().refusal.expect("a refusal").code, "authority.role");
                refused += 1;
            }
            assert!(refused > 0, "{} is refused to nobody", sample.url());
        }
    });
}

#[test]
fn every_endpoint_says_what_does_not_fit() {
    on_each_database(|world| {
        let people = people(world);
        for sample in samples::all() {
            let (_, desk) = people.iter().find(|(actor, _)| may_call(actor, &sample)).expect("somebody may");
            let url = sample.url();
            let refused = |url: &str, body: &[u8], content_type: Option<&str>, status: u16, code: &str| {
                let answer = send(desk, &sample, url, body, content_type);
                let said = (answer.status, answer.problem().code);
                assert_eq!(said, (status, code.to_string()), "{url}: {}", answer.text);
            };
            if !sample.has_json_body() {
                let joint = if url.contains('?') { '&' } else { '?' };
                refused(&format!("{url}{joint}nonsense=1"), b"", None, 422, "malformed");
                refused(&format!("{url}{joint}nonsense=%00"), b"", None, 422, "malformed");
            }
            if sample.endpoint.method == Method::Get {
                continue;
            }
            let huge = vec![b' '; sample.endpoint.largest + 1];
            refused(&url, &huge, None, 413, "too_large");
            if sample.endpoint.kind == RouteKind::Upload {
                refused(&url, b"PK", Some("application/json"), 415, "not_a_file");
                refused(&url, b"PK", Some("multipart/form-data; boundary=x"), 415, "not_a_file");
                continue;
            }
            let mut unknown = sample.body();
            unknown["nonsense"] = json!(1);
            refused(&url, unknown.to_string().as_bytes(), None, 422, "malformed");
            unknown["nonsense"] = json!("a\u{0}b");
            refused(&url, unknown.to_string().as_bytes(), None, 422, "malformed");
            for text in ["[]", "1", "null", "\"{}\""] {
                refused(&url, text.as_bytes(), None, 422, "malformed");
            }
            for text in ["", "{", "\u{feff}{}", "{}{}", "{\"a\":\"\u{1}\"}"] {
                refused(&url, text.as_bytes(), None, 400, "malformed");
            }
            refused(&url, b"{\"a\":\"\xff\"}", None, 400, "malformed");
            for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""] {
                refused(&url, b"{}", Some(kind), 415, "not_json");
            }
        }
    });
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

#[test]
fn no_body_makes_the_server_fail() {
    on_each_database(|world| {
        let people = people(world);
        // Signing out would change who asks, and each password that is tried costs an argon2.
        let left_out = ["/api/session", "/api/session/end", "/api/invitations", "/api/me/password"];
        for sample in samples::all().iter().filter(|sample| sample.has_json_body()) {
            if left_out.contains(&sample.endpoint.path) {
                continue;
            }
            let (url, body) = (sample.url(), sample.body());
            let bodies = nasty().iter().flat_map(|value| spoilt(&body, value)).collect::<Vec<_>>();
            let roles = ["water.filler", "bureau.leader", "admin.system", "admin.security"];
            let allowed = people.iter().filter(|(actor, _)| may_call(actor, sample));
            for (_, desk) in allowed.filter(|(actor, _)| roles.contains(&actor.account.as_str())) {
                for body in &bodies {
                    let body = body.to_string();
                    check(&send(desk, sample, &url, body.as_bytes(), None), &format!("{url} {body}"));
                }
                for text in ["nul", "{\"a\":1,\"a\":2}", "[[[[[[[[[["] {
                    check(&send(desk, sample, &url, text.as_bytes(), None), &format!("{url} {text}"));
                }
            }
        }
    });
}

#[test]
fn no_file_makes_the_server_fail() {
    on_each_database(|world| {
        let people = people(world);
        let zip = include_bytes!("../cases/water-2024/inventory.xlsx");
        let mut flipped = zip.to_vec();
        for at in (0..flipped.len()).step_by(97) {
            flipped[at] ^= 0x55;
        }
        let deep = "<a>".repeat(200_000);
        let files: [&[u8]; 9] = [
            b"",
            b"\0",
            b"PK",
            b"PK\x03\x04",
            b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            &[0xff; 4096],
            deep.as_bytes(),
            &zip[..zip.len() / 3],
            &flipped,
        ];
        for sample in samples::all().iter().filter(|sample| sample.endpoint.kind == RouteKind::Upload) {
            let (_, desk) = people.iter().find(|(actor, _)| may_call(actor, sample)).expect("somebody may");
            for file in files {
                let answer = send(desk, sample, &sample.url(), file, None);
                check(&answer, &format!("{} {} bytes", sample.url(), file.len()));
                assert!(answer.status >= 400, "{} bytes were read as a file", file.len());
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
            "%7f",
            "-1",
            "99999999999999999999",
            &long,
        ];
        for sample in samples::all() {
            // Signing out ends the story.
            if sample.endpoint.path == "/api/session/end" {
                continue;
            }
            for name in sample.fields.keys() {
                for part in parts {
                    let mut fields: Map<String, Value> = sample.fields.clone();
                    fields.insert(name.clone(), json!(part));
                    let url = sample.url_with(&fields);
                    if url == sample.url() {
                        continue;
                    }
                    check(&send(&desk, &sample, &url, b"{}", None), &url);
                }
            }
        }
    });
}
