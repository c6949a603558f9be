//! 来源: notes for the audit trail from where and in which session a request comes.

use crate::context::Shared;
use crate::http::caller;
use crate::kernel::token;
use crate::store::origin::{RequestOrigin, within};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

/// Characters of the session's hash that tell sessions apart.
const SESSION: usize = 16;

/// Runs the request with its origin at hand.
pub async fn note(State(context): State<Shared>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let visitor = caller::visitor(&context, &mut parts).await;
    let session = visitor.token.map(|token| token::hashed(&token).chars().take(SESSION).collect());
    let origin = RequestOrigin { network: visitor.client.network, session: session.unwrap_or_default() };
    within(origin, next.run(Request::from_parts(parts, body))).await
}
