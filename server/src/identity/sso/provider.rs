//! 认证服务: the services outside that are set up, and what each protocol can be asked.

use super::http_client::HttpClient;
use super::oauth2::{self, Oauth2Settings};
use super::settings::{CasSettings, OidcSettings, SsoSettings};
use super::{AttemptSecrets, Identity, Returned, cas, oidc};
use crate::kernel::failure::Failure;
use anyhow::{Context, ensure};
use shared::api::sso::{SsoOffer, SsoProtocol};
use shared::policy::accounts::person::person_id;
use std::net::IpAddr;
use std::time::Duration;

/// The services as the server uses them.
#[derive(Default)]
pub struct Sso {
    oidc: Option<Service<OidcSettings>>,
    cas: Option<Service<CasSettings>>,
    oauth2: Option<Service<Oauth2Settings>>,
}

/// A service outside, and where it leads browsers back to.
pub(super) struct Service<S> {
    pub(super) settings: S,
    /// Address of this site, without a slash at its end.
    pub(super) site: String,
    pub(super) http: HttpClient,
}

/// One of the services, by its protocol.
#[derive(Clone, Copy)]
pub(super) enum Provider<'a> {
    Oidc(&'a Service<OidcSettings>),
    Cas(&'a Service<CasSettings>),
    Oauth2(&'a Service<Oauth2Settings>),
}

impl Sso {
    /// # Errors
    /// Settings that cannot be used: without an address of this site, or a service that is not reached encrypted.
    pub fn new(settings: &SsoSettings, public_url: Option<&str>) -> anyhow::Result<Sso> {
        let SsoSettings { oidc, cas, oauth2, timeout } = settings.clone();
        if oidc.is_none() && cas.is_none() && oauth2.is_none() {
            return Ok(Sso::default());
        }
        let site = public_url.context("单点登录要回到本系统，请以 --public-url 写明浏览器访问的地址")?;
        let site = site.trim_end_matches('/');
        let oidc = oidc.map(|settings| {
            require_encrypted(&settings.issuer)?;
            Service::new(settings, site, timeout)
        });
        let cas = cas.map(|settings| {
            require_encrypted(&settings.server)?;
            let server = settings.server.trim_end_matches('/').to_string();
            Service::new(CasSettings { server, ..settings }, site, timeout)
        });
        let oauth2 = oauth2.map(|settings| {
            settings.addresses().try_for_each(require_encrypted)?;
            Service::new(settings, site, timeout)
        });
        Ok(Sso { oidc: oidc.transpose()?, cas: cas.transpose()?, oauth2: oauth2.transpose()? })
    }

    /// # Errors
    /// Problem 422 where the protocol is not set up.
    pub(super) fn provider(&self, protocol: SsoProtocol) -> Result<Provider<'_>, Failure> {
        let provider = match protocol {
            SsoProtocol::Oidc => self.oidc.as_ref().map(Provider::Oidc),
            SsoProtocol::Cas => self.cas.as_ref().map(Provider::Cas),
            SsoProtocol::Oauth2 => self.oauth2.as_ref().map(Provider::Oauth2),
        };
        provider.ok_or_else(|| Failure::malformed(422, "本系统没有启用这种单点登录。"))
    }

    /// The services for the sign-in page.
    pub fn offers(&self) -> Vec<SsoOffer> {
        let offer = |protocol: SsoProtocol| {
            let label = self.provider(protocol).ok()?.label().unwrap_or(protocol.label());
            Some(SsoOffer { protocol, label: label.to_string() })
        };
        SsoProtocol::ALL.into_iter().filter_map(offer).collect()
    }

    /// The address that a subject of this protocol is stored under.
    ///
    /// # Errors
    /// Problem 422 where the protocol is not set up.
    pub fn issuer(&self, protocol: SsoProtocol) -> Result<&str, Failure> {
        Ok(self.provider(protocol)?.issuer())
    }

    /// The protocol of a stored address; `None` where its service is not set up any more.
    pub fn protocol(&self, issuer: &str) -> Option<SsoProtocol> {
        SsoProtocol::ALL
            .into_iter()
            .find(|protocol| self.issuer(*protocol).is_ok_and(|known| known == issuer))
    }
}

/// A subject in the form it is stored and compared in: a 人员编号 normalised, any other exactly as the service writes it.
pub fn subject_key(protocol: SsoProtocol, subject: &str) -> String {
    let number = if protocol == SsoProtocol::Oauth2 { person_id(subject) } else { None };
    number.unwrap_or_else(|| subject.to_string())
}

impl<'a> Provider<'a> {
    /// Where the browser goes to be recognised.
    pub(super) async fn authorize_address(self, secrets: &AttemptSecrets) -> Result<String, Failure> {
        match self {
            Provider::Oidc(service) => oidc::authorize_address(service, secrets).await,
            Provider::Cas(service) => cas::login_address(service, secrets),
            Provider::Oauth2(service) => oauth2::authorize_address(service, secrets),
        }
    }

    /// The person who came back from the service.
    pub(super) async fn identity(
        self,
        secrets: &AttemptSecrets,
        returned: &Returned<'_>,
    ) -> Result<Identity, Failure> {
        match self {
            Provider::Oidc(service) => oidc::identity(service, secrets, returned).await,
            Provider::Cas(service) => cas::identity(service, secrets, returned).await,
            Provider::Oauth2(service) => oauth2::identity(service, secrets, returned).await,
        }
    }

    /// Where the session at the service ends; `None` when it has no such address.
    pub(super) async fn leave_address(self) -> Option<String> {
        match self {
            Provider::Oidc(service) => oidc::leave_address(service).await,
            Provider::Cas(service) => cas::leave_address(service),
            Provider::Oauth2(service) => service.settings.logout.clone(),
        }
    }

    /// Whether its word alone opens an account that it names for the first time.
    pub(super) fn is_authoritative(self) -> bool {
        matches!(self, Provider::Oauth2(service) if service.settings.authoritative)
    }

    fn issuer(self) -> &'a str {
        match self {
            Provider::Oidc(service) => &service.settings.issuer,
            Provider::Cas(service) => &service.settings.server,
            Provider::Oauth2(service) => &service.settings.userinfo,
        }
    }

    fn label(self) -> Option<&'a str> {
        match self {
            Provider::Oidc(service) => service.settings.label.as_deref(),
            Provider::Cas(service) => service.settings.label.as_deref(),
            Provider::Oauth2(service) => service.settings.label.as_deref(),
        }
    }
}

