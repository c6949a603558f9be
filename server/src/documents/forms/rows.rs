//! 表单定义: the table `definitions`, by content hash.

use crate::kernel::failure::Failure;
use shared::engine::definition::Definition;
use shared::kernel::hash::sm3_hex;
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

/// Hashes every definition anew; answers how many there are and which are no longer under their hash.
pub async fn rehash_all(connection: &mut AnyConnection) -> Result<(u64, Vec<String>), Failure> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("select hash, content from definitions order by hash").fetch_all(connection).await?;
    let count = rows.len() as u64;
    let changed = rows.into_iter().filter(|(hash, content)| *hash != sm3_hex(content.as_bytes()));
    Ok((count, changed.map(|(hash, _)| hash).collect()))
}

/// Hashes of the definitions that versions were frozen with and that are gone.
pub async fn missing(connection: &mut AnyConnection) -> Result<Vec<String>, Failure> {
    let sql = "select distinct definition from case_versions v where definition is not null \
               and not exists (select 1 from definitions d where d.hash = v.definition) order by definition";
    Ok(sqlx::query_scalar(sql).fetch_all(connection).await?)
}
