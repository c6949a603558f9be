//! 唯一入口: the only file where handlers meet HTTP. Every route is mounted here by its type: the door finds out who
//! sends the request, checks the capability it requires, reads path, query and body within their limits, runs the
//! handler and turns the outcome into a reply or a problem. A handler knows nothing of HTTP.

use crate::context::Shared;
use crate::http::caller::{self, Caller, Subscriber};
use crate::http::reply::{self, FileReply};
use crate::http::request_body;
use crate::identity::visitor::{SessionChange, Visitor};
use crate::kernel::failure::Failure;
use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, Query, RawPathParams, Request, State};
use axum::http::header::{HeaderName, HeaderValue, SET_COOKIE};
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use futures_util::Stream;
use serde_json::{Map, Value};
use shared::api::second_factor::{ConfirmSecondFactor, ReadSecondFactor};
use shared::api::session::{ChangePassword, ReadMe, SignOut};
use shared::api::{Access, Download, Endpoint, EventStream, Fields, Method, Upload, ValueLimits};
use shared::cases::authority::{Capability, may};
use shared::kernel::people::Actor;
use std::time::Duration;

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// The routes as they are put together, with their list.
#[derive(Default)]
pub struct Routes {
    router: Router<Shared>,
    listed: Vec<Listed>,
}

/// What a route takes and gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouteKind {
    /// [`Endpoint`].
    Json,
    /// [`Upload`].
    Upload,
    /// [`Download`].
    Download,
    /// [`EventStream`].
    Stream,
}

/// One line of the list of endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    pub kind: RouteKind,
    pub method: Method,
    pub path: &'static str,
    pub access: Access,
    pub requires: Option<Capability>,
    /// Largest JSON body or file, in bytes; 0 for a GET.
    pub largest: usize,
}

impl Routes {
    /// Mounts JSON in, JSON out.
    pub fn endpoint<E, H, F>(self, handler: H) -> Routes
    where
        E: Endpoint,
        H: Fn(Shared, Actor, E) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<E::Reply, Failure>> + Send,
    {
        debug_assert_eq!(E::ACCESS, Access::SignedIn);
        let serve = move |State(context): State<Shared>, request: Request| async move {
            let Admitted { caller, mut parts, body } = admit(&context, request, E::PATH, E::REQUIRES).await?;
            let request = read_json::<E>(&mut parts, body).await?;
            caller.require_step_up(&context, &request)?;
            let account = caller.actor.account.clone();
            let limit = context.settings.write_limit;
            let outcome = within(limit, E::METHOD, handler(context, caller.actor, request)).await;
            let outcome = outcome.inspect_err(|failure| log_refusal(account.as_str(), E::PATH, failure));
            let outcome = outcome?;
            let reply = reply::json(E::METHOD, &parts.headers, &outcome)?;
            Ok::<Response, Failure>(reply::typed(reply, E::REPLY_TYPE, E::is_conflict(&outcome)))
        };
        self.json_route::<E>(by_method(E::METHOD, serve))
    }

