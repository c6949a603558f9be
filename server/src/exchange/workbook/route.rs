//! `POST /api/workbooks`: the one route whose body is a file, not JSON.

use super::{WorkbookRefusal, limits};
use crate::http::failure::Failure;
use crate::http::request_body;
use crate::http::routing::{self, Listed, Routes, Shared};
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::post;
use shared::api::problem::{Problem, code};
use shared::api::workbook::PATH;
use shared::api::{Access, Method};
use shared::exchange::import::workbook::Workbook;
use shared::kernel::people::Role;
use shared::kernel::refusal::Refusal;
use std::time::Instant;
use tokio::sync::Semaphore;

static READERS: Semaphore = Semaphore::const_new(limits::AT_ONCE);

// What an import reads, an operation must be able to store.
const _: () =
    assert!(shared::exchange::import::normal::LONGEST_TEXT <= crate::documents::op_limits::LONGEST_CELL);

/// Mounts the route.
pub fn route(routes: Routes) -> Routes {
    routes.route(Listed { method: Method::Post, path: PATH, access: Access::SignedIn }, post(serve))
}

async fn serve(State(context): State<Shared>, request: Request) -> Result<Response, Failure> {
    let (parts, body) = request.into_parts();
    let (actor, body) = routing::sender(&context, &parts.headers, body).await?;
    if actor.role != Role::DepartmentFiller {
        request_body::pass_over(body).await;
        return Err(Refusal::new("workbook.role", "只有部门经办人填报时可以导入工作簿").into());
    }
    let too_large = |_| Problem::new(413, code::TOO_LARGE, "文件过大", WorkbookRefusal::TooLarge.to_string());
    let bytes = request_body::bytes(&parts.headers, body, limits::CONTAINER).await.map_err(too_large)?;
    routing::json(&read_apart(bytes).await?)
}

/// Reads on a thread of its own, a few at a time, so that a slow file holds up nobody else. The deadline is
/// checked while reading, so the thread ends with it.
async fn read_apart(bytes: Bytes) -> Result<Workbook, Failure> {
    let permit = tokio::time::timeout(limits::TIME, READERS.acquire());
    let permit = permit.await.map_err(|_| Failure::try_later(5))?.map_err(anyhow::Error::from)?;
    let outcome = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        super::read(&bytes, Instant::now() + limits::TIME)
    });
    let read = outcome.await.unwrap_or_else(|panic| {
        tracing::error!(%panic, "a workbook stopped its reader");
        Err(WorkbookRefusal::Damaged)
    });
    read.map_err(|refused| {
        Problem::new(422, code::MALFORMED, "无法读取这个工作簿", refused.to_string()).into()
    })
}
