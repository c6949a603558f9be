//! 静态文件: the browser app as `cargo xtask` bundled it, embedded in the binary or from a folder. Names under
//! `/assets/` carry their content's hash and never change; any other page is the app's.

use crate::context::Shared;
use crate::kernel::failure::Failure;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

const INDEX: &str = "index.html";
/// 现场评价, the tablet's app: its page is of its own.
const SITE: &str = "site.html";

#[cfg(feature = "embed")]
#[derive(rust_embed::RustEmbed)]
#[folder = "../target/dist"]
struct Bundle;

/// Everything that is not `/api`.
pub async fn serve(State(context): State<Shared>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        return Failure::unknown("个接口").into_response();
    }
    let folder = context.settings.assets.as_deref();
    let path = uri.path().trim_start_matches('/');
    let hashed = path.starts_with("assets/");
    if let Some(response) = file(folder, path, hashed, &headers).await {
        return response;
    }
    // Any path without an extension is a page of the app, whose own router reads it.
    let is_page = !hashed && !path.rsplit('/').next().unwrap_or("").contains('.');
    let page = if is_site(uri.path()) { SITE } else { INDEX };
    if is_page && let Some(response) = file(folder, page, false, &headers).await {
        return response;
    }
    let text = if is_page {
        "浏览器端程序尚未构建：请运行 cargo xtask run。"
    } else {
        "没有这个文件。"
    };
    (StatusCode::NOT_FOUND, [(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// Whether a path is of the tablet's app.
pub fn is_site(path: &str) -> bool {
    path == "/site" || path.starts_with("/site/")
}

async fn file(folder: Option<&Path>, path: &str, hashed: bool, headers: &HeaderMap) -> Option<Response> {
    let path = if path.is_empty() { INDEX } else { path };
    let kind = content_type(path)?;
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or("");
    let takes = |name: &str| accepted.split(',').any(|e| e.split(';').next().unwrap_or("").trim() == name);
    let mut found = None;
    for (encoding, suffix) in [("br", ".br"), ("gzip", ".gz")] {
        if takes(encoding)
            && let Some(bytes) = content(folder, &format!("{path}{suffix}")).await
        {
            found = Some((bytes, Some(encoding)));
            break;
        }
    }
    let (bytes, encoding) = match found {
        Some(found) => found,
        None => (content(folder, path).await?, None),
    };
    let mut response = Response::new(Body::from(bytes.into_owned()));
    let answer = response.headers_mut();
    answer.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer.insert(VARY, HeaderValue::from_static("accept-encoding"));
    let cache = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    answer.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Some(encoding) = encoding {
        answer.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Some(response)
}

async fn content(folder: Option<&Path>, path: &str) -> Option<Cow<'static, [u8]>> {
    match folder {
        Some(folder) => tokio::fs::read(inside(folder, path)?).await.ok().map(Cow::Owned),
        None => embedded(path),
    }
}

#[cfg(feature = "embed")]
fn embedded(path: &str) -> Option<Cow<'static, [u8]>> {
    Bundle::get(path).map(|file| file.data)
}

#[cfg(not(feature = "embed"))]
fn embedded(_: &str) -> Option<Cow<'static, [u8]>> {
    None
}

/// The path inside the folder, `None` for anything that would leave it.
fn inside(folder: &Path, path: &str) -> Option<PathBuf> {
    let relative = Path::new(path);
    let plain = relative.components().all(|part| matches!(part, Component::Normal(_)));
    plain.then(|| folder.join(relative))
}

/// Content types of the bundle's files; other files are not served.
fn content_type(path: &str) -> Option<&'static str> {
    Some(match Path::new(path).extension()?.to_str()? {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leaves_the_folder() {
        let folder = Path::new("/dist");
        assert_eq!(inside(folder, "assets/a.js"), Some(PathBuf::from("/dist/assets/a.js")));
        for wrong in ["../etc/passwd", "assets/../../x", "/etc/passwd"] {
            assert_eq!(inside(folder, wrong), None, "{wrong}");
        }
    }
}
