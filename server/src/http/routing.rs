//! 唯一入口: the only file where endpoints meet HTTP. It finds out who asks, reads the request, runs the handler
//! and turns the outcome into a reply or a problem; a handler knows nothing of HTTP.

use crate::context::Context;
use crate::http::failure::Failure;
use crate::http::request_body;
use crate::identity::sessions;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, FromRequestParts, Query, RawPathParams, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, COOKIE, ETAG, IF_NONE_MATCH, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use serde::Serialize;
use serde_json::{Map, Value};
use shared::api::{Access, Endpoint, Method};
use shared::kernel::people::Actor;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

pub type Shared = Arc<Context>;

/// The routes as they are put together, with the list of what there is.
#[derive(Default)]
pub struct Routes {
    router: Router<Shared>,
    listed: Vec<Listed>,
}

/// One line of the list of endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    pub method: Method,
    pub path: &'static str,
    pub access: Access,
}

impl Routes {
    /// Adds a route that is not an endpoint type: a stream, an upload. Its handler asks who it is itself.
    pub fn route(mut self, listed: Listed, serve: MethodRouter<Shared>) -> Routes {
        self.listed.push(listed);
        Routes { router: self.router.route(listed.path, serve), listed: self.listed }
    }

    fn endpoint<E: Endpoint>(self, serve: MethodRouter<Shared>) -> Routes {
        self.route(Listed { method: E::METHOD, path: E::PATH, access: E::ACCESS }, serve)
    }

    pub fn list(&self) -> &[Listed] {
        &self.listed
    }

    pub fn router(self) -> Router<Shared> {
        self.router
    }
}

/// Someone who has not signed in, or is just doing so.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub address: IpAddr,
    /// The session token sent along, if any.
    pub token: Option<String>,
}

/// What an open endpoint does to the session cookie.
#[derive(Clone, Debug)]
pub enum Cookie {
    Keep,
    Set(String),
    Clear,
}

/// Mounts an endpoint for people who have signed in.
pub fn mount<E, H, F>(routes: Routes, handler: H) -> Routes
where
    E: Endpoint,
    H: Fn(Shared, Actor, E) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<E::Reply, Failure>> + Send,
{
    debug_assert_eq!(E::ACCESS, Access::SignedIn);
    let serve = move |State(context): State<Shared>, request: Request| async move {
        let (mut parts, body) = request.into_parts();
        let (actor, body) = sender(&context, &parts.headers, body).await?;
        let request = read::<E>(&context, &mut parts, body).await?;
        let who = actor.account.clone();
        let outcome = handler(context, actor, request).await;
        if let Err(Failure::Problem(problem)) = &outcome {
            tracing::info!(account = %who, path = E::PATH, status = problem.status, code = %problem.code, "declined");
        }
        reply::<E>(&parts.headers, &outcome?)
    };
    routes.endpoint::<E>(by_method::<E, _, _>(serve))
}

/// Mounts an endpoint that makes or ends sessions, open to anyone.
pub fn mount_open<E, H, F>(routes: Routes, handler: H) -> Routes
where
    E: Endpoint,
    H: Fn(Shared, Visitor, E) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<(E::Reply, Cookie), Failure>> + Send,
{
    let serve = move |State(context): State<Shared>, request: Request| async move {
        let (mut parts, mut body) = request.into_parts();
        if E::ACCESS == Access::SignedIn {
            (_, body) = sender(&context, &parts.headers, body).await?;
        }
        let address = ConnectInfo::<SocketAddr>::from_request_parts(&mut parts, &())
            .await
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip());
        let visitor = Visitor { address, token: session_token(&context, &parts.headers) };
        let request = read::<E>(&context, &mut parts, body).await?;
        let (outcome, cookie) = handler(context.clone(), visitor, request).await?;
        let mut response = reply::<E>(&parts.headers, &outcome)?;
        if let Some(value) = cookie_header(&context, &cookie) {
            response.headers_mut().insert(SET_COOKIE, value);
        }
        Ok::<Response, Failure>(response)
    };
    routes.endpoint::<E>(by_method::<E, _, _>(serve))
}

