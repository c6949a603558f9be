//! 健康检查.

use crate::context::Shared;
use crate::kernel::failure::Failure;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

/// `GET /healthz`: the database answers.
pub async fn health(State(context): State<Shared>) -> Result<impl IntoResponse, Failure> {
    context.db.ping().await?;
    let body = serde_json::json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") });
    Ok(([(CONTENT_TYPE, "application/json")], body.to_string()))
}
