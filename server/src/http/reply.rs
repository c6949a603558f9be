//! 回复: what a handler returned, as an HTTP response.

use crate::http::failure::Failure;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt};
use serde::Serialize;
use shared::api::Method;
use shared::kernel::hash::digest;
use std::time::Duration;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Proxies and browsers close a connection on which nothing comes for a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// A file to be saved.
pub struct File {
    /// With its extension; Chinese is allowed.
    pub name: String,
    pub content_type: &'static str,
    pub bytes: Vec<u8>,
}

/// A JSON reply; that of a GET carries an `ETag`.
pub fn json(method: Method, headers: &HeaderMap, reply: &impl Serialize) -> Result<Response, Failure> {
    let body = serde_json::to_string(reply)?;
    if method == Method::Post {
        let no_store = HeaderValue::from_static("no-store");
        return Ok(([(CONTENT_TYPE, JSON), (CACHE_CONTROL, no_store)], body).into_response());
    }
    // A weak tag: the same content may travel compressed.
    let tag = format!("W/\"{}\"", digest(&[&body]));
    let fresh = HeaderValue::from_static("private, no-cache");
    let known = headers.get(IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == tag.as_bytes());
    let tag = HeaderValue::from_str(&tag).map_err(anyhow::Error::from)?;
    if known {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag), (CACHE_CONTROL, fresh)]).into_response());
    }
    Ok(([(CONTENT_TYPE, JSON), (ETAG, tag), (CACHE_CONTROL, fresh)], body).into_response())
}

/// A file with its Chinese name (RFC 5987).
pub fn file(file: File) -> Result<Response, Failure> {
    let extension = file.name.rsplit('.').next().unwrap_or_default();
    let encoded = shared::api::escaped(&file.name);
    let disposition = format!("attachment; filename=\"omfund.{extension}\"; filename*=UTF-8''{encoded}");
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(file.content_type)),
        (CONTENT_DISPOSITION, HeaderValue::from_str(&disposition).map_err(anyhow::Error::from)?),
        (CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    Ok((headers, file.bytes).into_response())
}

/// Events with their ids, until `events` ends.
pub fn events<E: Serialize + 'static>(events: impl Stream<Item = (String, E)> + Send + 'static) -> Response {
    let events = events.map(|(id, event)| {
        let data = serde_json::to_string(&event)?;
        Ok::<Event, serde_json::Error>(Event::default().id(id).data(data))
    });
    let stream = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    // Proxies that buffer a reply would hold the events back.
    ([("x-accel-buffering", "no")], stream).into_response()
}
