//! 会话与登录锁定: the tables `sessions` and `sign_in_failures`.

use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::kernel::token;
use sqlx::{AnyConnection, FromRow};

#[derive(FromRow)]
pub struct SessionRow {
    pub account: String,
    /// Unix seconds.
    pub created: i64,
    pub seen: i64,
}

/// The session of a token, even when it has expired.
pub async fn find(
    context: &Context,
    connection: &mut AnyConnection,
    token: &str,
) -> Result<Option<SessionRow>, Failure> {
    let row =
        sqlx::query_as("select account, created, seen from sessions where token_hash = $1 and tenant = $2")
            .bind(token::hashed(token))
            .bind(context.tenant())
            .fetch_optional(connection)
            .await?;
    Ok(row)
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
    now: i64,
) -> Result<(), Failure> {
    sqlx::query(
        "insert into sessions (token_hash, tenant, account, created, seen) values ($1, $2, $3, $4, $4)",
    )
    .bind(token::hashed(token))
    .bind(context.tenant())
    .bind(account)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes the session of a token.
pub async fn delete(connection: &mut AnyConnection, token: &str) -> Result<(), Failure> {
    sqlx::query("delete from sessions where token_hash = $1")
        .bind(token::hashed(token))
        .execute(connection)
        .await?;
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

/// Unix second at which the lock of `subject` ends.
pub async fn locked_until(connection: &mut AnyConnection, subject: &str) -> Result<Option<i64>, Failure> {
    let until = sqlx::query_scalar("select locked_until from sign_in_failures where subject = $1")
        .bind(subject)
        .fetch_optional(connection)
        .await?;
    Ok(until)
}

/// Counts a failed sign-in of `subject`; a count that began before `oldest` starts anew. Deletes the counts that are over,
/// because unknown accounts are counted too and the table would grow with every guess.
pub async fn count_failure(
    connection: &mut AnyConnection,
    subject: &str,
    now: i64,
    oldest: i64,
) -> Result<(), Failure> {
    sqlx::query("delete from sign_in_failures where since < $1 and locked_until < $2")
        .bind(oldest)
        .bind(now)
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "insert into sign_in_failures (subject, failures, since, locked_until) values ($1, 1, $2, 0) \
         on conflict (subject) do update set \
         failures = case when sign_in_failures.since < $3 then 1 else sign_in_failures.failures + 1 end, \
         since = case when sign_in_failures.since < $3 then $2 else sign_in_failures.since end",
    )
    .bind(subject)
    .bind(now)
    .bind(oldest)
    .execute(connection)
    .await?;
    Ok(())
}

/// Locks `subject` until the Unix second `until` where it has failed at least `failures` times.
pub async fn lock_after(
    connection: &mut AnyConnection,
    subject: &str,
    failures: i64,
    until: i64,
) -> Result<(), Failure> {
    sqlx::query(
        "update sign_in_failures set locked_until = $1, failures = 0 where subject = $2 and failures >= $3",
    )
    .bind(until)
    .bind(subject)
    .bind(failures)
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets the failures of `subject`.
pub async fn clear_failures(connection: &mut AnyConnection, subject: &str) -> Result<(), Failure> {
    sqlx::query("delete from sign_in_failures where subject = $1").bind(subject).execute(connection).await?;
    Ok(())
}
