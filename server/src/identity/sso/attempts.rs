//! 一次单点登录: from its begin at this site to the account that the service has named. It belongs to the browser that began
//! it, serves once and runs out.

use super::matching::find_account;
use super::provider::Provider;
use super::rows::{self, AttemptRow, SubjectRow};
use super::{AttemptSecrets, Returned, linked_elsewhere, refused};
use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::kernel::token;
use shared::api::sso::{FinishSso, SsoBegun, SsoProtocol};
use sqlx::AnyConnection;

/// Seconds until an attempt runs out.
const ATTEMPT_SECONDS: i64 = 600;

/// The account that a service outside has named to an attempt.
pub struct NamedAccount {
    pub account: String,
    pub protocol: SsoProtocol,
    /// Its first use, which only the local password confirms.
    pub needs_password: bool,
    attempt_hash: String,
    /// What the sign-in binds to the account.
    link: Option<SubjectRow>,
}

impl NamedAccount {
    /// Uses the attempt up and makes the binding of a first use; whether it made one.
    ///
    /// # Errors
    /// ACT-41 when it has served meanwhile, ACT-42 when subject or account were bound otherwise meanwhile.
    pub async fn use_up(&self, context: &Context, connection: &mut AnyConnection) -> Result<bool, Failure> {
        if !rows::delete_attempt(connection, &self.attempt_hash).await? {
            return Err(refused("这次单点登录已经用过").into());
        }
        let Some(link) = &self.link else { return Ok(false) };
        let owner = rows::owner_of(context, connection, &link.issuer, &link.subject).await?;
        if owner.as_ref() == Some(&self.account) {
            return Ok(false);
        }
        match rows::link(context, connection, link).await? {
            true => Ok(true),
            false => Err(linked_elsewhere(&link.subject).into()),
        }
    }
}

/// Notes what the browser takes to the service, and where it goes.
pub(super) async fn start(context: &Context, protocol: SsoProtocol) -> Result<SsoBegun, Failure> {
    let secrets =
        AttemptSecrets { state: token::fresh()?, nonce: token::fresh()?, verifier: token::fresh()? };
    let address = context.sso.provider(protocol)?.authorize_address(&secrets).await?;
    let attempt = token::fresh()?;
    let now = context.clock().seconds();
    let row = AttemptRow {
        attempt_hash: token::hashed(&attempt),
        protocol: protocol.word().to_string(),
        state: secrets.state,
        nonce: secrets.nonce,
        verifier: secrets.verifier,
        account: None,
        link_subject: None,
        created: now,
    };
    let mut write = context.db.write("sso").await?;
    rows::delete_old_attempts(write.connection(), now - ATTEMPT_SECONDS).await?;
    rows::insert_attempt(context, write.connection(), &row).await?;
    write.commit_unaudited().await?;
    Ok(SsoBegun { address, attempt })
}

/// What comes back is asked of the service once: then the attempt names its account, or is over.
pub(super) async fn named_account(context: &Context, request: &FinishSso) -> Result<NamedAccount, Failure> {
    let row = take(context, &request.attempt).await?;
    if row.state != request.state {
        return Err(refused("返回的登录状态（state）与开始时不符").into());
    }
    let protocol = SsoProtocol::ALL.into_iter().find(|protocol| protocol.word() == row.protocol);
    let protocol = protocol.ok_or_else(|| anyhow::anyhow!("an attempt by {}", row.protocol))?;
    let provider = context.sso.provider(protocol)?;
    let row = if row.account.is_none() { ask_provider(context, provider, request, row).await? } else { row };
    let account = row.account.ok_or_else(|| anyhow::anyhow!("an answered attempt names no account"))?;
    let link = match row.link_subject {
        Some(subject) => {
            let issuer = context.sso.issuer(protocol)?.to_string();
            Some(SubjectRow { issuer, subject, account: account.clone() })
        }
        None => None,
    };
    let needs_password = link.is_some() && !provider.is_authoritative();
    Ok(NamedAccount { account, protocol, needs_password, attempt_hash: row.attempt_hash, link })
}

/// The attempt of a browser; one that the service has not answered yet is deleted, so that nothing is asked twice.
async fn take(context: &Context, attempt: &str) -> Result<AttemptRow, Failure> {
    let attempt_hash = token::hashed(attempt);
    let now = context.clock().seconds();
    let mut write = context.db.write("sso").await?;
    let found = rows::find_attempt(context, write.connection(), &attempt_hash).await?;
    let found = found.filter(|row| now - row.created <= ATTEMPT_SECONDS);
    let row = found.ok_or_else(|| refused("这次单点登录已经用过、已超时，或不是在这个浏览器开始的"))?;
    if row.account.is_none() {
        rows::delete_attempt(write.connection(), &attempt_hash).await?;
    }
    write.commit_unaudited().await?;
    Ok(row)
}

/// The attempt with the account that the service names now, stored so that a password or code can follow.
async fn ask_provider(
    context: &Context,
    provider: Provider<'_>,
    request: &FinishSso,
    row: AttemptRow,
) -> Result<AttemptRow, Failure> {
    let secrets = AttemptSecrets { state: row.state, nonce: row.nonce, verifier: row.verifier };
    let returned = Returned { proof: &request.proof, issuer: request.issuer.as_deref() };
    let identity = provider.identity(&secrets, &returned).await?;
    let mut write = context.db.write("sso").await?;
    let found = find_account(context, write.connection(), &identity).await?;
    let row = AttemptRow {
        state: secrets.state,
        nonce: String::new(),
        verifier: String::new(),
        account: Some(found.account),
        link_subject: found.link.map(|link| link.subject),
        ..row
    };
    rows::insert_attempt(context, write.connection(), &row).await?;
    write.commit_unaudited().await?;
    Ok(row)
}
