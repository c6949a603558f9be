//! 单点登录: signing in by a service outside that knows the person. It never makes an account and never gives a post: it
//! opens the account that an order of two administrators bound to the person's subject there, or the one of the
//! 人员编号 that the service gives.

use super::session::Me;
use super::{Access, Endpoint, Method};
use crate::kernel::words::words;
use serde::{Deserialize, Serialize};
use validator::Validate;

words! {
    /// 认证协议.
    SsoProtocol {
        /// OpenID Connect: authorization code with PKCE.
        Oidc "oidc" "统一身份认证",
        /// CAS 3.0: a service ticket.
        Cas "cas" "CAS 统一认证",
        /// OAuth 2.0: authorization code, then the person by a mapping of the user information.
        Oauth2 "oauth2" "OAuth2 统一认证",
    }
}

/// 可用的单点登录, before anybody has signed in.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadSso {}

impl Endpoint for ReadSso {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/sso";
    const ACCESS: Access = Access::Open;
    type Reply = SsoOffers;
}

/// Empty where none is set up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SsoOffers {
    pub offers: Vec<SsoOffer>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SsoOffer {
    pub protocol: SsoProtocol,
    /// What the office calls the service.
    pub label: String,
}

/// 开始单点登录.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct BeginSso {
    pub protocol: SsoProtocol,
}

impl Endpoint for BeginSso {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/sso";
    const ACCESS: Access = Access::Open;
    type Reply = SsoBegun;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SsoBegun {
    /// Where the browser goes; the service leads it back to `/sso/{protocol}`.
    pub address: String,
    /// Stays in this browser: whoever comes back without it has not begun here.
    pub attempt: String,
}

/// 完成单点登录, with what the service gave the browser. Sent again with the password or a 动态口令 where the account needs
/// one.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct FinishSso {
    #[validate(length(min = 1, max = 128, message = "请从登录页重新开始单点登录"))]
    pub attempt: String,
    #[validate(length(max = 256, message = "请从登录页重新开始单点登录"))]
    pub state: String,
    /// The authorization code of OpenID Connect and OAuth 2.0, or the ticket of CAS.
    #[validate(length(max = 2048, message = "请从登录页重新开始单点登录"))]
    pub proof: String,
    /// `iss` of RFC 9207, where the service names itself.
    #[serde(default)]
    #[validate(length(max = 512, message = "请从登录页重新开始单点登录"))]
    pub issuer: Option<String>,
    /// The local password, at the first use of an account that the service names by its 人员编号.
    #[serde(default)]
    #[validate(length(max = 256, message = "密码不超过 256 个字符"))]
    pub password: Option<String>,
    /// 动态口令 or 恢复码.
    #[serde(default)]
    #[validate(length(max = 32, message = "动态口令为 6 位数字"))]
    pub code: Option<String>,
}

impl Endpoint for FinishSso {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/sso/session";
    const ACCESS: Access = Access::Open;
    type Reply = Me;
}

/// 认证主体: a person as a service outside names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct SsoSubject {
    pub protocol: SsoProtocol,
    /// `sub` of OpenID Connect, the user of CAS or the 人员编号 of OAuth 2.0, as the service writes it. Empty: unbinds.
    #[validate(length(max = 255, message = "认证标识不超过 255 个字符"))]
    pub subject: String,
}
