//! `GET …/workbook` and `GET …/print`: the two replies that are files.

use super::content::Content;
use super::workbook;
use crate::context::Context;
use crate::failure::Failure;
use crate::mount::{self, Listed, Routes, Shared};
use crate::print;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use shared::api::{Access, Method, export};
use shared::ids::RequestId;
use std::collections::BTreeMap;
use tokio::sync::Semaphore;

/// Files made at the same time: one takes a core for up to seconds.
static MAKERS: Semaphore = Semaphore::const_new(2);

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Mounts the routes.
pub fn routes(routes: Routes) -> Routes {
    let listed = |path| Listed { method: Method::Get, path, access: Access::SignedIn };
    routes.route(listed(export::WORKBOOK), get(as_workbook)).route(listed(export::PRINT), get(as_document))
}

type RequestPath = Result<Path<String>, PathRejection>;
type Asked = Result<Query<BTreeMap<String, String>>, QueryRejection>;

async fn as_workbook(
    State(context): State<Shared>,
    request: RequestPath,
    query: Asked,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let content = asked(&context, request, query, &headers).await?;
    let name = format!("{}.xlsx", content.title());
    let bytes = apart(move || workbook::write(&content)).await?;
    file(&name, XLSX, bytes)
}

async fn as_document(
    State(context): State<Shared>,
    request: RequestPath,
    query: Asked,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let content = asked(&context, request, query, &headers).await?;
    let name = format!("{}.pdf", content.title());
    let bytes = apart(move || print::request(&content)).await?;
    file(&name, "application/pdf", bytes)
}

/// The content a request for a file is about.
async fn asked(
    context: &Context,
    request: RequestPath,
    query: Asked,
    headers: &HeaderMap,
) -> Result<Content, Failure> {
    let actor = mount::signed_in(context, headers).await?;
    let request = request.map(|Path(text)| RequestId::new(text)).ok().filter(RequestId::well_formed);
    let request = request.ok_or_else(|| Failure::unknown("份申请"))?;
    let Query(query) = query.map_err(|_| Failure::malformed(400, "查询参数不合要求。"))?;
    let version = query.get("version").map(|text| text.parse::<u32>()).transpose();
    let version = version.map_err(|_| Failure::malformed(422, "`version` 应为版本号。"))?;
    let mut connection = context.db.reader().acquire().await?;
    Content::read(context, &mut connection, &actor, &request, version).await
}

/// Makes a file off the async threads, a few at a time.
async fn apart(make: impl FnOnce() -> anyhow::Result<Vec<u8>> + Send + 'static) -> Result<Vec<u8>, Failure> {
    let _permit = MAKERS.acquire().await.map_err(anyhow::Error::from)?;
    let made = tokio::task::spawn_blocking(make).await.map_err(anyhow::Error::from)?;
    Ok(made?)
}

/// A reply to be saved under a Chinese name (RFC 5987).
fn file(name: &str, kind: &'static str, bytes: Vec<u8>) -> Result<Response, Failure> {
    let extension = name.rsplit('.').next().unwrap_or_default();
    let disposition = format!(
        "attachment; filename=\"omfund.{extension}\"; filename*=UTF-8''{}",
        shared::api::escaped(name)
    );
    let disposition = HeaderValue::from_str(&disposition).map_err(anyhow::Error::from)?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (CONTENT_DISPOSITION, disposition),
        (CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    Ok((headers, bytes).into_response())
}
