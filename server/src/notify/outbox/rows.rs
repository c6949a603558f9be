//! 对外发送: the table `outbox`.

use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::store::values::{Value, insert_many};
use shared::api::outward::Channel;
use sqlx::{AnyConnection, FromRow};
use std::collections::BTreeMap;

/// Rows leased at once.
const BATCH: i64 = 20;

/// A row to be sent.
#[derive(Clone, Debug, FromRow)]
pub struct OutboxRow {
    pub key: String,
    pub channel: String,
    pub attempts: i64,
    pub leased_until: i64,
}

/// A row that is new.
pub struct NewOutboxRow {
    pub key: String,
    pub channel: Channel,
    pub account: String,
    /// 0 for what has no order.
    pub notice: i64,
    pub case: String,
    pub topic: &'static str,
    pub payload: String,
    pub state: &'static str,
    pub next_at: i64,
}

/// Inserts rows, and says how many; one whose key there is already stays as it is.
pub async fn insert(
    context: &Context,
    connection: &mut AnyConnection,
    new: &[NewOutboxRow],
) -> Result<u64, Failure> {
    let row = |row: &NewOutboxRow| {
        vec![
            Value::from(context.tenant().to_string()),
            row.key.clone().into(),
            row.channel.word().into(),
            row.account.clone().into(),
            row.notice.into(),
            row.case.clone().into(),
            row.topic.into(),
            row.payload.clone().into(),
            row.state.into(),
            Value::Number(0),
            row.next_at.into(),
            Value::Number(0),
            "".into(),
        ]
    };
    let rows: Vec<Vec<Value<'_>>> = new.iter().map(row).collect();
    let into = "outbox (tenant, key, channel, account, notice, case_id, topic, payload, state, attempts, next_at, \
                leased_until, answer)";
    insert_many(connection, into, &rows, "on conflict do nothing").await
}

/// Whom a message goes to.
#[derive(Clone, Debug, FromRow)]
pub struct Contact {
    #[sqlx(rename = "id")]
    pub account: String,
    pub person: String,
    pub name: String,
    pub mail: Option<String>,
}

/// Every account, by its id.
pub async fn contacts(
    context: &Context,
    connection: &mut AnyConnection,
) -> Result<BTreeMap<String, Contact>, Failure> {
    let rows: Vec<Contact> = sqlx::query_as("select id, person, name, mail from accounts where tenant = $1")
        .bind(context.tenant())
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(|contact| (contact.account.clone(), contact)).collect())
}

/// What a digest that no sender has taken holds.
pub async fn growing(
    context: &Context,
    connection: &mut AnyConnection,
    key: &str,
) -> Result<Option<String>, Failure> {
    let payload = sqlx::query_scalar(
        "select payload from outbox where tenant = $1 and key = $2 and state = 'pending' and attempts = 0 \
         and leased_until = 0",
    )
    .bind(context.tenant())
    .bind(key)
    .fetch_optional(connection)
    .await?;
    Ok(payload)
}

