//! 单点登录: a service outside says who somebody is; which account that is, an order of two administrators states
//! (`accounts::subjects`). An attempt belongs to the browser that began it, serves once and runs out.

mod cas;
mod oidc;
mod provider;
mod rows;

pub use provider::{CasSettings, OidcSettings, Sso, SsoSettings};
pub use rows::{SubjectRow, all, link, owner_of, unlink};

use crate::context::{Context, Shared};
use crate::identity::sessions::{self, places};
use crate::identity::visitor::{SessionChange, Visitor};
use crate::kernel::failure::Failure;
use crate::kernel::token;
use rows::AttemptRow;
use shared::api::session::Me;
use shared::api::sso::{BeginSso, FinishSso, ReadSso, SsoBegun, SsoOffers, SsoProtocol};
use shared::kernel::refusal::Refusal;

/// Seconds until an attempt runs out.
const ATTEMPT_SECONDS: i64 = 600;

/// What a service outside is asked with, and what must come back.
struct AttemptSecrets {
    state: String,
    nonce: String,
    /// PKCE.
    verifier: String,
}

/// What came back from a service outside.
struct Returned<'a> {
    /// The authorization code or the ticket.
    proof: &'a str,
    issuer: Option<&'a str>,
}

/// `GET /api/sso`.
pub async fn offers(context: Shared, _: Visitor, _: ReadSso) -> Result<(SsoOffers, SessionChange), Failure> {
    Ok((SsoOffers { offers: context.sso.offers() }, SessionChange::None))
}

/// `POST /api/sso`.
pub async fn begin(
    context: Shared,
    visitor: Visitor,
    request: BeginSso,
) -> Result<(SsoBegun, SessionChange), Failure> {
    places::count_visit(&context, &visitor).await?;
    let secrets =
        AttemptSecrets { state: token::fresh()?, nonce: token::fresh()?, verifier: token::fresh()? };
    let address = match request.protocol {
        SsoProtocol::Oidc => oidc::authorize_address(context.sso.oidc()?, &secrets).await?,
        SsoProtocol::Cas => cas::login_address(context.sso.cas()?, &secrets)?,
    };
    let attempt = token::fresh()?;
    let now = context.clock().seconds();
    let row = AttemptRow {
        attempt_hash: token::hashed(&attempt),
        protocol: request.protocol.word().to_string(),
        state: secrets.state,
        nonce: secrets.nonce,
        verifier: secrets.verifier,
        account: None,
        created: now,
    };
    let mut write = context.db.write("sso").await?;
    rows::delete_old_attempts(write.connection(), now - ATTEMPT_SECONDS).await?;
    rows::insert_attempt(&context, write.connection(), &row).await?;
    write.commit_unaudited().await?;
    Ok((SsoBegun { address, attempt }, SessionChange::None))
}

/// `POST /api/sso/session`. Once the service has answered, the rules are those of a sign-in with the right password: the
/// account's state, its post, its lock and its second factor.
pub async fn finish(
    context: Shared,
    visitor: Visitor,
    request: FinishSso,
) -> Result<(Me, SessionChange), Failure> {
    places::count_visit(&context, &visitor).await?;
    let named = match named_account(&context, &request).await {
        Ok(named) => named,
        Err(failure) => {
            if failure.refusal_code().is_some() {
                sessions::refuse(&context, &visitor, "", false).await?;
            }
            return Err(failure);
        }
    };
    sessions::sign_in_by_sso(&context, &visitor, &named, request.code.as_deref()).await
}

/// The account that a service outside has named to an attempt.
pub struct NamedAccount {
    pub account: String,
    pub protocol: SsoProtocol,
    attempt_hash: String,
}

impl NamedAccount {
    /// Uses the attempt up.
    ///
    /// # Errors
    /// ACT-41 when it has served meanwhile.
    pub async fn use_up(&self, connection: &mut sqlx::AnyConnection) -> Result<(), Failure> {
        match rows::delete_attempt(connection, &self.attempt_hash).await? {
            true => Ok(()),
            false => Err(refused("这次单点登录已经用过").into()),
        }
    }
}

/// What comes back is asked of the service once: then the attempt names its account, or is over.
async fn named_account(context: &Context, request: &FinishSso) -> Result<NamedAccount, Failure> {
    let attempt_hash = token::hashed(&request.attempt);
    let now = context.clock().seconds();
    let mut write = context.db.write("sso").await?;
    let found = rows::find_attempt(context, write.connection(), &attempt_hash).await?;
    let found = found.filter(|row| now - row.created <= ATTEMPT_SECONDS);
    let row = found.ok_or_else(|| refused("这次单点登录已经用过、已超时，或不是在这个浏览器开始的"))?;
    if row.account.is_none() {
        rows::delete_attempt(write.connection(), &attempt_hash).await?;
    }
    write.commit_unaudited().await?;
    if row.state != request.state {
        return Err(refused("返回的登录状态（state）与开始时不符").into());
    }
    let protocol = SsoProtocol::ALL.into_iter().find(|protocol| protocol.word() == row.protocol);
    let protocol = protocol.ok_or_else(|| anyhow::anyhow!("an attempt by {}", row.protocol))?;
    if let Some(account) = row.account {
        return Ok(NamedAccount { account, protocol, attempt_hash });
    }
    let secrets = AttemptSecrets { state: row.state, nonce: row.nonce, verifier: row.verifier };
    let returned = Returned { proof: &request.proof, issuer: request.issuer.as_deref() };
    let (issuer, subject) = match protocol {
        SsoProtocol::Oidc => oidc::subject(context.sso.oidc()?, &secrets, &returned).await?,
        SsoProtocol::Cas => cas::subject(context.sso.cas()?, &secrets, &returned).await?,
    };
    let mut write = context.db.write("sso").await?;
    let account = rows::owner_of(context, write.connection(), &issuer, &subject).await?;
    let account = account.ok_or_else(|| not_bound(&subject))?;
    let row = AttemptRow {
        attempt_hash: attempt_hash.clone(),
        protocol: protocol.word().to_string(),
        state: secrets.state,
        nonce: String::new(),
        verifier: String::new(),
        account: Some(account.clone()),
        created: row.created,
    };
    rows::insert_attempt(context, write.connection(), &row).await?;
    write.commit_unaudited().await?;
    Ok(NamedAccount { account, protocol, attempt_hash })
}

/// ACT-41.
fn refused(why: &str) -> Refusal {
    Refusal::new("ACT-41", format!("{why}，未登录。请回到登录页重新开始单点登录，或用账号和密码登录。"))
}

/// ACT-40. The person reads the subject to the administrators, who bind it.
fn not_bound(subject: &str) -> Refusal {
    let message = format!(
        "认证已通过，但认证标识“{subject}”没有绑定本系统的账号。请把这个标识交给系统管理员或安全管理员办理“绑定单点登录”；此前请用账号和密码登录。"
    );
    Refusal::new("ACT-40", message)
}

/// Where the session of a service outside ends, after one begun by it; `None` when it says nothing.
pub async fn leave_address(context: &Context, protocol: &str) -> Option<String> {
    match SsoProtocol::ALL.into_iter().find(|known| known.word() == protocol)? {
        SsoProtocol::Oidc => oidc::leave_address(context.sso.oidc().ok()?).await,
        SsoProtocol::Cas => cas::leave_address(context.sso.cas().ok()?),
    }
}
