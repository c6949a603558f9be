//! 动态口令: the tables `second_factors` and `recovery_codes`.

use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::store::values::{Value, insert_many};
use sqlx::{AnyConnection, FromRow};

/// The second factor of an account.
#[derive(Clone, Debug, FromRow)]
pub struct FactorRow {
    /// Sealed Base32; of an earlier release as it is.
    pub secret: String,
    confirmed: i64,
    pub last_step: i64,
}

impl FactorRow {
    /// Whether its owner has shown a first code.
    pub fn is_on(&self) -> bool {
        self.confirmed != 0
    }
}

pub async fn find(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
) -> Result<Option<FactorRow>, Failure> {
    let row = sqlx::query_as(
        "select secret, confirmed, last_step from second_factors where tenant = $1 and account = $2",
    )
    .bind(context.tenant())
    .bind(account)
    .fetch_optional(connection)
    .await?;
    Ok(row)
}

/// The accounts whose second factor is on.
pub async fn accounts_with(
    context: &Context,
    connection: &mut AnyConnection,
) -> Result<Vec<String>, Failure> {
    let accounts =
        sqlx::query_scalar("select account from second_factors where tenant = $1 and confirmed = 1")
            .bind(context.tenant())
            .fetch_all(connection)
            .await?;
    Ok(accounts)
}

/// Stores a secret that is not confirmed, in the place of another such; one that is on stays.
pub async fn begin(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
    secret: &str,
) -> Result<bool, Failure> {
    let done = sqlx::query(
        "insert into second_factors (tenant, account, secret, confirmed, last_step) values ($1, $2, $3, 0, 0) \
         on conflict (tenant, account) do update set secret = excluded.secret, last_step = 0 \
         where second_factors.confirmed = 0",
    )
    .bind(context.tenant())
    .bind(account)
    .bind(secret)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The step serves, and none before it any more: `false` when it or a later one has served.
pub async fn use_step(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
    step: i64,
) -> Result<bool, Failure> {
    let done = sqlx::query(
        "update second_factors set last_step = $1, confirmed = 1 where tenant = $2 and account = $3 \
         and last_step < $1",
    )
    .bind(step)
    .bind(context.tenant())
    .bind(account)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Account and secret of every second factor.
pub async fn secrets(
    context: &Context,
    connection: &mut AnyConnection,
) -> Result<Vec<(String, String)>, Failure> {
    let rows =
        sqlx::query_as("select account, secret from second_factors where tenant = $1 order by account");
    Ok(rows.bind(context.tenant()).fetch_all(connection).await?)
}

/// Stores the secret of a second factor in another form.
pub async fn set_secret(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
    secret: &str,
) -> Result<(), Failure> {
    sqlx::query("update second_factors set secret = $1 where tenant = $2 and account = $3")
        .bind(secret)
        .bind(context.tenant())
        .bind(account)
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes the second factor of an account away, with its codes.
pub async fn delete(context: &Context, connection: &mut AnyConnection, account: &str) -> Result<(), Failure> {
    for sql in [
        "delete from second_factors where tenant = $1 and account = $2",
        "delete from recovery_codes where tenant = $1 and account = $2",
    ] {
        sqlx::query(sql).bind(context.tenant()).bind(account).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Stores the hashes of new codes in the place of older ones.
pub async fn replace_codes(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
    hashes: &[String],
) -> Result<(), Failure> {
    sqlx::query("delete from recovery_codes where tenant = $1 and account = $2")
        .bind(context.tenant())
        .bind(account)
        .execute(&mut *connection)
        .await?;
    let row =
        |hash: &String| [context.tenant(), account, hash.as_str()].map(|v| Value::from(v.to_string())).into();
    let rows: Vec<Vec<Value<'_>>> = hashes.iter().map(row).collect();
    insert_many(connection, "recovery_codes (tenant, account, code_hash)", &rows, "").await?;
    Ok(())
}

/// How many codes have not served.
pub async fn codes_left(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
) -> Result<usize, Failure> {
    let left: i64 = sqlx::query_scalar(
        "select count(*) from recovery_codes where tenant = $1 and account = $2 and used is null",
    )
    .bind(context.tenant())
    .bind(account)
    .fetch_one(connection)
    .await?;
    Ok(usize::try_from(left).unwrap_or(0))
}

/// The code serves: `false` when it is unknown or has served.
pub async fn use_code(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
    hash: &str,
) -> Result<bool, Failure> {
    let done = sqlx::query(
        "update recovery_codes set used = $1 where tenant = $2 and account = $3 and code_hash = $4 \
         and used is null",
    )
    .bind(context.clock().seconds())
    .bind(context.tenant())
    .bind(account)
    .bind(hash)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}