    /// Mounts an endpoint that begins or ends a session.
    pub fn session<E, H, F>(self, handler: H) -> Routes
    where
        E: Endpoint,
        H: Fn(Shared, Visitor, E) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<(E::Reply, SessionChange), Failure>> + Send,
    {
        let serve = move |State(context): State<Shared>, request: Request| async move {
            let (mut parts, body) = match E::ACCESS {
                Access::Open => request.into_parts(),
                Access::SignedIn | Access::Public => {
                    let Admitted { parts, body, .. } = admit(&context, request, E::PATH, E::REQUIRES).await?;
                    (parts, body)
                }
            };
            let visitor = caller::visitor(&context, &mut parts).await;
            let request = read_json::<E>(&mut parts, body).await?;
            let served = handler(context.clone(), visitor, request);
            let (outcome, change) = within(context.settings.write_limit, E::METHOD, served).await?;
            let mut response = reply::json(E::METHOD, &parts.headers, &outcome)?;
            if let Some(cookie) = caller::cookie_header(&context, &change) {
                response.headers_mut().insert(SET_COOKIE, cookie);
            }
            if matches!(change, SessionChange::End) {
                // Not the storage: it holds what was typed and not delivered.
                response.headers_mut().insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\""));
            }
            Ok::<Response, Failure>(response)
        };
        self.json_route::<E>(by_method(E::METHOD, serve))
    }

    /// Mounts a file in, JSON out.
    pub fn upload<U, H, F>(self, handler: H) -> Routes
    where
        U: Upload,
        H: Fn(Shared, Actor, U, Vec<u8>) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<U::Reply, Failure>> + Send,
    {
        let serve = move |State(context): State<Shared>, request: Request| async move {
            let Admitted { caller, mut parts, body } = admit(&context, request, U::PATH, U::REQUIRES).await?;
            let request = match read_query::<U>(&mut parts).await {
                Ok(request) => request,
                Err(failure) => return Err(after(body, failure).await),
            };
            let file = request_body::file(&parts.headers, body, U::LARGEST_FILE, U::TOO_LARGE).await?;
            let account = caller.actor.account.clone();
            let outcome = handler(context, caller.actor, request, file).await;
            let outcome = outcome.inspect_err(|failure| log_refusal(account.as_str(), U::PATH, failure));
            let outcome = outcome?;
            let reply = reply::json(Method::Post, &parts.headers, &outcome)?;
            Ok::<Response, Failure>(reply::typed(reply, U::REPLY_TYPE, U::is_conflict(&outcome)))
        };
        debug_assert_eq!(U::ACCESS, Access::SignedIn);
        self.route(listed_upload::<U>(), post(serve))
    }

    /// Mounts a file in, JSON out, that the installation may open to visitors.
    pub fn public_upload<U, H, F>(self, handler: H) -> Routes
    where
        U: Upload,
        H: Fn(Shared, Visitor, U, Vec<u8>) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<U::Reply, Failure>> + Send,
    {
        let serve = move |State(context): State<Shared>, request: Request| async move {
            let (mut parts, body) = match context.settings.public_checker {
                true => request.into_parts(),
                false => {
                    let Admitted { parts, body, .. } = admit(&context, request, U::PATH, U::REQUIRES).await?;
                    (parts, body)
                }
            };
            let visitor = caller::visitor(&context, &mut parts).await;
            let request = match read_query::<U>(&mut parts).await {
                Ok(request) => request,
                Err(failure) => return Err(after(body, failure).await),
            };
            let file = request_body::file(&parts.headers, body, U::LARGEST_FILE, U::TOO_LARGE).await?;
            let reply = handler(context, visitor, request, file).await?;
            reply::json(Method::Post, &parts.headers, &reply)
        };
        debug_assert_eq!(U::ACCESS, Access::Public);
        self.route(listed_upload::<U>(), post(serve))
    }

    /// Mounts a file out.
    pub fn download<D, H, F, T>(self, handler: H) -> Routes
    where
        D: Download,
        T: FileReply,
        H: Fn(Shared, Actor, D) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<T, Failure>> + Send,
    {
        let serve = move |State(context): State<Shared>, request: Request| async move {
            let Admitted { caller, mut parts, .. } = admit(&context, request, D::PATH, D::REQUIRES).await?;
            let request = read_query::<D>(&mut parts).await?;
            let account = caller.actor.account.clone();
            let outcome = handler(context, caller.actor, request).await;
            outcome.inspect_err(|failure| log_refusal(account.as_str(), D::PATH, failure))?.response()
        };
        self.route(listed_get(RouteKind::Download, D::PATH, D::REQUIRES), get(serve))
    }

    /// Mounts events out; each with its id. The stream must end when [`Subscriber::current`] is nobody.
    pub fn stream<S, H, F, T>(self, handler: H) -> Routes
    where
        S: EventStream,
        H: Fn(Shared, Subscriber, S) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<T, Failure>> + Send,
        T: Stream<Item = (String, S::Event)> + Send + 'static,
    {
        let serve = move |State(context): State<Shared>, request: Request| async move {
            let Admitted { caller, mut parts, .. } = admit(&context, request, S::PATH, S::REQUIRES).await?;
            let request = read_query::<S>(&mut parts).await?;
            let account = caller.actor.account.clone();
            let subscriber = Subscriber::new(&context, caller, &parts.headers);
            let outcome = handler(context, subscriber, request).await;
            let outcome = outcome.inspect_err(|failure| log_refusal(account.as_str(), S::PATH, failure));
            Ok::<Response, Failure>(reply::events(outcome?))
        };
        self.route(listed_get(RouteKind::Stream, S::PATH, S::REQUIRES), get(serve))
    }

    fn json_route<E: Endpoint>(self, serve: MethodRouter<Shared>) -> Routes {
        let listed = Listed {
            kind: RouteKind::Json,
            method: E::METHOD,
            path: E::PATH,
            access: E::ACCESS,
            requires: E::REQUIRES,
            largest: if E::METHOD == Method::Post { E::LARGEST_BODY } else { 0 },
        };
        self.route(listed, serve)
    }

    fn route(mut self, listed: Listed, serve: MethodRouter<Shared>) -> Routes {
        self.listed.push(listed);
        Routes { router: self.router.route(listed.path, serve), listed: self.listed }
    }

    pub fn list(&self) -> &[Listed] {
        &self.listed
    }

    pub fn router(self) -> Router<Shared> {
        self.router
    }
}

