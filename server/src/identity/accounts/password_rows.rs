//! 用过的口令: the table `password_history`.

use crate::context::Context;
use crate::kernel::failure::Failure;
use sqlx::AnyConnection;

/// Remembers a password of an account.
pub async fn append(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
    password_hash: &str,
) -> Result<(), Failure> {
    sqlx::query(
        "insert into password_history (tenant, account, number, password_hash) values ($1, $2, \
         (select coalesce(max(number), 0) + 1 from password_history where tenant = $1 and account = $2), $3)",
    )
    .bind(context.tenant())
    .bind(account)
    .bind(password_hash)
    .execute(connection)
    .await?;
    Ok(())
}

/// Hashes of the passwords an account has had, the latest last.
pub async fn earlier_hashes(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
) -> Result<Vec<String>, Failure> {
    let hashes = sqlx::query_scalar(
        "select password_hash from password_history where tenant = $1 and account = $2 order by number",
    )
    .bind(context.tenant())
    .bind(account)
    .fetch_all(connection)
    .await?;
    Ok(hashes)
}
