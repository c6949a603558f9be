//! 会话与登录锁定: the tables `sessions` and `sign_in_failures`.

use crate::context::Context;
use crate::identity::accounts::{self, Account, AccountRow};
use crate::identity::visitor::Visitor;
use crate::kernel::failure::Failure;
use crate::kernel::token;
use crate::store::values::{MOST_ROWS, Value, placeholders, prepared, statement};
use shared::kernel::hash::digest;
use sqlx::{AnyConnection, FromRow};
use std::collections::BTreeMap;

#[derive(Clone, Debug, FromRow)]
pub struct SessionRow {
    pub token_hash: String,
    pub account: String,
    /// Unix seconds.
    pub created: i64,
    pub seen: i64,
    pub network: String,
    pub browser: String,
    /// The further post it acts in; `None` for that of the account.
    pub post: Option<String>,
    /// The protocol of the service outside it began by; `None` for a password.
    pub sso: Option<String>,
}

impl SessionRow {
    /// Names the session to its owner; opens nothing.
    pub fn public_id(&self) -> String {
        digest(&["session", &self.token_hash]).chars().take(16).collect()
    }
}

/// The session of a token, even when it has expired.
pub async fn find(
    context: &Context,
    connection: &mut AnyConnection,
    token: &str,
) -> Result<Option<SessionRow>, Failure> {
    let row = sqlx::query_as(
        "select token_hash, account, created, seen, network, browser, post, sso from sessions \
         where token_hash = $1 and tenant = $2",
    )
    .bind(token::hashed(token))
    .bind(context.tenant())
    .fetch_optional(connection)
    .await?;
    Ok(row)
}

/// The sessions of these tokens with their accounts, by the token's hash.
pub async fn with_accounts(
    tenant: &str,
    connection: &mut AnyConnection,
    hashes: &[&str],
) -> Result<BTreeMap<String, (SessionRow, Account)>, Failure> {
    let mut found = BTreeMap::new();
    for hashes in hashes.chunks(MOST_ROWS) {
        let sql = format!(
            "select token_hash, account, created, seen, network, browser, post, sso, {} from sessions s \
             join accounts a on a.tenant = s.tenant and a.id = s.account \
             where s.tenant = $1 and s.token_hash in ({})",
            accounts::COLUMNS,
            placeholders(2, prepared(hashes.len()))
        );
        let mut values = vec![Value::from(tenant)];
        values.extend(hashes.iter().map(|hash| Value::from(*hash)));
        values.resize(1 + prepared(hashes.len()), Value::from(""));
        for row in statement(sql, &values).fetch_all(&mut *connection).await? {
            let session = SessionRow::from_row(&row)?;
            let account = Account::from(AccountRow::from_row(&row)?);
            found.insert(session.token_hash.clone(), (session, account));
        }
    }
    Ok(found)
}

