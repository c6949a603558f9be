//! The only file that knows the table `site_blobs`.

use crate::kernel::failure::Failure;
use crate::store::values::{from_i64, to_i64};
use shared::kernel::content_hash::ContentHash;
use shared::kernel::ids::{CaseId, DeviceId};
use shared::kernel::timestamp::Timestamp;
use shared::sync::site::blob::BlobArrival;
use sqlx::AnyConnection;

/// A blob as far as it is here: its chunks by offset, each with its SM3.
#[derive(Clone, Debug)]
pub struct BlobRow {
    pub arrival: BlobArrival,
    pub chunks: Vec<(u64, ContentHash)>,
}

pub async fn blob(
    connection: &mut AnyConnection,
    tenant: &str,
    (visit, hash): (&CaseId, &str),
) -> Result<Option<BlobRow>, Failure> {
    let sql = "select bytes, received, chunks, whole_at from site_blobs \
               where tenant = $1 and visit = $2 and hash = $3";
    let row: Option<(i64, i64, String, Option<String>)> =
        sqlx::query_as(sql).bind(tenant).bind(visit.as_str()).bind(hash).fetch_optional(connection).await?;
    let Some((bytes, received, chunks, whole_at)) = row else { return Ok(None) };
    let arrival =
        BlobArrival { bytes: from_i64(bytes), received: from_i64(received), is_whole: whole_at.is_some() };
    Ok(Some(BlobRow { arrival, chunks: serde_json::from_str(&chunks)? }))
}

/// Number and bytes of the blobs of a visit.
pub async fn usage(
    connection: &mut AnyConnection,
    tenant: &str,
    visit: &CaseId,
) -> Result<(u64, u64), Failure> {
    let sql = "select count(*), cast(coalesce(sum(bytes), 0) as bigint) from site_blobs \
               where tenant = $1 and visit = $2";
    let (count, bytes): (i64, i64) =
        sqlx::query_as(sql).bind(tenant).bind(visit.as_str()).fetch_one(connection).await?;
    Ok((from_i64(count), from_i64(bytes)))
}

pub async fn insert(
    connection: &mut AnyConnection,
    tenant: &str,
    (visit, hash): (&CaseId, &str),
    (bytes, device): (u64, &DeviceId),
) -> Result<(), Failure> {
    sqlx::query(
        "insert into site_blobs (tenant, visit, hash, bytes, by_device) values ($1, $2, $3, $4, $5) \
         on conflict do nothing",
    )
    .bind(tenant)
    .bind(visit.as_str())
    .bind(hash)
    .bind(to_i64(bytes))
    .bind(device.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

/// States anew how far a blob is.
pub async fn update(
    connection: &mut AnyConnection,
    tenant: &str,
    (visit, hash): (&CaseId, &str),
    row: &BlobRow,
    at: Timestamp,
) -> Result<(), Failure> {
    sqlx::query(
        "update site_blobs set received = $1, chunks = $2, whole_at = $3 \
         where tenant = $4 and visit = $5 and hash = $6",
    )
    .bind(to_i64(row.arrival.received))
    .bind(serde_json::to_string(&row.chunks)?)
    .bind(row.arrival.is_whole.then(|| at.to_string()))
    .bind(tenant)
    .bind(visit.as_str())
    .bind(hash)
    .execute(connection)
    .await?;
    Ok(())
}
