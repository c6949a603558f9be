//! 门卫: what holds for every request whatever its route: writes come from our own pages, and every reply carries
//! the headers that keep browsers strict.

use crate::http::failure::Failure;
use crate::http::request_body;
use crate::http::routing::Shared;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use shared::api::problem::{Problem, code};

/// No inline script or style, nothing from elsewhere; `wasm-unsafe-eval` compiles our own wasm only.
const CSP: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
                   img-src 'self' blob: data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; \
                   font-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; \
                   frame-ancestors 'none'";

/// What every reply says.
const EVERY: [(HeaderName, &str); 2] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// What a page or a worker is bound by, sent with all that a browser could take for one.
const PAGES: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, CSP),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
];

pub async fn guard(State(context): State<Shared>, request: Request, next: Next) -> Response {
    let write = !matches!(*request.method(), Method::GET | Method::HEAD);
    let mut response = if write && !same_site(request.headers(), context.settings.public_url.as_deref()) {
        request_body::pass_over(request.into_body()).await;
        let detail = "请从本系统的页面办理。";
        Failure::from(Problem::new(403, code::FOREIGN_ORIGIN, "请求来源不被接受", detail)).into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    // The program itself is neither and is waited for, line and all.
    let program = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/wasm");
    let pages = if program { &[][..] } else { &PAGES[..] };
    for (name, value) in EVERY.iter().chain(pages).cloned() {
        // A file that people uploaded is bound more strictly than a page.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if context.secure() {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Modern browsers say where a request comes from; older ones give the origin, which must be this host or the
/// public one. A write that says neither is not from a browser page of ours.
fn same_site(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text("origin") else { return false };
    let authority = origin.split_once("://").map(|(_, rest)| rest);
    let ours = public_url.is_some_and(|url| url.trim_end_matches('/') == origin);
    ours || authority.is_some() && authority == text("host")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn writes_come_from_our_own_pages() {
        let check =
            |pairs, public, expected| assert_eq!(same_site(&headers(pairs), public), expected, "{pairs:?}");
        check(&[("sec-fetch-site", "same-origin")], None, true);
        check(&[("sec-fetch-site", "same-site")], None, false);
        check(&[("sec-fetch-site", "cross-site"), ("origin", "http://a:1"), ("host", "a:1")], None, false);
        check(&[("origin", "http://a:1"), ("host", "a:1")], None, true);
        check(&[("origin", "http://b:1"), ("host", "a:1")], None, false);
        check(&[("origin", "null"), ("host", "a:1")], None, false);
        check(&[("origin", "https://om.gov.cn"), ("host", "10.0.0.1:80")], Some("https://om.gov.cn/"), true);
        check(&[("host", "a:1")], None, false);
    }
}
