//! 审核记录: the entries a review is the fold of. The only file that knows the table `review_entries`.

use crate::kernel::failure::Failure;
use crate::store::append::{Entry, LogTable, Operation, OperationColumns, Repeated};
use shared::cases::review::decide::evolve;
use shared::cases::review::language::{Event, Stamp};
use shared::cases::review::thread::Review;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Actor;
use sqlx::AnyConnection;

static LOG: LogTable = LogTable {
    table: "review_entries",
    owner: Some("request"),
    number: "seq",
    operation: Some(OperationColumns {
        id: "operation",
        body_hash: "sent_hash",
        account: "account",
        reply: None,
        per_owner: true,
    }),
    chain: None,
    columns: &["account", "stamp", "events"],
};

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
    Ok(LOG.end(connection, tenant, request.as_str()).await?.number())
}

/// The number this operation got before, if it was carried out.
///
/// # Errors
/// 409 when the id was used for something else.
pub async fn number(
    tenant: &str,
    connection: &mut AnyConnection,
    request: &CaseId,
    sent: Operation<'_>,
) -> Result<Option<u64>, Failure> {
    let repeated = LOG.repeated(connection, tenant, request.as_str(), &[sent]).await?;
    Ok(repeated.get(sent.id).map(Repeated::number))
}

/// Adds an entry at the end; answers its number.
pub async fn append(
    tenant: &str,
    connection: &mut AnyConnection,
    request: &CaseId,
    sent: Operation<'_>,
    actor: &Actor,
    stamp: &Stamp,
    events: &[Event],
) -> Result<u64, Failure> {
    let mut end = LOG.end(&mut *connection, tenant, request.as_str()).await?;
    let values = vec![
        actor.account.as_str().into(),
        serde_json::to_string(stamp)?.into(),
        serde_json::to_string(events)?.into(),
    ];
    end.append(connection, vec![Entry { operation: Some(sent), values }]).await?;
    Ok(end.number())
}
