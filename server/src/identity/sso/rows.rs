//! 单点登录: the tables `sso_subjects` and `sso_attempts`.

use crate::context::Context;
use crate::kernel::failure::Failure;
use shared::policy::accounts::person::person_id;
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
    /// The subject that this sign-in binds to the account; `None` where it is bound already.
    pub link_subject: Option<String>,
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
        "insert into sso_attempts (attempt_hash, tenant, protocol, state, nonce, verifier, account, link_subject, \
         created) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(attempt.attempt_hash.as_str())
    .bind(context.tenant())
    .bind(attempt.protocol.as_str())
    .bind(attempt.state.as_str())
    .bind(attempt.nonce.as_str())
    .bind(attempt.verifier.as_str())
    .bind(attempt.account.as_deref())
    .bind(attempt.link_subject.as_deref())
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
        "select attempt_hash, protocol, state, nonce, verifier, account, link_subject, created \
         from sso_attempts where attempt_hash = $1 and tenant = $2",
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

/// The subject that an account is bound to at a service.
pub async fn subject_of(
    context: &Context,
    connection: &mut AnyConnection,
    issuer: &str,
    account: &str,
) -> Result<Option<String>, Failure> {
    let subject = sqlx::query_scalar(
        "select subject from sso_subjects where tenant = $1 and issuer = $2 and account = $3",
    )
    .bind(context.tenant())
    .bind(issuer)
    .bind(account)
    .fetch_optional(connection)
    .await?;
    Ok(subject)
}

/// The active accounts of a 人员编号 in its normalised form.
pub async fn active_accounts(
    context: &Context,
    connection: &mut AnyConnection,
    person: &str,
) -> Result<Vec<String>, Failure> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select id, person from accounts where tenant = $1 and state = 'active' and upper(person) = $2 order by id",
    )
    .bind(context.tenant())
    .bind(person)
    .fetch_all(connection)
    .await?;
    // The databases differ in what else they turn into capitals.
    let is_exact = |stored: &str| person_id(stored).as_deref() == Some(person);
    Ok(rows.into_iter().filter(|(_, stored)| is_exact(stored)).map(|(id, _)| id).collect())
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

/// Binds a subject to an account; `false` when either is bound otherwise.
pub async fn link(
    context: &Context,
    connection: &mut AnyConnection,
    row: &SubjectRow,
) -> Result<bool, Failure> {
    let done = sqlx::query(
        "insert into sso_subjects (tenant, issuer, subject, account, linked_at) values ($1, $2, $3, $4, $5) \
         on conflict do nothing",
    )
    .bind(context.tenant())
    .bind(row.issuer.as_str())
    .bind(row.subject.as_str())
    .bind(row.account.as_str())
    .bind(context.clock().stamp().to_string())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
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
