//! The doors: nothing opens without a session, nothing is written from elsewhere, every reply is guarded.

use shared::api::{Access, Method};
use std::collections::BTreeSet;
use tests::on_each_database;

/// Every endpoint there is, as agreed: a route added or opened to visitors shows here.
const ENDPOINTS: &str = include_str!("endpoints.golden.txt");

#[test]
fn the_list_of_endpoints_is_as_agreed() {
    let line = |e: &server::Listed| format!("{:?} {} {:?}", e.method, e.path, e.access);
    let lines: BTreeSet<String> = server::endpoint_list().iter().map(line).collect();
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    if std::env::var_os("OMFUND_BLESS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/api/endpoints.golden.txt");
        std::fs::write(path, &text).expect("written");
    }
    assert_eq!(text, ENDPOINTS);
}

#[test]
fn every_endpoint_asks_for_a_session_first() {
    on_each_database(|world| {
        let visitor = world.visitor();
        for endpoint in server::endpoint_list().iter().filter(|e| e.access == Access::SignedIn) {
            let path = endpoint.path.replace("{request}", "water-2024").replace(['{', '}'], "");
            let answer = match endpoint.method {
                Method::Get => visitor.get(&path),
                Method::Post => visitor.post_text(&path, "not even JSON"),
            };
            assert_eq!(answer.status, 401, "{path}: {}", answer.text);
            assert_eq!(answer.problem().code, "sign_in");
            if endpoint.method == Method::Get {
                let forged = visitor.with_cookie(Some("omfund=0123456789".into()));
                assert_eq!(forged.get(&path).status, 401, "{path}");
            }
        }
    });
}

#[test]
fn a_write_from_elsewhere_is_refused_even_with_a_session() {
    on_each_database(|world| {
        let desk = world.desk("water.filler");
        let origin = format!("http://{}", world.address);
        let check = |headers: &[(&str, &str)], status: u16| {
            let mut all = vec![("content-type", "application/json")];
            all.extend(headers);
            let answer =
                desk.raw(Method::Post, "/api/requests/water-2024/operations", Some(b"{\"ops\":[]}"), &all);
            assert_eq!(answer.status, status, "{headers:?}: {}", answer.text);
        };
        check(&[("sec-fetch-site", "cross-site")], 403);
        check(&[("sec-fetch-site", "same-site")], 403);
        check(&[("origin", "http://evil.example")], 403);
        check(&[("origin", "null")], 403);
        check(&[], 403);
        check(&[("origin", &origin)], 200);
        check(&[("sec-fetch-site", "same-origin")], 200);
    });
}

#[test]
fn every_reply_keeps_browsers_strict() {
    on_each_database(|world| {
        let desk = world.desk("water.filler");
        for path in ["/", "/api/me", "/api/nothing", "/healthz", "/assets/none.js"] {
            let answer = desk.get(path);
            let policy = answer.header("content-security-policy").expect("a policy");
            assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';"), "{policy}");
            assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
            assert!(answer.header("cache-control").is_some(), "{path}");
        }
        let tag = desk.get("/api/me").header("etag").expect("a tag").to_string();
        assert_eq!(desk.raw(Method::Get, "/api/me", None, &[("if-none-match", &tag)]).status, 304);
    });
}