/// Replaces what a digest holds; `false` when a sender has taken it meanwhile.
pub async fn grow(
    context: &Context,
    connection: &mut AnyConnection,
    key: &str,
    payload: &str,
) -> Result<bool, Failure> {
    let done = sqlx::query(
        "update outbox set payload = $1 where tenant = $2 and key = $3 and state = 'pending' and attempts = 0 \
         and leased_until = 0",
    )
    .bind(payload)
    .bind(context.tenant())
    .bind(key)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A task that the office system holds or will hold.
#[derive(FromRow)]
pub struct OpenTask {
    pub key: String,
    pub account: String,
    pub notice: i64,
    pub payload: String,
}

/// The tasks of a case in the office system that nothing closes yet.
pub async fn open_tasks(
    context: &Context,
    connection: &mut AnyConnection,
    case: &str,
) -> Result<Vec<OpenTask>, Failure> {
    let tasks = sqlx::query_as(
        "select o.key, o.account, o.notice, o.payload from outbox o where o.tenant = $1 and o.case_id = $2 \
         and o.channel = 'webhook' and o.topic in ('task', 'returned', 'nudge') and o.state in ('pending', 'sent') \
         and not exists (select 1 from outbox c where c.tenant = o.tenant and c.key = o.key || ':done') \
         order by o.key",
    )
    .bind(context.tenant())
    .bind(case)
    .fetch_all(connection)
    .await?;
    Ok(tasks)
}

/// Rows that may be sent at `now`: of each account and channel the earliest that has not left, and what has no order.
pub async fn due(
    context: &Context,
    connection: &mut AnyConnection,
    now: i64,
) -> Result<Vec<OutboxRow>, Failure> {
    let rows = sqlx::query_as(
        "select o.key, o.channel, o.attempts, o.leased_until from outbox o \
         where o.tenant = $1 and o.state = 'pending' and o.next_at <= $2 and o.leased_until <= $2 \
         and not exists (select 1 from outbox b where b.tenant = o.tenant and b.account = o.account \
         and b.channel = o.channel and b.state = 'pending' and b.notice > 0 and (b.notice < o.notice \
         or (b.notice = o.notice and b.key < o.key))) \
         order by o.next_at, o.notice limit $3",
    )
    .bind(context.tenant())
    .bind(now)
    .bind(BATCH)
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

/// Leases a row as it was read, and says what is to be sent; `None` when another sender has it.
pub async fn lease(
    context: &Context,
    connection: &mut AnyConnection,
    row: &OutboxRow,
    until: i64,
) -> Result<Option<String>, Failure> {
    let done = sqlx::query(
        "update outbox set leased_until = $1 where tenant = $2 and key = $3 and state = 'pending' \
         and leased_until = $4",
    )
    .bind(until)
    .bind(context.tenant())
    .bind(row.key.as_str())
    .bind(row.leased_until)
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(None);
    }
    // After the lease, so that it is all of a digest that grew until now.
    let payload = sqlx::query_scalar("select payload from outbox where tenant = $1 and key = $2")
        .bind(context.tenant())
        .bind(row.key.as_str())
        .fetch_one(connection)
        .await?;
    Ok(Some(payload))
}

/// What became of a try.
pub struct Tried<'t> {
    pub state: &'static str,
    pub attempts: i64,
    pub next_at: i64,
    pub sent_at: Option<i64>,
    pub answer: &'t str,
}

/// Records a try and ends the lease.
pub async fn record(
    context: &Context,
    connection: &mut AnyConnection,
    key: &str,
    tried: &Tried<'_>,
) -> Result<(), Failure> {
    sqlx::query(
        "update outbox set state = $1, attempts = $2, next_at = $3, sent_at = $4, answer = $5, leased_until = 0 \
         where tenant = $6 and key = $7 and state = 'pending'",
    )
    .bind(tried.state)
    .bind(tried.attempts)
    .bind(tried.next_at)
    .bind(tried.sent_at)
    .bind(tried.answer)
    .bind(context.tenant())
    .bind(key)
    .execute(connection)
    .await?;
    Ok(())
}

/// Rows that were given up, the latest first: key, channel, account, attempts, answer.
pub async fn dead(
    context: &Context,
    connection: &mut AnyConnection,
    most: i64,
) -> Result<Vec<(String, String, String, i64, String)>, Failure> {
    let rows = sqlx::query_as(
        "select key, channel, account, attempts, answer from outbox where tenant = $1 and state = 'dead' \
         order by next_at desc, key limit $2",
    )
    .bind(context.tenant())
    .bind(most)
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

pub async fn waiting(context: &Context, connection: &mut AnyConnection) -> Result<i64, Failure> {
    let count = sqlx::query_scalar("select count(*) from outbox where tenant = $1 and state = 'pending'")
        .bind(context.tenant())
        .fetch_one(connection)
        .await?;
    Ok(count)
}

/// A row that was given up waits again; `false` when there is none.
pub async fn revive(context: &Context, connection: &mut AnyConnection, key: &str) -> Result<bool, Failure> {
    let done = sqlx::query(
        "update outbox set state = 'pending', attempts = 0, next_at = 0 where tenant = $1 and key = $2 \
         and state = 'dead'",
    )
    .bind(context.tenant())
    .bind(key)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}
