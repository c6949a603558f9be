//! The door: nothing opens without a session, no other site can write, every reply carries the security headers.

use crate::samples;
use shared::api::{Access, Method};
use std::collections::BTreeSet;
use tests::on_each_database;

/// Every endpoint as agreed: a route that is added, opened to visitors or no longer requires its capability shows here.
const ENDPOINTS: &str = include_str!("endpoints.golden.txt");

#[test]
fn the_list_of_endpoints_is_as_agreed() {
    let line = |e: &server::Listed| {
        let requires = e.requires.map(|capability| format!(" {capability:?}")).unwrap_or_default();
        format!("{:?} {} {:?} {:?}{requires}", e.method, e.path, e.access, e.kind)
    };
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
        let forged = visitor.with_cookie(Some("omfund=0123456789".into()));
        for sample in samples::all().iter().filter(|sample| sample.endpoint.access == Access::SignedIn) {
            let url = sample.url();
            for stranger in [&visitor, &forged] {
                let answer = match sample.endpoint.method {
                    Method::Get => stranger.get(&url),
                    Method::Post => stranger.post_text(&url, "not even JSON"),
                };
                assert_eq!(answer.status, 401, "{url}: {}", answer.text);
                assert_eq!(answer.problem().code, "sign_in");
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
            assert!(
                policy.contains("require-trusted-types-for 'script'; trusted-types default;"),
                "{policy}"
            );
            assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
            assert!(answer.header("cache-control").is_some(), "{path}");
        }
        let tag = desk.get("/api/me").header("etag").expect("a tag").to_string();
        assert_eq!(desk.raw(Method::Get, "/api/me", None, &[("if-none-match", &tag)]).status, 304);
    });
}
