//! OAuth 2.0 by a mapping: authorization code with PKCE, then the user information, in which the mapping says where number
//! and name of the person are.

mod decryption;
mod json_path;
mod mapping;
mod token_answer;

pub use decryption::{CipherAlgorithm, CipherMode, CipherText, Decryption};
pub use json_path::JsonPath;
pub use mapping::{NamedPerson, Oauth2Settings};

use super::provider::{Service, subject_key};
use super::{AttemptSecrets, Identity, Returned, code_grant, refused};
use crate::kernel::failure::Failure;
use ::oauth2::{
    AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    RedirectUrl, Scope, StandardRevocableToken, TokenUrl, basic,
};
use shared::api::sso::SsoProtocol;
use token_answer::TokenAnswer;

type ReadyClient = Client<
    basic::BasicErrorResponse,
    TokenAnswer,
    basic::BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    basic::BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

fn client(service: &Service<Oauth2Settings>) -> anyhow::Result<ReadyClient> {
    let settings = &service.settings;
    let client = Client::new(ClientId::new(settings.client_id.clone()))
        .set_auth_uri(AuthUrl::new(settings.authorize.clone())?)
        .set_token_uri(TokenUrl::new(settings.token.clone())?)
        .set_redirect_uri(RedirectUrl::new(service.back(SsoProtocol::Oauth2))?);
    Ok(match &settings.client_secret {
        Some(secret) => client.set_client_secret(ClientSecret::new(secret.clone())),
        None => client,
    })
}

/// Where the browser goes to be recognised.
pub(super) fn authorize_address(
    service: &Service<Oauth2Settings>,
    secrets: &AttemptSecrets,
) -> Result<String, Failure> {
    let (client, state) = (client(service)?, secrets.state.clone());
    let scopes = service.settings.scope.as_deref().unwrap_or_default().split_whitespace();
    let mut request = client
        .authorize_url(move || CsrfToken::new(state))
        .add_scopes(scopes.map(|scope| Scope::new(scope.to_string())));
    if service.settings.pkce {
        request = request.set_pkce_challenge(code_grant::challenge(secrets));
    }
    let (address, _) = request.url();
    Ok(address.to_string())
}

/// The person who came back with a code.
pub(super) async fn identity(
    service: &Service<Oauth2Settings>,
    secrets: &AttemptSecrets,
    returned: &Returned<'_>,
) -> Result<Identity, Failure> {
    let (client, settings) = (client(service)?, &service.settings);
    let mut exchange = client.exchange_code(AuthorizationCode::new(returned.proof.to_string()));
    if settings.pkce {
        exchange = exchange.set_pkce_verifier(code_grant::verifier(secrets));
    }
    let answer = exchange.request_async(&service.http).await.map_err(code_grant::exchange_failure)?;
    let body = service.http.get(&settings.userinfo, Some(answer.access_token.secret())).await?;
    let person = settings.person(&body).map_err(|error| {
        tracing::warn!(error = %format!("{error:#}"), "user information that does not fit the mapping");
        refused("认证服务返回的用户信息中读不出人员编号和姓名")
    })?;
    let subject = subject_key(SsoProtocol::Oauth2, &person.id);
    Ok(Identity { issuer: settings.userinfo.clone(), subject, person: Some(person) })
}
