//! 登录次数: a try takes its place in the counts before its password is looked at, in one write per network, so that guesses
//! that arrive together are counted like guesses that follow each other.

use super::rows::{self, TriesRow};
use crate::context::Context;
use crate::identity::visitor::Visitor;
use crate::kernel::failure::Failure;
use shared::kernel::hash::digest;
use shared::policy::accounts::lockout::{LOCK_SECONDS, NetworkTries, WrongTries};
use sqlx::AnyConnection;

/// A counted try of one account from one network.
#[derive(Clone, Debug)]
pub struct Place {
    subject: String,
    lock: String,
}

/// Counts a try at `account`: the place it took, or `None` while the pair is locked.
///
/// # Errors
/// Problem 429 when there are too many tries from the network.
pub async fn take(context: &Context, visitor: &Visitor, account: &str) -> Result<Option<Place>, Failure> {
    let place = Place::of(context, visitor, account);
    let now = context.clock().seconds();
    let mut write = counted(context, visitor, now).await?;
    let tries = wrong_tries(rows::tries(write.connection(), &place.subject).await?);
    let taken = tries.take_place(now);
    if let Some(tries) = taken {
        rows::store_tries(write.connection(), &place.subject, row_of(tries)).await?;
    }
    write.commit_unaudited().await?;
    Ok(taken.map(|_| place))
}

/// Counts a visit that names no account.
///
/// # Errors
/// Problem 429 when there are too many tries from the network.
pub async fn count_visit(context: &Context, visitor: &Visitor) -> Result<(), Failure> {
    let write = counted(context, visitor, context.clock().seconds()).await?;
    write.commit_unaudited().await
}

impl Place {
    fn of(context: &Context, visitor: &Visitor, account: &str) -> Place {
        let network = visitor.client.network.as_str();
        let subject = digest(&["sign-in", context.tenant(), account, network]);
        Place { subject, lock: lock_of(network) }
    }

    /// The password was right: forgets the wrong ones before it.
    pub async fn clear(&self, connection: &mut AnyConnection) -> Result<(), Failure> {
        rows::clear_tries(connection, &self.subject).await
    }

    /// The password was not looked at.
    pub async fn give_back(&self, context: &Context) -> Result<(), Failure> {
        let mut write = context.db.write(&self.lock).await?;
        let tries = wrong_tries(rows::tries(write.connection(), &self.subject).await?).give_back();
        rows::store_tries(write.connection(), &self.subject, row_of(tries)).await?;
        write.commit_unaudited().await
    }
}

/// A write that has counted a try of the network. A network over its limit costs no write.
async fn counted(context: &Context, visitor: &Visitor, now: i64) -> Result<crate::store::Write, Failure> {
    let network = visitor.client.network.as_str();
    let subject = digest(&["sign-ins of a network", context.tenant(), network]);
    let most = context.settings.sign_ins_per_minute;
    let mut connection = context.db.reader().acquire().await?;
    count_one(rows::tries(&mut connection, &subject).await?, now, most)?;
    drop(connection);
    let mut write = context.db.write(&lock_of(network)).await?;
    rows::delete_old_tries(write.connection(), now - LOCK_SECONDS, now).await?;
    let after = count_one(rows::tries(write.connection(), &subject).await?, now, most)?;
    rows::store_tries(write.connection(), &subject, after).await?;
    Ok(write)
}

fn count_one(row: TriesRow, now: i64, most: u32) -> Result<TriesRow, Failure> {
    let tries = NetworkTries { since: row.since, tries: small(row.failures) };
    let after = tries.count(now, most).map_err(|wait| {
        let seconds = wait.unsigned_abs();
        Failure::too_many(seconds, format!("本网络的尝试过于频繁，请 {seconds} 秒后再试。"))
    })?;
    Ok(TriesRow { failures: after.tries.into(), since: after.since, locked_until: 0 })
}

/// All tries of a network share its lock, and with it those of each account from there.
fn lock_of(network: &str) -> String {
    format!("sign-in {network}")
}

fn wrong_tries(row: TriesRow) -> WrongTries {
    let locked_until = (row.locked_until > 0).then_some(row.locked_until);
    WrongTries { since: row.since, wrong: small(row.failures), locked_until }
}

fn row_of(tries: WrongTries) -> TriesRow {
    let WrongTries { since, wrong, locked_until } = tries;
    TriesRow { failures: wrong.into(), since, locked_until: locked_until.unwrap_or(0) }
}

fn small(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