fn listed_upload<U: Upload>() -> Listed {
    Listed {
        kind: RouteKind::Upload,
        method: Method::Post,
        path: U::PATH,
        access: U::ACCESS,
        requires: U::REQUIRES,
        largest: U::LARGEST_FILE,
    }
}

fn listed_get(kind: RouteKind, path: &'static str, requires: Option<Capability>) -> Listed {
    Listed { kind, method: Method::Get, path, access: Access::SignedIn, requires, largest: 0 }
}

fn by_method<H, T>(method: Method, serve: H) -> MethodRouter<Shared>
where
    H: axum::handler::Handler<T, Shared>,
    T: 'static,
{
    match method {
        Method::Get => get(serve),
        Method::Post => post(serve),
    }
}

/// All that can be done with a password that has expired.
const WITH_EXPIRED_PASSWORD: [&str; 3] = [ReadMe::PATH, SignOut::PATH, ChangePassword::PATH];

/// All that can be done before a second factor is set up where one is required.
const WITHOUT_SECOND_FACTOR: [&str; 5] =
    [ReadMe::PATH, SignOut::PATH, ChangePassword::PATH, ReadSecondFactor::PATH, ConfirmSecondFactor::PATH];

/// A request whose sender has signed in and has the capability. Its body is not read yet.
struct Admitted {
    caller: Caller,
    parts: Parts,
    body: Body,
}

async fn admit(
    context: &Shared,
    request: Request,
    path: &str,
    requires: Option<Capability>,
) -> Result<Admitted, Failure> {
    let (parts, body) = request.into_parts();
    let caller = Caller::of(context, &parts.headers).await.and_then(|caller| {
        if caller.must_change && !WITH_EXPIRED_PASSWORD.contains(&path) {
            return Err(Failure::password_expired());
        }
        if caller.must_enrol && !WITHOUT_SECOND_FACTOR.contains(&path) {
            return Err(Failure::second_factor_missing());
        }
        requires.map_or(Ok(()), |capability| may(&caller.actor, capability))?;
        Ok(caller)
    });
    match caller {
        Ok(caller) => Ok(Admitted { caller, parts, body }),
        Err(failure) => Err(after(body, failure).await),
    }
}

/// The failure, once the body nobody wants has been read.
async fn after(body: Body, failure: Failure) -> Failure {
    request_body::discard(body).await;
    failure
}

/// Stops a write at its time limit: dropped, it undoes what it did, and its lock is free for everybody else.
async fn within<T>(
    limit: Duration,
    method: Method,
    served: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    match method {
        Method::Get => served.await,
        Method::Post => tokio::time::timeout(limit, served).await.unwrap_or_else(|_| {
            tracing::warn!("a write took too long");
            Err(Failure::try_later(5))
        }),
    }
}

fn log_refusal(account: &str, path: &str, failure: &Failure) {
    if let Failure::Problem(problem) = failure {
        tracing::info!(account, path, status = problem.status, code = %problem.code, "refused");
    }
}

/// The request of a JSON endpoint: from the path and the body of a POST or the query of a GET.
async fn read_json<E: Endpoint>(parts: &mut Parts, body: Body) -> Result<E, Failure> {
    match E::METHOD {
        Method::Post => {
            let fields = request_body::json_body(&parts.headers, body, E::LARGEST_BODY).await?;
            request_body::typed(with_path(parts, fields).await?, E::LIMITS)
        }
        Method::Get => read_query(parts).await,
    }
}

/// The request of a route without a JSON body: from path and query.
async fn read_query<R: Fields>(parts: &mut Parts) -> Result<R, Failure> {
    let Query(query) = Query::<Vec<(String, String)>>::from_request_parts(parts, &())
        .await
        .map_err(|_| Failure::malformed(400, "查询参数不合要求。"))?;
    let mut fields = Map::new();
    for (name, value) in query {
        if fields.insert(name.clone(), Value::String(value)).is_some() {
            return Err(Failure::malformed(400, format!("查询参数 `{name}` 给出了两次。")));
        }
    }
    request_body::typed(with_path(parts, fields).await?, ValueLimits::USUAL)
}

/// Adds the fields of the path; none of them may be given twice.
async fn with_path(parts: &mut Parts, mut fields: Map<String, Value>) -> Result<Map<String, Value>, Failure> {
    let path = RawPathParams::from_request_parts(parts, &())
        .await
        .map_err(|_| Failure::malformed(400, "链接中的编号不是有效的 UTF-8 文本。"))?;
    for (name, value) in &path {
        if fields.insert(name.to_string(), Value::String(value.to_string())).is_some() {
            return Err(Failure::malformed(422, format!("`{name}` 已在链接中给出，请求内容里不应再有。")));
        }
    }
    Ok(fields)
}
