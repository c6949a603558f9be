//! 单点登录: the tables `sso_subjects` and `sso_attempts`.

use crate::context::Context;
use crate::kernel::failure::Failure;
use sqlx::{AnyConnection, FromRow};

#[derive(FromRow)]
pub struct AttemptRow {
    pub attempt_hash: String,
    pub protocol: String,
    pub state: String,
    pub nonce: String,
    pub verifier: String,
    /// Whom the service has named; `None` before it has answered.
    pub account: Option<String>,
    /// Unix second.
    pub created: i64,
}

/// A subject of a service and the account it is bound to.
#[derive(Clone, Debug, FromRow)]
pub struct SubjectRow {
    pub issuer: String,
    pub subject: String,
    pub account: String,
}

pub async fn insert_attempt(
    context: &Context,
    connection: &mut AnyConnection,
    attempt: &AttemptRow,
) -> Result<(), Failure> {
    sqlx::query(
        "insert into sso_attempts (attempt_hash, tenant, protocol, state, nonce, verifier, account, created) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(attempt.attempt_hash.as_str())
    .bind(context.tenant())
    .bind(attempt.protocol.as_str())
    .bind(attempt.state.as_str())
    .bind(attempt.nonce.as_str())
    .bind(attempt.verifier.as_str())
    .bind(attempt.account.as_deref())
    .bind(attempt.created)
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn find_attempt(
    context: &Context,
    connection: &mut AnyConnection,
    attempt_hash: &str,
) -> Result<Option<AttemptRow>, Failure> {
    let row = sqlx::query_as(
        "select attempt_hash, protocol, state, nonce, verifier, account, created from sso_attempts \
         where attempt_hash = $1 and tenant = $2",
    )
    .bind(attempt_hash)
    .bind(context.tenant())
    .fetch_optional(connection)
    .await?;
    Ok(row)
}

/// Deletes an attempt; `false` when there is none.
pub async fn delete_attempt(connection: &mut AnyConnection, attempt_hash: &str) -> Result<bool, Failure> {
    let done = sqlx::query("delete from sso_attempts where attempt_hash = $1")
        .bind(attempt_hash)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Deletes the attempts begun before `oldest`.
pub async fn delete_old_attempts(connection: &mut AnyConnection, oldest: i64) -> Result<(), Failure> {
    sqlx::query("delete from sso_attempts where created < $1").bind(oldest).execute(connection).await?;
    Ok(())
}

/// The account a subject is bound to.
pub async fn owner_of(
    context: &Context,
    connection: &mut AnyConnection,
    issuer: &str,
    subject: &str,
) -> Result<Option<String>, Failure> {
    let account = sqlx::query_scalar(
        "select account from sso_subjects where tenant = $1 and issuer = $2 and subject = $3",
    )
    .bind(context.tenant())
    .bind(issuer)
    .bind(subject)
    .fetch_optional(connection)
    .await?;
    Ok(account)
}

/// Every binding.
pub async fn all(context: &Context, connection: &mut AnyConnection) -> Result<Vec<SubjectRow>, Failure> {
    let rows = sqlx::query_as(
        "select issuer, subject, account from sso_subjects where tenant = $1 order by account, issuer",
    )
    .bind(context.tenant())
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

/// Binds a subject to an account.
pub async fn link(
    context: &Context,
    connection: &mut AnyConnection,
    row: &SubjectRow,
) -> Result<(), Failure> {
    sqlx::query(
        "insert into sso_subjects (tenant, issuer, subject, account, linked_at) values ($1, $2, $3, $4, $5)",
    )
    .bind(context.tenant())
    .bind(row.issuer.as_str())
    .bind(row.subject.as_str())
    .bind(row.account.as_str())
    .bind(context.clock().stamp().to_string())
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends the binding of an account at a service; `false` when there is none.
pub async fn unlink(
    context: &Context,
    connection: &mut AnyConnection,
    issuer: &str,
    account: &str,
) -> Result<bool, Failure> {
    let done = sqlx::query("delete from sso_subjects where tenant = $1 and issuer = $2 and account = $3")
        .bind(context.tenant())
        .bind(issuer)
        .bind(account)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() > 0)
}
