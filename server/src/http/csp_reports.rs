//! 内容安全策略报告: what a browser refused to load or run on a page of ours. It is a line of the log and nothing more.

use crate::http::request_body;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Largest report, in bytes.
const LARGEST: usize = 16 * 1024;
/// Most characters of a report in the log.
const LOGGED: usize = 1_000;
/// Visitors send reports too: one a second is logged.
const PAUSE: Duration = Duration::from_secs(1);

static LAST: Mutex<Option<Instant>> = Mutex::new(None);

/// `POST /csp-reports`.
pub async fn log(headers: HeaderMap, body: Body) -> StatusCode {
    let Some(text) = request_body::text(&headers, body, LARGEST).await else {
        return StatusCode::BAD_REQUEST;
    };
    let mut last = LAST.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if last.is_none_or(|at| at.elapsed() >= PAUSE) {
        *last = Some(Instant::now());
        let report: String = text.chars().filter(|c| !c.is_control()).take(LOGGED).collect();
        tracing::warn!(%report, "a browser refused something on a page");
    }
    StatusCode::NO_CONTENT
}
