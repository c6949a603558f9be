//! 表单定义: the table `definitions`, by content hash.

use crate::kernel::failure::Failure;
use shared::engine::definition::Definition;
use sqlx::AnyConnection;

/// Stores a definition; does nothing when it is there already.
pub async fn insert(
    connection: &mut AnyConnection,
    hash: &str,
    definition: &Definition,
) -> Result<(), Failure> {
    sqlx::query("insert into definitions (hash, content) values ($1, $2) on conflict do nothing")
        .bind(hash)
        .bind(serde_json::to_string(definition)?)
        .execute(connection)
        .await?;
    Ok(())
}

/// A definition that documents were filled in with.
pub async fn of_hash(connection: &mut AnyConnection, hash: &str) -> Result<Definition, Failure> {
    let content: Option<String> = sqlx::query_scalar("select content from definitions where hash = $1")
        .bind(hash)
        .fetch_optional(connection)
        .await?;
    Ok(serde_json::from_str(&content.ok_or_else(|| Failure::unknown("个表单定义"))?)?)
}
