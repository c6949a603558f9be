//! 认证服务: which services outside are set up, and how they are reached.

use crate::kernel::failure::Failure;
use anyhow::{Context, ensure};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use shared::api::problem::{Problem, code};
use shared::api::sso::{SsoOffer, SsoProtocol};
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::time::Duration;

/// Longest wait for an answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Largest answer, in bytes.
const LARGEST: usize = 256 * 1024;

/// Which services are set up.
#[derive(Clone, Debug, Default)]
pub struct SsoSettings {
    pub oidc: Option<OidcSettings>,
    pub cas: Option<CasSettings>,
}

#[derive(Clone)]
pub struct OidcSettings {
    /// As the provider writes it in its tokens.
    pub issuer: String,
    pub client_id: String,
    /// `None` for a public client.
    pub client_secret: Option<String>,
    /// What the office calls it.
    pub label: Option<String>,
}

impl std::fmt::Debug for OidcSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OidcSettings").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

#[derive(Clone, Debug)]
pub struct CasSettings {
    /// Address before `/login`.
    pub server: String,
    pub label: Option<String>,
}

/// The services as the server uses them.
#[derive(Default)]
pub struct Sso {
    oidc: Option<Service<OidcSettings>>,
    cas: Option<Service<CasSettings>>,
}

/// A service outside, and where it leads browsers back to.
pub struct Service<S> {
    pub settings: S,
    /// Address of this site, without a slash at its end.
    pub site: String,
    pub(super) http: HttpClient,
}

/// Reaches a service outside.
pub(super) struct HttpClient(reqwest::Client);

impl Sso {
    /// # Errors
    /// Settings that cannot be used: without an address of this site, or a service that is not reached encrypted.
    pub fn new(settings: &SsoSettings, public_url: Option<&str>) -> anyhow::Result<Sso> {
        if settings.oidc.is_none() && settings.cas.is_none() {
            return Ok(Sso::default());
        }
        let site = public_url.context("单点登录要回到本系统，请以 --public-url 写明浏览器访问的地址")?;
        let site = site.trim_end_matches('/').to_string();
        let oidc = settings.oidc.clone().map(|settings| {
            require_encrypted(&settings.issuer)?;
            Service::new(settings, &site)
        });
        let cas = settings.cas.clone().map(|settings| {
            require_encrypted(&settings.server)?;
            let server = settings.server.trim_end_matches('/').to_string();
            Service::new(CasSettings { server, ..settings }, &site)
        });
        Ok(Sso { oidc: oidc.transpose()?, cas: cas.transpose()? })
    }

    pub(super) fn oidc(&self) -> Result<&Service<OidcSettings>, Failure> {
        self.oidc.as_ref().ok_or_else(not_set_up)
    }

    pub(super) fn cas(&self) -> Result<&Service<CasSettings>, Failure> {
        self.cas.as_ref().ok_or_else(not_set_up)
    }

    /// The services for the sign-in page.
    pub fn offers(&self) -> Vec<SsoOffer> {
        let offer = |protocol: SsoProtocol, label: &Option<String>| SsoOffer {
            protocol,
            label: label.clone().unwrap_or_else(|| protocol.label().to_string()),
        };
        let oidc = self.oidc.as_ref().map(|service| offer(SsoProtocol::Oidc, &service.settings.label));
        let cas = self.cas.as_ref().map(|service| offer(SsoProtocol::Cas, &service.settings.label));
        oidc.into_iter().chain(cas).collect()
    }

    /// The address that a subject of this protocol is stored under.
    ///
    /// # Errors
    /// Problem 422 where the protocol is not set up.
    pub fn issuer(&self, protocol: SsoProtocol) -> Result<&str, Failure> {
        Ok(match protocol {
            SsoProtocol::Oidc => &self.oidc()?.settings.issuer,
            SsoProtocol::Cas => &self.cas()?.settings.server,
        })
    }

    /// The protocol of a stored address; `None` where its service is not set up any more.
    pub fn protocol(&self, issuer: &str) -> Option<SsoProtocol> {
        SsoProtocol::ALL
            .into_iter()
            .find(|protocol| self.issuer(*protocol).is_ok_and(|known| known == issuer))
    }
}

fn not_set_up() -> Failure {
    Failure::malformed(422, "本系统没有启用这种单点登录。")
}

/// Whoever stands between could name anybody; only on this machine nobody does.
fn require_encrypted(address: &str) -> anyhow::Result<()> {
    let url = reqwest::Url::parse(address).with_context(|| format!("认证服务的地址不对：{address}"))?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let local = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    ensure!(url.scheme() == "https" || local, "认证服务须以 https 访问：{address}");
    Ok(())
}

impl<S> Service<S> {
    fn new(settings: S, site: &str) -> anyhow::Result<Service<S>> {
        // The first that asks for TLS chooses; all choose ring.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // A redirect could lead into the network of the server.
        let client = reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none());
        Ok(Service { settings, site: site.to_string(), http: HttpClient(client.build()?) })
    }

    /// Where the service leads a browser back to.
    pub(super) fn back(&self, protocol: SsoProtocol) -> String {
        format!("{}/sso/{}", self.site, protocol.word())
    }
}

impl HttpClient {
    /// Sends a request and reads its answer, up to the largest one.
    pub(super) async fn send(&self, request: HttpRequest) -> io::Result<HttpResponse> {
        let request = reqwest::Request::try_from(request).map_err(io::Error::other)?;
        let mut answer = self.0.execute(request).await.map_err(failed)?;
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(failed)? {
            body.extend_from_slice(&piece);
            if body.len() > LARGEST {
                return Err(io::Error::other("the answer is too large"));
            }
        }
        let mut response = HttpResponse::new(body);
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        Ok(response)
    }
}

/// As the library calls it.
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
pub(super) fn away(error: &dyn std::fmt::Display) -> Failure {
    tracing::warn!(%error, "single sign-on");
    let detail = "统一认证服务没有正常回应，请稍后重试，或用账号和密码登录；一直如此请告知系统管理员。";
    let problem = Problem::new(503, code::TRY_LATER, "认证服务暂时不可用", detail);
    Problem { retry_after: Some(5), ..problem }.into()
}
