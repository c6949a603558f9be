//! 口令的选择: whether a password may be chosen, by the rules of the server's profile. Nobody but its owner chooses it.

use crate::context::Context;
use crate::identity::accounts::{self, Account};
use crate::kernel::failure::Failure;
use shared::api::problem::Problem;
use shared::kernel::hash::sm3_hex;
use shared::policy::accounts::password::{PasswordCandidate, REMEMBERED};

/// # Errors
/// Problem 422 with ACT-20 … ACT-23.
pub async fn require_fit(context: &Context, account: &Account, password: &str) -> Result<(), Failure> {
    let profile = context.profile();
    let history = match used_before(context, account, password).await? {
        true => vec![sm3_hex(password.as_bytes())],
        false => Vec::new(),
    };
    let candidate = PasswordCandidate {
        password,
        account: &account.id,
        name: &account.name,
        common: context.passwords.common(),
        history: &history,
        age_days: 0,
    };
    profile.judge(&candidate).map_err(|fault| {
        let problem = Problem::refused(fault.refusal(profile));
        Problem { status: 422, ..problem }.into()
    })
}

/// Whether it is one of the last passwords. They are stored under argon2 alone, so each is asked.
async fn used_before(context: &Context, account: &Account, password: &str) -> Result<bool, Failure> {
    if !context.profile().remembers() {
        return Ok(false);
    }
    let mut connection = context.db.reader().acquire().await?;
    let mut hashes = accounts::earlier_hashes(context, &mut connection, &account.id).await?;
    drop(connection);
    if let Some(current) = account.hash.clone().filter(|current| !hashes.contains(current)) {
        hashes.push(current);
    }
    for hash in hashes.into_iter().rev().take(REMEMBERED) {
        if context.passwords.verify(password.to_string(), Some(hash)).await? {
            return Ok(true);
        }
    }
    Ok(false)
}
