//! 单点登录: a service outside says who somebody is. Which account that is, an order of two administrators states
//! (`accounts::subjects`), or the 人员编号 that the service gives.

mod attempts;
mod cas;
mod code_grant;
mod http_client;
mod matching;
mod oauth2;
mod oidc;
mod provider;
mod rows;
mod settings;

pub use attempts::NamedAccount;
pub use oauth2::{
    CipherAlgorithm, CipherMode, CipherText, Decryption, JsonPath, NamedPerson, Oauth2Settings,
};
pub use provider::{Sso, require_encrypted, subject_key};
pub use rows::{SubjectRow, all, link, owner_of, unlink};
pub use settings::{CasSettings, OidcSettings, SsoSettings};

use crate::context::{Context, Shared};
use crate::identity::sessions::{self, places};
use crate::identity::visitor::{SessionChange, Visitor};
use crate::kernel::failure::Failure;
use shared::api::session::Me;
use shared::api::sso::{BeginSso, FinishSso, ReadSso, SsoBegun, SsoOffers, SsoProtocol};
use shared::kernel::refusal::Refusal;

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

/// Whom a service outside names.
struct Identity {
    /// The address that its subjects are stored under.
    issuer: String,
    subject: String,
    /// Number and name, where the service gives them.
    person: Option<NamedPerson>,
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
    Ok((attempts::start(&context, request.protocol).await?, SessionChange::None))
}

/// `POST /api/sso/session`. Once the service has answered, the rules are those of a sign-in with the right password: the
/// account's state, its post, its lock and its second factor.
pub async fn finish(
    context: Shared,
    visitor: Visitor,
    request: FinishSso,
) -> Result<(Me, SessionChange), Failure> {
    places::count_visit(&context, &visitor).await?;
    let named = match attempts::named_account(&context, &request).await {
        Ok(named) => named,
        Err(failure) => {
            if failure.refusal_code().is_some() {
                sessions::refuse(&context, &visitor, "", false).await?;
            }
            return Err(failure);
        }
    };
    sessions::sign_in_by_sso(&context, &visitor, &named, request).await
}

/// ACT-41.
fn refused(why: &str) -> Refusal {
    Refusal::new("ACT-41", format!("{why}，未登录。请回到登录页重新开始单点登录，或用账号和密码登录。"))
}

/// ACT-40. The person reads the subject to the administrators, who bind it.
fn not_linked(identity: &Identity) -> Refusal {
    let Identity { subject, person, .. } = identity;
    let name = person.as_ref().map(|person| format!("（{}）", person.name)).unwrap_or_default();
    let message = format!(
        "认证已通过，但认证标识“{subject}”{name}没有绑定本系统的账号。请把这个标识交给系统管理员或安全管理员办理“绑定单点登录”；此前请用账号和密码登录。"
    );
    Refusal::new("ACT-40", message)
}

/// ACT-42. Whose the other binding is, only administrators read.
pub fn linked_elsewhere(subject: &str) -> Refusal {
    let message = format!(
        "认证标识“{subject}”或它对应的账号已有另一绑定，未作改动。请联系系统管理员或安全管理员核对“绑定单点登录”；此前请用账号和密码登录。"
    );
    Refusal::new("ACT-42", message)
}

/// Where the session of a service outside ends, after one begun by it; `None` when it says nothing.
pub async fn leave_address(context: &Context, protocol: &str) -> Option<String> {
    let protocol = SsoProtocol::ALL.into_iter().find(|known| known.word() == protocol)?;
    context.sso.provider(protocol).ok()?.leave_address().await
}
