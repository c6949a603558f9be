//! 对应账号: which account a person is whom a service outside names. It never makes one.

use super::rows::{self, SubjectRow};
use super::{Identity, linked_elsewhere, not_linked};
use crate::context::Context;
use crate::kernel::failure::Failure;
use shared::policy::accounts::person::person_id;
use sqlx::AnyConnection;

/// The account of a person, and the binding that their first use of it makes.
pub(super) struct MatchedAccount {
    pub(super) account: String,
    /// `None` where it is bound already.
    pub(super) link: Option<SubjectRow>,
}

/// The account bound to the subject; else, where the service gives a 人员编号, the one active account of that number. Which
/// of several a person means, only administrators can state.
///
/// # Errors
/// ACT-40 without such an account; ACT-42 where number and binding disagree.
pub(super) async fn find_account(
    context: &Context,
    connection: &mut AnyConnection,
    identity: &Identity,
) -> Result<MatchedAccount, Failure> {
    let Identity { issuer, subject, person } = identity;
    let owner = rows::owner_of(context, connection, issuer, subject).await?;
    let number = person.as_ref().and_then(|person| person_id(&person.id));
    let mut named = match number {
        Some(number) => rows::active_accounts(context, connection, &number).await?,
        None => Vec::new(),
    };
    if let Some(account) = owner {
        return match named.is_empty() || named.contains(&account) {
            true => Ok(MatchedAccount { account, link: None }),
            false => Err(linked_elsewhere(subject).into()),
        };
    }
    let account = named.pop().filter(|_| named.is_empty()).ok_or_else(|| not_linked(identity))?;
    if rows::subject_of(context, connection, issuer, &account).await?.is_some() {
        return Err(linked_elsewhere(subject).into());
    }
    let link = SubjectRow { issuer: issuer.clone(), subject: subject.clone(), account: account.clone() };
    Ok(MatchedAccount { account, link: Some(link) })
}
