//! 回复: what a handler returned, as an HTTP response.

use crate::kernel::failure::Failure;
use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt};
use serde::Serialize;
use shared::api::Method;
use shared::kernel::hash::digest;
use std::time::Duration;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Proxies and browsers close a connection on which nothing comes for a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

const NO_STORE: HeaderValue = HeaderValue::from_static("private, no-store");

/// No script, no form, no origin of ours, nothing loaded.
const SANDBOX: &str = "sandbox; default-src 'none'";
/// The same inside a frame of our own page, where the browser's viewer shows a PDF. A `sandbox` attribute on the frame would
/// keep Chromium's viewer from starting; this header does not.
const FRAMED: &str = "sandbox; default-src 'none'; frame-ancestors 'self'";

/// What a download answers with.
pub trait FileReply {
    /// # Errors
    /// When a header cannot carry the file's name.
    fn response(self) -> Result<Response, Failure>;
}

/// A file that the server wrote, to be saved.
pub struct File {
    /// With its extension; Chinese is allowed.
    pub name: String,
    pub content_type: &'static str,
    pub bytes: Vec<u8>,
}

/// A file that somebody uploaded. It is served under a policy that keeps it from being a page of this site, whatever it holds.
pub struct StoredFile {
    /// With its extension; Chinese is allowed.
    pub name: String,
    /// ASCII, for programs that know no other name.
    pub plain_name: String,
    pub content_type: &'static str,
    /// Bytes.
    pub size: u64,
    pub shown: Disposition,
    pub content: BoxStream<'static, FilePiece>,
}

/// A piece of a file as it is sent; an error breaks the reply off.
pub type FilePiece = std::io::Result<Bytes>;

/// What a browser does with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    Saved,
    InPage,
    /// In a frame of our own page.
    InFrame,
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
    // Nothing of a person's work stays on the disk of the computer they sat at.
    let fresh = NO_STORE;
    let known = headers.get(IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == tag.as_bytes());
    let tag = HeaderValue::from_str(&tag).map_err(anyhow::Error::from)?;
    if known {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag), (CACHE_CONTROL, fresh)]).into_response());
    }
    Ok(([(CONTENT_TYPE, JSON), (ETAG, tag), (CACHE_CONTROL, fresh)], body).into_response())
}

/// The reply with the content type its endpoint names; 409 where what was sent does not join what is here.
pub fn typed(mut reply: Response, content_type: &'static str, is_conflict: bool) -> Response {
    if reply.headers().contains_key(CONTENT_TYPE) {
        reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    if is_conflict {
        *reply.status_mut() = StatusCode::CONFLICT;
    }
    reply
}

impl FileReply for File {
    fn response(self) -> Result<Response, Failure> {
        let plain = format!("omfund.{}", self.name.rsplit('.').next().unwrap_or_default());
        let headers = [
            (CONTENT_TYPE, HeaderValue::from_static(self.content_type)),
            (CONTENT_DISPOSITION, disposition(Disposition::Saved, &plain, &self.name)?),
            (CACHE_CONTROL, NO_STORE),
        ];
        Ok((headers, self.bytes).into_response())
    }
}

impl FileReply for StoredFile {
    fn response(self) -> Result<Response, Failure> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(self.size));
        headers.insert(CONTENT_DISPOSITION, disposition(self.shown, &self.plain_name, &self.name)?);
        headers.insert(CACHE_CONTROL, NO_STORE);
        let framed = self.shown == Disposition::InFrame;
        let policy = if framed { FRAMED } else { SANDBOX };
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
        if framed {
            headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
        }
        Ok((headers, Body::from_stream(self.content)).into_response())
    }
}

/// The Chinese name travels by RFC 5987; the plain one is for programs that know no `filename*`.
fn disposition(shown: Disposition, plain: &str, name: &str) -> Result<HeaderValue, Failure> {
    let way = if shown == Disposition::Saved { "attachment" } else { "inline" };
    let encoded = shared::api::escaped(name);
    let text = format!("{way}; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    Ok(HeaderValue::from_str(&text).map_err(anyhow::Error::from)?)
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
