//! How services outside are asked: for a limited time, a limited answer, and at no other address than the one configured.

use crate::kernel::failure::Failure;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http};
use shared::api::problem::{Problem, code};
use std::io;
use std::pin::Pin;
use std::time::Duration;

/// Largest answer, in bytes.
const LARGEST: usize = 256 * 1024;

/// Reaches a service outside.
pub(super) struct HttpClient(reqwest::Client);

impl HttpClient {
    /// `timeout`: longest wait for a whole answer.
    pub(super) fn new(timeout: Duration) -> anyhow::Result<HttpClient> {
        // The first that asks for TLS chooses; all choose ring.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // A redirect could lead into the network of the server.
        let client = reqwest::Client::builder().timeout(timeout).redirect(reqwest::redirect::Policy::none());
        Ok(HttpClient(client.build()?))
    }

    /// Sends a request and reads its answer, up to the largest one. A redirect and an error of the service are no answers.
    async fn send(&self, request: HttpRequest) -> io::Result<HttpResponse> {
        let request = reqwest::Request::try_from(request).map_err(io::Error::other)?;
        let mut answer = self.0.execute(request).await.map_err(failed)?;
        let status = answer.status();
        if status.is_redirection() || status.is_server_error() {
            return Err(io::Error::other(format!("the service answers {status}")));
        }
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(failed)? {
            body.extend_from_slice(&piece);
            if body.len() > LARGEST {
                return Err(io::Error::other("the answer is too large"));
            }
        }
        let mut response = HttpResponse::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = answer.headers().clone();
        Ok(response)
    }

    /// What the service has at `address`, for the bearer of an access token where one is needed.
    pub(super) async fn get(&self, address: &str, bearer: Option<&str>) -> Result<Vec<u8>, Failure> {
        let mut request = http::Request::get(address);
        if let Some(token) = bearer {
            request = request.header("authorization", format!("Bearer {token}"));
            request = request.header("accept", "application/json");
        }
        let request = request.body(Vec::new()).map_err(|error| unavailable(&error))?;
        let answer = self.send(request).await.map_err(|error| unavailable(&error))?;
        match answer.status().is_success() {
            true => Ok(answer.into_body()),
            false => Err(unavailable(&answer.status())),
        }
    }
}

/// As the libraries call it.
impl<'c> AsyncHttpClient<'c> for HttpClient {
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<HttpResponse>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

fn failed(error: reqwest::Error) -> io::Error {
    io::Error::other(error.without_url())
}

/// The service does not answer, or answers what no such service does.
pub(super) fn unavailable(error: &dyn std::fmt::Display) -> Failure {
    tracing::warn!(%error, "single sign-on");
    let detail = "统一认证服务没有正常回应，请稍后重试，或用账号和密码登录；一直如此请告知系统管理员。";
    let problem = Problem::new(503, code::TRY_LATER, "认证服务暂时不可用", detail);
    Problem { retry_after: Some(5), ..problem }.into()
}