/// Every session of an account, the latest used first, ended by time or not.
pub async fn of_account(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
) -> Result<Vec<SessionRow>, Failure> {
    let rows = sqlx::query_as(
        "select token_hash, account, created, seen, network, browser, post, sso from sessions \
         where tenant = $1 and account = $2 order by seen desc, created desc",
    )
    .bind(context.tenant())
    .bind(account)
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

/// Records the last use of a session.
pub async fn touch(connection: &mut AnyConnection, token: &str, now: i64) -> Result<(), Failure> {
    sqlx::query("update sessions set seen = $1 where token_hash = $2 and seen < $1")
        .bind(now)
        .bind(token::hashed(token))
        .execute(connection)
        .await?;
    Ok(())
}

pub async fn insert(
    context: &Context,
    connection: &mut AnyConnection,
    token: &str,
    account: &str,
    visitor: &Visitor,
    sso: Option<&str>,
) -> Result<(), Failure> {
    sqlx::query(
        "insert into sessions (token_hash, tenant, account, created, seen, network, browser, sso) \
         values ($1, $2, $3, $4, $4, $5, $6, $7)",
    )
    .bind(token::hashed(token))
    .bind(context.tenant())
    .bind(account)
    .bind(context.clock().seconds())
    .bind(visitor.client.network.as_str())
    .bind(visitor.browser.as_str())
    .bind(sso)
    .execute(connection)
    .await?;
    Ok(())
}

/// From now on the session acts in this post.
pub async fn switch(
    connection: &mut AnyConnection,
    token_hash: &str,
    post: Option<&str>,
) -> Result<(), Failure> {
    sqlx::query("update sessions set post = $1 where token_hash = $2")
        .bind(post)
        .bind(token_hash)
        .execute(connection)
        .await?;
    Ok(())
}

/// Deletes the session of a token.
pub async fn delete(connection: &mut AnyConnection, token: &str) -> Result<(), Failure> {
    delete_hashed(connection, &token::hashed(token)).await
}

/// Deletes the session of a token, by the token's hash.
pub async fn delete_hashed(connection: &mut AnyConnection, token_hash: &str) -> Result<(), Failure> {
    sqlx::query("delete from sessions where token_hash = $1").bind(token_hash).execute(connection).await?;
    Ok(())
}

/// Deletes every session that began before `oldest`.
pub async fn delete_expired(connection: &mut AnyConnection, oldest: i64) -> Result<(), Failure> {
    sqlx::query("delete from sessions where created < $1").bind(oldest).execute(connection).await?;
    Ok(())
}

/// Deletes every session of an account.
pub async fn delete_all(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
) -> Result<(), Failure> {
    sqlx::query("delete from sessions where tenant = $1 and account = $2")
        .bind(context.tenant())
        .bind(account)
        .execute(connection)
        .await?;
    Ok(())
}

/// What has been tried by `subject`, whose hash names an account and a network or a network alone.
#[derive(Clone, Copy, Debug, Default, FromRow)]
pub struct TriesRow {
    pub failures: i64,
    /// Unix seconds.
    pub since: i64,
    /// 0 when it is not locked.
    pub locked_until: i64,
}

/// What has been tried so far; nothing when nothing is recorded.
pub async fn tries(connection: &mut AnyConnection, subject: &str) -> Result<TriesRow, Failure> {
    let row = sqlx::query_as("select failures, since, locked_until from sign_in_failures where subject = $1")
        .bind(subject)
        .fetch_optional(connection)
        .await?;
    Ok(row.unwrap_or_default())
}

/// Records what has been tried by `subject`, at the account of this hash; empty for the count of a network.
pub async fn store_tries(
    connection: &mut AnyConnection,
    subject: &str,
    account: &str,
    row: TriesRow,
) -> Result<(), Failure> {
    sqlx::query(
        "insert into sign_in_failures (subject, failures, since, locked_until, account) \
         values ($1, $2, $3, $4, $5) \
         on conflict (subject) do update set failures = $2, since = $3, locked_until = $4, account = $5",
    )
    .bind(subject)
    .bind(row.failures)
    .bind(row.since)
    .bind(row.locked_until)
    .bind(account)
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes what was tried before `oldest` and locks nothing at `now`: unknown accounts are counted too, and the table
/// would grow with every guess.
pub async fn delete_old_tries(connection: &mut AnyConnection, oldest: i64, now: i64) -> Result<(), Failure> {
    sqlx::query("delete from sign_in_failures where since < $1 and locked_until < $2")
        .bind(oldest)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets what was tried by `subject`.
pub async fn clear_tries(connection: &mut AnyConnection, subject: &str) -> Result<(), Failure> {
    sqlx::query("delete from sign_in_failures where subject = $1").bind(subject).execute(connection).await?;
    Ok(())
}

/// What has been tried since `oldest` at the account of this hash: one row per network.
pub async fn tries_at(
    connection: &mut AnyConnection,
    account: &str,
    oldest: i64,
) -> Result<Vec<TriesRow>, Failure> {
    let rows = sqlx::query_as(
        "select failures, since, locked_until from sign_in_failures where account = $1 and since >= $2",
    )
    .bind(account)
    .bind(oldest)
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

/// Whether the account was used from the network before.
pub async fn is_known_network(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
    network: &str,
) -> Result<bool, Failure> {
    let found: Option<String> = sqlx::query_scalar(
        "select network from account_networks where tenant = $1 and account = $2 and network = $3",
    )
    .bind(context.tenant())
    .bind(account)
    .bind(network)
    .fetch_optional(connection)
    .await?;
    Ok(found.is_some())
}

/// Records that the account is used from the network.
pub async fn remember_network(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
    network: &str,
) -> Result<(), Failure> {
    sqlx::query(
        "insert into account_networks (tenant, account, network) values ($1, $2, $3) on conflict do nothing",
    )
    .bind(context.tenant())
    .bind(account)
    .bind(network)
    .execute(connection)
    .await?;
    Ok(())
}