fn by_method<E: Endpoint, H, T>(serve: H) -> MethodRouter<Shared>
where
    H: axum::handler::Handler<T, Shared>,
    T: 'static,
{
    match E::METHOD {
        Method::Get => get(serve),
        Method::Post => post(serve),
    }
}

/// Who asks; a problem 401 when nobody has signed in.
pub async fn signed_in(context: &Context, headers: &HeaderMap) -> Result<Actor, Failure> {
    let token = session_token(context, headers).ok_or_else(Failure::sign_in)?;
    sessions::actor(context, &token).await?.ok_or_else(Failure::sign_in)
}

/// Who sends this body; it is handed on only for people who have signed in.
pub async fn sender(context: &Context, headers: &HeaderMap, body: Body) -> Result<(Actor, Body), Failure> {
    match signed_in(context, headers).await {
        Ok(actor) => Ok((actor, body)),
        Err(failure) => {
            request_body::pass_over(body).await;
            Err(failure)
        }
    }
}

/// The request of an endpoint, from path, query and body.
async fn read<E: Endpoint>(context: &Shared, parts: &mut Parts, body: Body) -> Result<E, Failure> {
    let mut fields = match E::METHOD {
        Method::Post => request_body::json_body(&parts.headers, body, E::LARGEST_BODY).await?,
        Method::Get => {
            let Query(query) = Query::<BTreeMap<String, String>>::from_request_parts(parts, context)
                .await
                .map_err(|_| Failure::malformed(400, "查询参数不合要求。"))?;
            query.into_iter().map(|(name, value)| (name, Value::String(value))).collect::<Map<_, _>>()
        }
    };
    let path = RawPathParams::from_request_parts(parts, context)
        .await
        .map_err(|_| Failure::malformed(400, "链接中的编号不是有效的 UTF-8 文本。"))?;
    for (name, value) in &path {
        if fields.insert(name.to_string(), Value::String(value.to_string())).is_some() {
            return Err(Failure::malformed(422, format!("`{name}` 已在链接中给出，请求内容里不应再有。")));
        }
    }
    request_body::endpoint(fields)
}

fn reply<E: Endpoint>(headers: &HeaderMap, outcome: &E::Reply) -> Result<Response, Failure> {
    let body = serde_json::to_string(outcome)?;
    let json = HeaderValue::from_static("application/json");
    if E::METHOD == Method::Post {
        let no_store = HeaderValue::from_static("no-store");
        return Ok(([(CONTENT_TYPE, json), (CACHE_CONTROL, no_store)], body).into_response());
    }
    // Weak: the same content may travel compressed.
    let tag = format!("W/\"{}\"", shared::kernel::hash::digest(&[&body]));
    let fresh = HeaderValue::from_static("private, no-cache");
    let known = headers.get(IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == tag.as_bytes());
    let tag = HeaderValue::from_str(&tag).map_err(anyhow::Error::from)?;
    if known {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag), (CACHE_CONTROL, fresh)]).into_response());
    }
    Ok(([(CONTENT_TYPE, json), (ETAG, tag), (CACHE_CONTROL, fresh)], body).into_response())
}

/// `__Host-` binds the cookie to this very host, where https allows it.
fn cookie_name(context: &Context) -> &'static str {
    if context.secure() { "__Host-omfund" } else { "omfund" }
}

/// The session token of a request.
pub fn session_token(context: &Context, headers: &HeaderMap) -> Option<String> {
    let name = cookie_name(context);
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && !value.is_empty())
        .map(|(_, value)| value.to_string())
}

fn cookie_header(context: &Context, cookie: &Cookie) -> Option<HeaderValue> {
    let name = cookie_name(context);
    let secure = if context.secure() { "; Secure" } else { "" };
    let text = match cookie {
        Cookie::Keep => return None,
        Cookie::Set(token) => format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax{secure}"),
        Cookie::Clear => format!("{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{secure}"),
    };
    HeaderValue::from_str(&text).ok()
}

/// A JSON reply of a route that is not an endpoint type.
pub fn json(value: &impl Serialize) -> Result<Response, Failure> {
    let json = HeaderValue::from_static("application/json");
    Ok(([(CONTENT_TYPE, json)], serde_json::to_string(value)?).into_response())
}
