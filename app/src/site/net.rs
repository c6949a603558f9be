//! 网络: requests of the tablet, and replies as they came, for the machine to judge. A reply counts by content type and mac, so a
//! network's sign-in page confirms nothing.

use gloo_net::http::{Request, RequestBuilder, Response};
use gloo_timers::callback::Timeout;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use shared::api::problem::{self, Problem, code};
use shared::api::session::Me;
use shared::api::{Address, Endpoint, FILE_TYPE, JSON_TYPE, Method, address};
use shared::kernel::ids::AccountId;
use shared::sync::site::transport::{DeliveryFault, RawReply};
use web_sys::{AbortController, AbortSignal};

/// Longest wait for an answer, in milliseconds.
const PATIENCE_MS: u32 = 60_000;

/// Sends a request once.
pub async fn raw<E: Endpoint>(request: &E) -> RawReply {
    match address(request) {
        Ok(address) => send(&address).await,
        Err(_) => RawReply::nothing(),
    }
}

/// Reads a reply that the tablet counts, or the problem in its place.
pub async fn read<E: Endpoint>(request: &E) -> Result<E::Reply, Problem> {
    counted(&raw(request).await)
}

/// The content of a reply that the tablet counts, or the problem in its place.
pub fn counted<T: DeserializeOwned>(reply: &RawReply) -> Result<T, Problem> {
    reply.read::<T>().map_err(|fault| problem_of(reply, fault))
}

/// Whose session it is: of [`shared::api::session::Me`] what a tablet needs, in a fraction of the code.
#[derive(Deserialize)]
struct SessionOwner {
    actor: SessionActor,
}

#[derive(Deserialize)]
struct SessionActor {
    account: AccountId,
}

/// Asks for a session, or begins one: both are answered with whose it is.
pub async fn session_of<E: Endpoint<Reply = Me>>(request: &E) -> Result<AccountId, Problem> {
    let reply = raw(request).await;
    let owner = match (reply.status, reply.content_type.as_str()) {
        (200, JSON_TYPE) => serde_json::from_str::<SessionOwner>(&reply.body).ok(),
        _ => None,
    };
    let fault = if reply.status == 401 { DeliveryFault::SignedOut } else { DeliveryFault::Offline };
    owner.map(|owner| owner.actor.account).ok_or_else(|| problem_of(&reply, fault))
}

fn problem_of(reply: &RawReply, fault: DeliveryFault) -> Problem {
    if reply.content_type == problem::CONTENT_TYPE
        && let Ok(problem) = serde_json::from_str(&reply.body)
    {
        return problem;
    }
    let (title, detail) = match fault {
        DeliveryFault::SignedOut => ("登录已结束", "请重新登录；已填写的内容都在本机。"),
        DeliveryFault::Unverified => ("答复未经核实", "答复不是本系统服务器的，请检查网络是否须先登录认证。"),
        DeliveryFault::Offline | DeliveryFault::Unavailable { .. } | DeliveryFault::BrokenOff { .. } => {
            ("网络不通", "连不上服务器，请检查网络；已填写的内容都在本机。")
        }
    };
    Problem::new(reply.status, code::UNREACHED, title, detail)
}

async fn send(address: &Address) -> RawReply {
    within_patience(|signal| {
        let builder = RequestBuilder::new(&address.path).abort_signal(signal);
        match (&address.method, &address.body) {
            (Method::Post, Some(body)) => {
                let post = builder.method(gloo_net::http::Method::POST);
                post.header("content-type", "application/json").body(body.as_str())
            }
            (Method::Get | Method::Post, _) => builder.build(),
        }
    })
    .await
}

/// Sends bytes of a file.
pub async fn upload(path: &str, content: &[u8]) -> RawReply {
    let body = js_sys::Uint8Array::from(content);
    within_patience(|signal| {
        let builder = RequestBuilder::new(path).method(gloo_net::http::Method::POST);
        builder.header("content-type", FILE_TYPE).abort_signal(signal).body(body)
    })
    .await
}

async fn within_patience(
    request: impl FnOnce(Option<&AbortSignal>) -> Result<Request, gloo_net::Error>,
) -> RawReply {
    let patience = AbortController::new().ok();
    let signal = patience.as_ref().map(AbortController::signal);
    // Dropped with the answer, which cancels it.
    let _patience = patience.map(|patience| Timeout::new(PATIENCE_MS, move || patience.abort()));
    let Ok(request) = request(signal.as_ref()) else { return RawReply::nothing() };
    match request.send().await {
        Ok(response) => written(response).await,
        Err(_) => RawReply::nothing(),
    }
}

async fn written(response: Response) -> RawReply {
    let header = |name: &str| response.headers().get(name).unwrap_or_default();
    let kind = header("content-type");
    let content_type = kind.split(';').next().unwrap_or_default().trim().to_string();
    let retry_after_ms = header("retry-after").trim().parse::<u64>().ok().map(|s| s.saturating_mul(1_000));
    match response.text().await {
        Ok(body) => RawReply { status: response.status(), content_type, retry_after_ms, body },
        Err(_) => RawReply::nothing(),
    }
}
