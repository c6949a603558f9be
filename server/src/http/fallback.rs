//! What answers when no handler does: unknown paths, wrong methods, panics.

use crate::http::request_body;
use crate::kernel::failure::Failure;
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use shared::api::problem::{Problem, code};
use std::any::Any;

/// An unknown path under `/api`.
pub async fn no_such_endpoint(body: Body) -> Failure {
    request_body::discard(body).await;
    Failure::unknown("个接口")
}

/// A known path with another method.
pub async fn wrong_method(body: Body) -> Failure {
    request_body::discard(body).await;
    Problem::new(405, code::UNKNOWN, "方法不受支持", "请按接口说明使用 GET 或 POST。").into()
}

/// A bug in a handler. The connection and all other requests go on.
pub fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let message = cause.downcast_ref::<String>().map(String::as_str);
    let message = message.or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("panic");
    let mut response = Failure::Internal(anyhow::anyhow!("panic: {message}")).into_response();
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}
