//! 接口调用: the one way from the browser to the server. A call returns the reply or a problem in Chinese. A session that
//! ran out is renewed in place and the call goes on, so no caller sees it.

use crate::kernel::session;
use gloo_net::http::{RequestBuilder, Response};
use gloo_timers::callback::Timeout;
use serde::de::DeserializeOwned;
use shared::api::problem::{self, Problem, code};
use shared::api::{Address, Endpoint, Method, address};
use validator::ValidationErrors;
use web_sys::AbortController;

/// Longest wait for an answer, in milliseconds: a large import over a slow line has to fit.
const PATIENCE_MS: u32 = 60_000;

/// Calls an endpoint. The checks of the request's own type run here first, as they will on the server.
pub async fn call<E: Endpoint>(request: E) -> Result<E::Reply, Problem> {
    serde_json::from_str(&text(request).await?).map_err(unreadable)
}

/// Calls an endpoint for the reply as it was written.
pub async fn text<E: Endpoint>(request: E) -> Result<String, Problem> {
    send(&checked(&request)?).await
}

/// Calls an endpoint once, without a renewal of the session.
pub async fn once_of<E: Endpoint>(request: E) -> Result<E::Reply, Problem> {
    serde_json::from_str(&send_once(&checked(&request)?).await?).map_err(unreadable)
}

/// The address of a request that passes the checks of its own type.
pub fn checked<E: Endpoint>(request: &E) -> Result<Address, Problem> {
    if let Err(errors) = request.validate() {
        return Err(Problem::new(422, code::MALFORMED, "填写的内容不合要求", messages(&errors)));
    }
    address(request).map_err(unreadable)
}

/// Sends a request, as often as its session has to be renewed. Not generic: one copy serves every endpoint.
pub async fn send(address: &Address) -> Result<String, Problem> {
    loop {
        match send_once(address).await {
            Err(problem) if problem.code == code::SIGN_IN && session::renewed().await => {}
            outcome => return outcome,
        }
    }
}

/// Sends a request once, whatever becomes of its session.
async fn send_once(address: &Address) -> Result<String, Problem> {
    let method = match address.method {
        Method::Get => gloo_net::http::Method::GET,
        Method::Post => gloo_net::http::Method::POST,
    };
    let patience = AbortController::new().ok();
    let signal = patience.as_ref().map(AbortController::signal);
    // Dropped with the answer, which cancels it.
    let _patience = patience.map(|patience| Timeout::new(PATIENCE_MS, move || patience.abort()));
    let builder = RequestBuilder::new(&address.path)
        .method(method)
        .header("accept", "application/json")
        .abort_signal(signal.as_ref());
    let request = match &address.body {
        Some(body) => builder.header("content-type", "application/json").body(body.as_str()),
        None => builder.build(),
    };
    let response = match request {
        Ok(request) => request.send().await,
        Err(error) => Err(error),
    };
    written(response.map_err(|_| unreached())?).await
}

/// The reply of a response or the problem it carries.
pub async fn read<Reply: DeserializeOwned>(response: Response) -> Result<Reply, Problem> {
    serde_json::from_str(&written(response).await?).map_err(unreadable)
}

/// The text of a reply. What is neither a reply nor a problem does not come from our server (a network's sign-in page,
/// a proxy's error page) and counts as not reached.
async fn written(response: Response) -> Result<String, Problem> {
    let kind = response.headers().get("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or("").trim().to_string();
    let text = response.text().await.map_err(|_| unreached())?;
    if kind == problem::CONTENT_TYPE {
        return Err(serde_json::from_str(&text).unwrap_or_else(unreadable));
    }
    if !response.ok() || kind != "application/json" {
        return Err(unreached());
    }
    Ok(text)
}

fn unreached() -> Problem {
    let detail = "连不上服务器，请检查网络；已填写的内容保存在本机，连通后自动送达。";
    Problem::new(0, code::UNREACHED, "网络不通", detail)
}

/// The page and the server speak different versions.
pub fn unreadable(error: serde_json::Error) -> Problem {
    let detail = format!("页面与服务器的版本不一致，请刷新页面；已填写的内容保存在本机。（{error}）");
    Problem::new(500, code::INTERNAL, "无法识别服务器的答复", detail)
}

/// The messages of a request type's own checks, in one line.
fn messages(errors: &ValidationErrors) -> String {
    let mut texts: Vec<String> = Vec::new();
    for error in errors.field_errors().values().flat_map(|errors| errors.iter()) {
        texts.push(error.message.as_ref().map_or_else(|| error.code.to_string(), ToString::to_string));
    }
    texts.join("；")
}
