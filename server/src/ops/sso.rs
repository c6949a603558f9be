//! 单点登录: how the operator sets it up.

mod check;
mod mapping_file;

pub use check::CheckSsoArguments;

use crate::identity::sso::{CasSettings, OidcSettings, SsoSettings};
use clap::Args;
use mapping_file::read_secret;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Args)]
pub struct SsoArguments {
    /// 统一身份认证（OpenID Connect）的签发者地址，与其令牌中的 iss 一字不差；不写时不启用。回调地址为 --public-url 加 /sso/oidc
    #[arg(long, env = "OMFUND_OIDC_ISSUER", requires = "oidc_client_id")]
    oidc_issuer: Option<String>,
    /// 在统一身份认证登记的客户端编号
    #[arg(long, env = "OMFUND_OIDC_CLIENT_ID")]
    oidc_client_id: Option<String>,
    /// 存放客户端密钥的文件（仅本服务可读）；公开客户端不写
    #[arg(long, env = "OMFUND_OIDC_CLIENT_SECRET_FILE", requires = "oidc_issuer")]
    oidc_client_secret_file: Option<PathBuf>,
    /// 登录页上的名称，如 “山西省统一身份认证”
    #[arg(long, env = "OMFUND_OIDC_LABEL")]
    oidc_label: Option<String>,
    /// CAS 服务地址（/login 之前的部分）；不写时不启用。回调地址为 --public-url 加 /sso/cas
    #[arg(long, env = "OMFUND_CAS_SERVER")]
    cas_server: Option<String>,
    /// CAS 在登录页上的名称
    #[arg(long, env = "OMFUND_CAS_LABEL")]
    cas_label: Option<String>,
    /// OAuth2 统一认证的对应关系文件（JSON），写法见管理员手册；不写时不启用。回调地址为 --public-url 加 /sso/oauth2
    #[arg(long, env = "OMFUND_OAUTH2")]
    oauth2: Option<PathBuf>,
    /// 最多等认证服务应答多少秒
    #[arg(long, env = "OMFUND_SSO_TIMEOUT", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=60))]
    sso_timeout: u64,
}

impl SsoArguments {
    /// # Errors
    /// A file with a secret or a mapping cannot be used.
    pub fn settings(self) -> anyhow::Result<SsoSettings> {
        let secret = self.oidc_client_secret_file.map(|file| read_secret(&file)).transpose()?;
        let oidc = self.oidc_issuer.zip(self.oidc_client_id).map(|(issuer, client_id)| OidcSettings {
            issuer,
            client_id,
            client_secret: secret,
            label: self.oidc_label,
        });
        let cas = self.cas_server.map(|server| CasSettings { server, label: self.cas_label });
        let oauth2 = self.oauth2.map(|file| mapping_file::read(&file)).transpose()?;
        Ok(SsoSettings { oidc, cas, oauth2, timeout: Duration::from_secs(self.sso_timeout) })
    }
}
