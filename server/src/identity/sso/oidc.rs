//! OpenID Connect: authorization code with PKCE. The library verifies the ID token: its signature by the keys of the
//! provider, issuer, audience, time and nonce.

use super::code_grant::{self, chain};
use super::http_client::unavailable;
use super::provider::Service;
use super::settings::OidcSettings;
use super::{AttemptSecrets, Identity, Returned, refused};
use crate::kernel::failure::Failure;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreIdTokenVerifier, CoreJwsSigningAlgorithm,
};
use openidconnect::{
    AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IssuerUrl, LogoutRequest, Nonce, PostLogoutRedirectUrl,
    ProviderMetadataWithLogout, RedirectUrl, TokenResponse,
};
use shared::api::sso::SsoProtocol;
use shared::kernel::refusal::Refusal;

type ReadyClient = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What a provider signs with. A secret that client and provider share is no signature, and `none` is none.
const SIGNED_BY: [CoreJwsSigningAlgorithm; 6] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// What the provider says of itself now: keys that it has changed are known at once.
async fn metadata(service: &Service<OidcSettings>) -> Result<ProviderMetadataWithLogout, Failure> {
    let issuer = IssuerUrl::new(service.settings.issuer.clone()).map_err(|error| unavailable(&error))?;
    let found = ProviderMetadataWithLogout::discover_async(issuer, &service.http).await;
    found.map_err(|error| unavailable(&chain(&error)))
}

fn client(
    service: &Service<OidcSettings>,
    metadata: ProviderMetadataWithLogout,
) -> Result<ReadyClient, Failure> {
    let id = ClientId::new(service.settings.client_id.clone());
    let secret = service.settings.client_secret.clone().map(ClientSecret::new);
    let back = RedirectUrl::new(service.back(SsoProtocol::Oidc)).map_err(anyhow::Error::from)?;
    Ok(CoreClient::from_provider_metadata(metadata, id, secret).set_redirect_uri(back))
}

/// Where the browser goes to be recognised.
pub(super) async fn authorize_address(
    service: &Service<OidcSettings>,
    secrets: &AttemptSecrets,
) -> Result<String, Failure> {
    let client = client(service, metadata(service).await?)?;
    let (state, nonce) = (secrets.state.clone(), secrets.nonce.clone());
    let (address, _, _) = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            move || CsrfToken::new(state),
            move || Nonce::new(nonce),
        )
        .set_pkce_challenge(code_grant::challenge(secrets))
        .url();
    Ok(address.to_string())
}

/// The person who came back with a code.
pub(super) async fn identity(
    service: &Service<OidcSettings>,
    secrets: &AttemptSecrets,
    returned: &Returned<'_>,
) -> Result<Identity, Failure> {
    let issuer = &service.settings.issuer;
    if returned.issuer.is_some_and(|named| named != issuer) {
        return Err(refused("返回的不是所配置的认证服务（iss）").into());
    }
    let client = client(service, metadata(service).await?)?;
    let code = AuthorizationCode::new(returned.proof.to_string());
    let exchange = client.exchange_code(code).map_err(|error| unavailable(&error))?;
    let exchange = exchange.set_pkce_verifier(code_grant::verifier(secrets));
    let answer = exchange.request_async(&service.http).await.map_err(code_grant::exchange_failure)?;
    let id_token = answer.id_token().ok_or_else(|| refused("认证服务没有给出身份令牌"))?;
    let verifier = client.id_token_verifier().set_allowed_algs(SIGNED_BY);
    let subject = verified_subject(id_token, &verifier, &Nonce::new(secrets.nonce.clone()))?;
    Ok(Identity { issuer: issuer.clone(), subject, person: None })
}

fn verified_subject(
    id_token: &CoreIdToken,
    verifier: &CoreIdTokenVerifier<'_>,
    nonce: &Nonce,
) -> Result<String, Refusal> {
    let claims = id_token.claims(verifier, nonce).map_err(|error| {
        tracing::info!(error = %chain(&error), "an ID token was refused");
        refused(match error {
            ClaimsVerificationError::Expired(_) => "身份令牌已过期",
            ClaimsVerificationError::InvalidAudience(_) => "身份令牌不是发给本系统的（aud）",
            ClaimsVerificationError::InvalidIssuer(_) => "身份令牌不是所配置的认证服务签发的（iss）",
            ClaimsVerificationError::InvalidNonce(_) => "身份令牌不是为这次登录签发的（nonce）",
            ClaimsVerificationError::SignatureVerification(_) => "身份令牌的签名不能确认",
            _ => "身份令牌不合要求",
        })
    })?;
    Ok(claims.subject().to_string())
}

/// Where the session at the provider ends; `None` when it has no such address or does not answer.
pub(super) async fn leave_address(service: &Service<OidcSettings>) -> Option<String> {
    let metadata = metadata(service).await.ok()?;
    let end = metadata.additional_metadata().end_session_endpoint.clone()?;
    let back = PostLogoutRedirectUrl::new(format!("{}/", service.site)).ok()?;
    let request = LogoutRequest::from(end)
        .set_client_id(ClientId::new(service.settings.client_id.clone()))
        .set_post_logout_redirect_uri(back);
    Some(request.http_get_url().to_string())
}
