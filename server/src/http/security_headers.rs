//! 安全响应头: what holds for every request on every route. Writes are accepted from our own pages only, and every reply
//! carries the headers that make browsers enforce it.

use crate::context::Shared;
use crate::http::assets::is_site;
use crate::http::request_body;
use crate::kernel::failure::Failure;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, Version};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use shared::api::problem::{Problem, code};
use std::net::IpAddr;

/// No inline script or style, nothing from elsewhere; `wasm-unsafe-eval` compiles our own wasm only. A text becomes HTML or
/// the address of a script only by the one policy that the start script makes.
const CSP: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
                   img-src 'self' blob: data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; \
                   font-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; \
                   frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default; report-to csp";

/// Headers of every reply.
const EVERY: [(HeaderName, &str); 2] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Restrictions of a page or a worker, sent with every reply that a browser could take for one.
const PAGES: [(HeaderName, &str); 5] = [
    (HeaderName::from_static("reporting-endpoints"), "csp=\"/csp-reports\""),
    (header::CONTENT_SECURITY_POLICY, CSP),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");
/// What a page may use of the device: nothing, and on the tablet what a site visit is recorded with.
const NO_DEVICE: &str = "camera=(), microphone=(), geolocation=()";
const SITE_DEVICE: &str = "camera=(self), microphone=(), geolocation=(self)";

pub async fn guard(State(context): State<Shared>, request: Request, next: Next) -> Response {
    let permissions = if is_site(request.uri().path()) { SITE_DEVICE } else { NO_DEVICE };
    let write = !matches!(*request.method(), Method::GET | Method::HEAD);
    let public_url = context.settings.public_url.as_deref();
    let mut response = if let Err(failure) = require_our_host(&request, public_url) {
        request_body::discard(request.into_body()).await;
        failure.into_response()
    } else if write && !same_site(request.headers(), public_url) {
        request_body::discard(request.into_body()).await;
        let detail = "请从本系统的页面办理。";
        Failure::from(Problem::new(403, code::FOREIGN_ORIGIN, "请求来源不被接受", detail)).into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    // The wasm module is neither a page nor a worker, and its headers delay the start.
    let is_module = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/wasm");
    let pages = if is_module { &[][..] } else { &PAGES[..] };
    let device = [(PERMISSIONS, permissions)];
    let device = if is_module { &[][..] } else { &device[..] };
    for (name, value) in EVERY.iter().chain(pages).chain(device).cloned() {
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

/// A request names one host, and one that is ours. Another site can give a name of its own our address (DNS rebinding); to the
/// browser its pages would then be ours.
///
/// # Errors
/// 400 for no host or two, 421 for a foreign one.
fn require_our_host(request: &Request, public_url: Option<&str>) -> Result<(), Failure> {
    let mut named = request.headers().get_all(header::HOST).iter();
    let host = match (named.next().map(HeaderValue::to_str), named.next()) {
        (Some(Ok(host)), None) if !host.is_empty() => host,
        (None, None) if request.version() == Version::HTTP_10 => return Ok(()),
        _ => return Err(Failure::malformed(400, "请求应当只有一个 Host。")),
    };
    let in_target = request.uri().authority().is_none_or(|target| target.as_str() == host);
    if in_target && is_our_host(host, public_url) {
        return Ok(());
    }
    let detail = "请用系统管理员公布的网址访问；以域名访问时，服务器应以 --public-url 写明网址。";
    Err(Problem::new(421, code::FOREIGN_ORIGIN, "访问地址不被接受", detail).into())
}

/// An address, a name of the local network or the public name: nobody else can have one of these.
fn is_our_host(host: &str, public_url: Option<&str>) -> bool {
    let public = public_url.and_then(|url| url.split_once("://")).map(|(_, rest)| rest.trim_end_matches('/'));
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host();
    let address = name.trim_start_matches('[').trim_end_matches(']');
    public.is_some_and(|public| public.eq_ignore_ascii_case(host))
        || address.parse::<IpAddr>().is_ok()
        || !name.contains('.')
}

/// The header's text; `Err` when it is there more than once or is no text.
fn only<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next().map(HeaderValue::to_str), values.next()) {
        (None, _) => Ok(None),
        (Some(Ok(text)), None) => Ok(Some(text)),
        _ => Err(()),
    }
}

/// Modern browsers send `Sec-Fetch-Site`; older ones send `Origin`, which must be this host or the public one. A write
/// with neither does not come from a page of ours.
fn same_site(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let (Ok(site), Ok(origin)) = (only(headers, "sec-fetch-site"), only(headers, "origin")) else {
        return false;
    };
    let ours = origin.map(|origin| {
        let public = public_url.is_some_and(|url| url.trim_end_matches('/') == origin);
        let direct = origin.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"));
        public || direct.is_some_and(|(_, authority)| only(headers, "host") == Ok(Some(authority)))
    });
    match site {
        Some(site) => matches!(site, "same-origin" | "none"),
        None => ours == Some(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers
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
        check(&[("origin", "ftp://a:1"), ("host", "a:1")], None, false);
        check(&[("origin", "http://a:1"), ("origin", "http://b:1"), ("host", "a:1")], None, false);
        check(&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], None, false);
    }

    #[test]
    fn a_name_that_others_can_own_is_ours_only_when_we_published_it() {
        let public = Some("https://om.gov.cn/");
        for ours in ["127.0.0.1:8080", "[::1]:8080", "localhost", "omfund:8080", "10.1.2.3"] {
            assert!(is_our_host(ours, None), "{ours}");
        }
        assert!(is_our_host("om.gov.cn", public) && is_our_host("OM.gov.cn", public));
        for foreign in
            ["evil.example", "om.gov.cn.evil.example", "om.gov.cn@evil.example", "a b", "127.0.0.1.nip.io"]
        {
            assert!(!is_our_host(foreign, None) && !is_our_host(foreign, public), "{foreign}");
        }
    }
}
