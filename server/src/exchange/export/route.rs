//! `GET …/workbook` and `GET …/print`: the two replies that are files.

use super::case_list;
use super::content::ExportContent;
use super::workbook;
use crate::cases::approvals;
use crate::cases::consolidations;
use crate::cases::pages;
use crate::cases::request_store;
use crate::cases::review;
use crate::cases::separates;
use crate::context::Context;
use crate::exchange::print;
use crate::http::failure::Failure;
use crate::http::request_body;
use crate::http::routing::{self, Listed, Routes, Shared};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::Value;
use shared::api::cases::{LIST_WORKBOOK, ReadCases};
use shared::api::consolidation::ReadConsolidation;
use shared::api::finance::ReadBatch;
use shared::api::review::ReadReview;
use shared::api::separates::ReadSeparate;
use shared::api::{Access, Method, export};
use shared::kernel::ids::CaseId;
use std::collections::BTreeMap;
use tokio::sync::Semaphore;

/// Files made at the same time: one takes a core for up to seconds.
static MAKERS: Semaphore = Semaphore::const_new(2);

const PDF: &str = "application/pdf";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Mounts the routes.
pub fn routes(routes: Routes) -> Routes {
    let listed = |path| Listed { method: Method::Get, path, access: Access::SignedIn };
    routes
        .route(listed(export::WORKBOOK), get(as_workbook))
        .route(listed(export::PRINT), get(as_document))
        .route(listed(export::REVIEW), get(review_sheet))
        .route(listed(export::APPROVAL), get(approval))
        .route(listed(export::WHOLE), get(the_whole))
        .route(listed(export::BATCH), get(batch_notice))
        .route(listed(export::OPINION), get(opinion))
        .route(listed(LIST_WORKBOOK), get(list_workbook))
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
    file(&name, PDF, bytes)
}

/// The content a request for a file is about.
async fn asked(
    context: &Context,
    request: RequestPath,
    query: Asked,
    headers: &HeaderMap,
) -> Result<ExportContent, Failure> {
    let actor = routing::signed_in(context, headers).await?;
    let (request, query) = (named(request)?, fields(query)?);
    let version = number(&query, "version")?;
    let mut connection = context.db.reader().acquire().await?;
    ExportContent::read(context, &mut connection, &actor, &request, version).await
}

/// 审核意见书, on the version that was reported.
async fn review_sheet(
    State(context): State<Shared>,
    request: RequestPath,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let actor = routing::signed_in(&context, &headers).await?;
    let request = named(request)?;
    let asked = ReadReview { request: request.clone() };
    let view = review::read(context.clone(), actor.clone(), asked).await?;
    let mut connection = context.db.reader().acquire().await?;
    let reported = request_store::visible(&context, &mut connection, &actor, request.as_str())
        .await?
        .case
        .reported_version;
    if reported == 0 {
        return Err(Failure::unknown("份审核意见书；该申请尚未报送"));
    }
    let content = ExportContent::read(&context, &mut connection, &actor, &request, Some(reported)).await?;
    drop(connection);
    let name = format!("审核意见书-{}.pdf", content.title());
    let bytes = apart(move || print::review(&content, &view)).await?;
    file(&name, PDF, bytes)
}

/// 批复通知 of one request.
async fn approval(
    State(context): State<Shared>,
    request: RequestPath,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let actor = routing::signed_in(&context, &headers).await?;
    let request = named(request)?;
    let mut connection = context.db.reader().acquire().await?;
    let answer = approvals::answer(&context, &mut connection, &actor, &request).await?;
    drop(connection);
    let department = answer.notice.lines.first().map(|line| line.name.clone()).unwrap_or_default();
    let name = format!("批复通知-{}-{department}.pdf", answer.notice.number);
    let bytes = apart(move || print::answer(&answer)).await?;
    file(&name, PDF, bytes)
}

/// 整体预算.
async fn the_whole(
    State(context): State<Shared>,
    year: Result<Path<u16>, PathRejection>,
    query: Asked,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let actor = routing::signed_in(&context, &headers).await?;
    let Path(fiscal_year) = year.map_err(|_| Failure::unknown("个年度"))?;
    let number = number(&fields(query)?, "number")?;
    let view = consolidations::read(context, actor, ReadConsolidation { fiscal_year, number }).await?;
    let name = format!("{fiscal_year}年度运维资金整体预算.pdf");
    let bytes = apart(move || print::whole(&view)).await?;
    file(&name, PDF, bytes)
}

/// 批复通知.
async fn batch_notice(
    State(context): State<Shared>,
    batch: RequestPath,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let actor = routing::signed_in(&context, &headers).await?;
    let view = approvals::read(context, actor, ReadBatch { batch: named(batch)? }).await?;
    let number = view.batch.number.clone().unwrap_or_default();
    let made = apart(move || print::batch(&view).transpose()).await?;
    let bytes = made.ok_or_else(|| Failure::unknown("份批复通知；该批次尚未拟定"))?;
    file(&format!("批复通知-{number}.pdf"), PDF, bytes)
}

/// 单独申请审核意见.
async fn opinion(
    State(context): State<Shared>,
    separate: RequestPath,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let actor = routing::signed_in(&context, &headers).await?;
    let view = separates::read(context, actor, ReadSeparate { separate: named(separate)? }).await?;
    let number = view.separate.number().unwrap_or_default().to_string();
    let made = apart(move || print::opinion(&view).transpose()).await?;
    let bytes = made.ok_or_else(|| Failure::unknown("份审核意见；省局尚未签发"))?;
    file(&format!("审核意见-{number}.pdf"), PDF, bytes)
}

/// 案卷一览, what the query of the list asks for.
async fn list_workbook(
    State(context): State<Shared>,
    query: Asked,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let actor = routing::signed_in(&context, &headers).await?;
    let query = fields(query)?.into_iter().map(|(name, value)| (name, Value::String(value)));
    let request: ReadCases = request_body::endpoint(query.collect())?;
    let lines = pages::whole_list(&context, &actor, &request).await?;
    let name = format!("{}.xlsx", case_list::title(request.kind));
    let bytes = apart(move || case_list::write(request.kind, &lines)).await?;
    file(&name, XLSX, bytes)
}

fn named(request: RequestPath) -> Result<CaseId, Failure> {
    let request = request.map(|Path(text)| CaseId::new(text)).ok().filter(CaseId::well_formed);
    request.ok_or_else(|| Failure::unknown("份申请"))
}

fn fields(query: Asked) -> Result<BTreeMap<String, String>, Failure> {
    query.map(|Query(fields)| fields).map_err(|_| Failure::malformed(400, "查询参数不合要求。"))
}

/// A number of the query, absent when not given.
fn number(query: &BTreeMap<String, String>, name: &str) -> Result<Option<u32>, Failure> {
    let number = query.get(name).map(|text| text.parse::<u32>()).transpose();
    number.map_err(|_| Failure::malformed(422, format!("`{name}` 应为非负整数。")))
}

/// Makes a file off the async threads, a few at a time.
async fn apart<T: Send + 'static>(
    make: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> Result<T, Failure> {
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
