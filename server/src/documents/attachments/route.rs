//! The routes of attachments. Three of them carry a file, so they are no endpoint types; their handlers only read the request
//! and call the function that does the work.

use super::serve::{self, Serving};
use super::upload::{self, PartSent};
use crate::http::failure::Failure;
use crate::http::request_body;
use crate::http::routing::{self, Listed, Routes, Shared, mount};
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use shared::api::attachments::{
    BeginUpload, FILE, FinishUpload, LARGEST_PART, PART, PREVIEW, ReadAttachments, RemoveAttachment,
};
use shared::api::{Access, Method};
use shared::kernel::content_hash::ContentHash;
use shared::kernel::ids::{AttachmentId, CaseId};
use std::collections::BTreeMap;

/// Mounts the routes.
pub fn routes(routes: Routes) -> Routes {
    let listed = |method, path| Listed { method, path, access: Access::SignedIn };
    let routes = mount::<ReadAttachments, _, _>(routes, serve::list);
    let routes = mount::<BeginUpload, _, _>(routes, upload::begin);
    let routes = mount::<FinishUpload, _, _>(routes, upload::finish);
    let routes = mount::<RemoveAttachment, _, _>(routes, serve::remove);
    routes
        .route(listed(Method::Post, PART), post(part))
        .route(listed(Method::Get, FILE), get(download))
        .route(listed(Method::Get, PREVIEW), get(preview))
}

type AttachmentPath = Result<Path<(String, String)>, PathRejection>;
type PartPath = Result<Path<(String, String, String)>, PathRejection>;
type Asked = Result<Query<BTreeMap<String, String>>, QueryRejection>;

async fn part(
    State(context): State<Shared>,
    path: PartPath,
    query: Asked,
    request: Request,
) -> Result<Response, Failure> {
    let (parts, body) = request.into_parts();
    let (actor, body) = routing::sender(&context, &parts.headers, body).await?;
    let (case, attachment, offset, claimed) = match part_asked(path, query) {
        Ok(asked) => asked,
        Err(failure) => return Err(pass(body, failure).await),
    };
    let largest = context.attachments.largest_part().min(LARGEST_PART);
    let largest = usize::try_from(largest).map_err(anyhow::Error::from)?;
    let bytes = request_body::bytes(&parts.headers, body, largest).await?;
    let sent = PartSent { case, attachment, offset, claimed, bytes };
    routing::json(&upload::part(context, actor, sent).await?)
}

/// Reads past a body that is not wanted, so that the answer arrives.
async fn pass(body: Body, failure: Failure) -> Failure {
    request_body::pass_over(body).await;
    failure
}

fn part_asked(path: PartPath, query: Asked) -> Result<(CaseId, AttachmentId, u64, ContentHash), Failure> {
    let (case, attachment, offset) = path.map(|Path(path)| path).map_err(|_| Failure::unknown("个附件"))?;
    let (case, attachment) = named(case, attachment)?;
    let offset = offset.parse().map_err(|_| Failure::malformed(422, "`offset` 应为非负整数。"))?;
    let mut query = query.map(|Query(query)| query).unwrap_or_default();
    let hash = ContentHash::try_from(query.remove("sm3").unwrap_or_default());
    let hash = hash.map_err(|fault| Failure::malformed(422, format!("`sm3`：{fault}。")))?;
    Ok((case, attachment, offset, hash))
}

fn named(case: String, attachment: String) -> Result<(CaseId, AttachmentId), Failure> {
    let (case, attachment) = (CaseId::new(case), AttachmentId::new(attachment));
    let sound = case.well_formed() && attachment.well_formed();
    sound.then_some((case, attachment)).ok_or_else(|| Failure::unknown("个附件"))
}

async fn download(
    state: State<Shared>,
    path: AttachmentPath,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    handed_out(state, path, headers, Serving::Download).await
}

async fn preview(
    state: State<Shared>,
    path: AttachmentPath,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    handed_out(state, path, headers, Serving::Preview).await
}

async fn handed_out(
    State(context): State<Shared>,
    path: AttachmentPath,
    headers: HeaderMap,
    serving: Serving,
) -> Result<Response, Failure> {
    let actor = routing::signed_in(&context, &headers).await?;
    let Path((case, attachment)) = path.map_err(|_| Failure::unknown("个附件"))?;
    let (case, attachment) = named(case, attachment)?;
    serve::file(&context, &actor, &case, &attachment, serving).await
}
