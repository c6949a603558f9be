//! 授权码: what OpenID Connect and OAuth 2.0 share of the authorization code grant (RFC 6749, RFC 7636).

use super::http_client::unavailable;
use super::{AttemptSecrets, refused};
use crate::kernel::failure::Failure;
use ::oauth2::basic::BasicErrorResponse;
use ::oauth2::{PkceCodeChallenge, PkceCodeVerifier, RequestTokenError};
use std::io;

/// What the attempt proves itself by when it exchanges its code.
pub(super) fn verifier(secrets: &AttemptSecrets) -> PkceCodeVerifier {
    PkceCodeVerifier::new(secrets.verifier.clone())
}

/// S256 of the verifier, which the browser takes to the provider.
pub(super) fn challenge(secrets: &AttemptSecrets) -> PkceCodeChallenge {
    PkceCodeChallenge::from_code_verifier_sha256(&verifier(secrets))
}

/// Why a code was not exchanged for tokens.
pub(super) fn exchange_failure(error: RequestTokenError<io::Error, BasicErrorResponse>) -> Failure {
    match error {
        RequestTokenError::ServerResponse(answer) => {
            tracing::info!(%answer, "the provider refused a code");
            refused("认证服务没有接受这次登录（授权码已用过或已过期）").into()
        }
        RequestTokenError::Parse(error, _) => {
            tracing::warn!(%error, "no tokens that can be read");
            refused("认证服务给出的令牌不能读取").into()
        }
        other => unavailable(&chain(&other)),
    }
}

/// An error with its causes.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}
