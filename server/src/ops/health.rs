//! 健康检查: `/livez` for the service manager, `/readyz` for the proxy. Neither says more than that.

use crate::context::Shared;
use crate::kernel::failure::Failure;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

/// `GET /livez`: the process answers. Restarting it would not help a full disk.
pub async fn live() -> impl IntoResponse {
    ok()
}

/// `GET /readyz` and `GET /healthz`: the database takes writes.
pub async fn ready(State(context): State<Shared>) -> Result<impl IntoResponse, Failure> {
    context.db.ready().await?;
    Ok(ok())
}

fn ok() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], "{\"status\":\"ok\"}")
}
