//! 政策版本库: the table `register_changes`, the log of confirmed changes.

use crate::kernel::failure::Failure;
use crate::store::values::{from_i64, to_i64};
use shared::policy::editions::register::ConfirmedChange;
use sqlx::AnyConnection;

/// Number of the last change, 0 when there is none.
pub async fn latest(connection: &mut AnyConnection, tenant: &str) -> Result<u64, Failure> {
    let number: Option<i64> = sqlx::query_scalar(
        "select number from register_changes where tenant = $1 order by number desc limit 1",
    )
    .bind(tenant)
    .fetch_optional(connection)
    .await?;
    Ok(number.map(from_i64).unwrap_or(0))
}

/// The changes after `number`, in their order, with their numbers.
pub async fn after(
    connection: &mut AnyConnection,
    tenant: &str,
    number: u64,
) -> Result<Vec<(u64, ConfirmedChange)>, Failure> {
    let rows: Vec<(i64, String)> = sqlx::query_as(
        "select number, content from register_changes where tenant = $1 and number > $2 order by number",
    )
    .bind(tenant)
    .bind(to_i64(number))
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|(number, content)| Ok((from_i64(number), serde_json::from_str(&content)?)))
        .collect()
}
