//! 认证服务的设置: which services outside the operator has set up.

use super::oauth2::Oauth2Settings;
use std::fmt;
use std::time::Duration;

/// Which services are set up.
#[derive(Clone, Debug)]
pub struct SsoSettings {
    pub oidc: Option<OidcSettings>,
    pub cas: Option<CasSettings>,
    pub oauth2: Option<Oauth2Settings>,
    /// Longest wait for an answer of a service.
    pub timeout: Duration,
}

impl Default for SsoSettings {
    fn default() -> SsoSettings {
        SsoSettings { oidc: None, cas: None, oauth2: None, timeout: Duration::from_secs(10) }
    }
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

impl fmt::Debug for OidcSettings {
    /// Leaves out the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcSettings").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

#[derive(Clone, Debug)]
pub struct CasSettings {
    /// Address before `/login`.
    pub server: String,
    pub label: Option<String>,
}
