//! 审核记录: the entries a review is the fold of. The only file that knows the table `review_entries`.

use crate::cases::request_store::{from_i64, to_i64};
use crate::http::failure::Failure;
use shared::cases::review::decide::evolve;
use shared::cases::review::language::{Event, Stamp};
use shared::cases::review::thread::Review;
use shared::kernel::ids::{CaseId, OpId};
use shared::kernel::people::Actor;
use sqlx::AnyConnection;

/// What an entry is known by.
#[derive(Clone, Copy, Debug)]
pub struct ReviewEntry<'a> {
    pub request: &'a CaseId,
    pub operation: &'a OpId,
    pub sent_hash: &'a str,
}

/// The review as its entries leave it.
pub async fn load(tenant: &str, connection: &mut AnyConnection, request: &CaseId) -> Result<Review, Failure> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select stamp, events from review_entries where tenant = $1 and request = $2 order by seq",
    )
    .bind(tenant)
    .bind(request.as_str())
    .fetch_all(connection)
    .await?;
    let mut review = Review::default();
    for (stamp, events) in rows {
        let stamp: Stamp = serde_json::from_str(&stamp)?;
        let events: Vec<Event> = serde_json::from_str(&events)?;
        events.iter().for_each(|event| evolve(&mut review, &stamp, event));
    }
    Ok(review)
}

/// Number of the latest entry, 0 when none.
pub async fn latest(tenant: &str, connection: &mut AnyConnection, request: &CaseId) -> Result<u64, Failure> {
    let seq: Option<i64> = sqlx::query_scalar(
        "select seq from review_entries where tenant = $1 and request = $2 order by seq desc limit 1",
    )
    .bind(tenant)
    .bind(request.as_str())
    .fetch_optional(connection)
    .await?;
    Ok(from_i64(seq.unwrap_or(0)))
}

/// The number an operation got before and the hash of what was sent then.
pub async fn known(
    tenant: &str,
    connection: &mut AnyConnection,
    request: &CaseId,
    operation: &OpId,
) -> Result<Option<(u64, String)>, Failure> {
    let row: Option<(i64, String)> = sqlx::query_as(
        "select seq, sent_hash from review_entries where tenant = $1 and request = $2 and operation = $3",
    )
    .bind(tenant)
    .bind(request.as_str())
    .bind(operation.as_str())
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|(seq, hash)| (from_i64(seq), hash)))
}

/// Adds an entry at the end; answers its number.
pub async fn append(
    tenant: &str,
    connection: &mut AnyConnection,
    entry: ReviewEntry<'_>,
    actor: &Actor,
    stamp: &Stamp,
    events: &[Event],
) -> Result<u64, Failure> {
    let seq = latest(tenant, &mut *connection, entry.request).await? + 1;
    sqlx::query(
        "insert into review_entries (tenant, request, seq, operation, sent_hash, account, stamp, events) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(tenant)
    .bind(entry.request.as_str())
    .bind(to_i64(seq))
    .bind(entry.operation.as_str())
    .bind(entry.sent_hash)
    .bind(actor.account.as_str())
    .bind(serde_json::to_string(stamp)?)
    .bind(serde_json::to_string(events)?)
    .execute(connection)
    .await?;
    Ok(seq)
}
