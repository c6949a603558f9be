//! 单点登录: how the operator sets it up.

use crate::identity::sso::{CasSettings, OidcSettings, SsoSettings};
use anyhow::Context;
use clap::Args;
use std::fs;
use std::path::PathBuf;

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
}

impl SsoArguments {
    /// # Errors
    /// The file with the secret cannot be read.
    pub fn settings(self) -> anyhow::Result<SsoSettings> {
        let secret = |file: PathBuf| {
            let text = fs::read_to_string(&file);
            text.with_context(|| format!("读不到客户端密钥文件 {}", file.display()))
        };
        let secret = self.oidc_client_secret_file.map(secret).transpose()?;
        let oidc = self.oidc_issuer.zip(self.oidc_client_id).map(|(issuer, client_id)| OidcSettings {
            issuer,
            client_id,
            client_secret: secret.map(|text| text.trim().to_string()),
            label: self.oidc_label,
        });
        let cas = self.cas_server.map(|server| CasSettings { server, label: self.cas_label });
        Ok(SsoSettings { oidc, cas })
    }
}