/// Whoever stands between could name anybody; only on this machine nobody does.
pub fn require_encrypted(address: &str) -> anyhow::Result<()> {
    let url = reqwest::Url::parse(address).with_context(|| format!("认证服务的地址不对：{address}"))?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let local = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    ensure!(url.scheme() == "https" || local, "认证服务须以 https 访问：{address}");
    Ok(())
}

impl<S> Service<S> {
    fn new(settings: S, site: &str, timeout: Duration) -> anyhow::Result<Service<S>> {
        Ok(Service { settings, site: site.to_string(), http: HttpClient::new(timeout)? })
    }

    /// Where the service leads a browser back to.
    pub(super) fn back(&self, protocol: SsoProtocol) -> String {
        format!("{}/sso/{}", self.site, protocol.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_reached_encrypted_except_on_this_machine() {
        for right in
            ["https://sso.example.gov.cn/a", "http://127.0.0.1:80", "http://localhost/x", "http://[::1]:8"]
        {
            assert!(require_encrypted(right).is_ok(), "{right}");
        }
        for wrong in ["http://sso.example.gov.cn", "http://127.0.0.1.example.cn", "sso.example.gov.cn", ""] {
            assert!(require_encrypted(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_number_of_a_person_is_compared_normalised_and_other_subjects_as_they_are() {
        assert_eq!(subject_key(SsoProtocol::Oauth2, " ｐ-101 "), "P-101");
        assert_eq!(subject_key(SsoProtocol::Oauth2, "张三 01"), "张三 01");
        assert_eq!(subject_key(SsoProtocol::Oidc, "p-101"), "p-101");
    }
}
