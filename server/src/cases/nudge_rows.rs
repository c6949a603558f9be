//! 催报: the tables `nudges` and `nudge_operations`.

use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::store::values::{Value, insert_many};
use shared::kernel::ids::{AccountId, CaseId};
use shared::kernel::people::Actor;
use sqlx::{AnyConnection, FromRow};
use std::collections::BTreeMap;

/// One nudge of one person about one case.
pub struct NewNudge<'n> {
    pub case: &'n CaseId,
    pub account: &'n AccountId,
}

/// Stores whom one sending nudged about what.
pub async fn insert(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    (operation, text): (&str, &str),
    nudges: &[NewNudge<'_>],
) -> Result<(), Failure> {
    let (second, at) = (context.clock().seconds(), context.clock().stamp().to_string());
    let row = |nudge: &NewNudge<'_>| {
        vec![
            Value::from(context.tenant().to_string()),
            operation.to_string().into(),
            nudge.case.to_string().into(),
            nudge.account.to_string().into(),
            second.into(),
            at.clone().into(),
            actor.name.clone().into(),
            actor.role.word().into(),
            text.to_string().into(),
        ]
    };
    let rows: Vec<Vec<Value<'_>>> = nudges.iter().map(row).collect();
    let into = "nudges (tenant, operation, case_id, account, second, at, by_name, by_role, text)";
    insert_many(connection, into, &rows, "").await.map(drop)
}

/// How often a case was nudged about, and when last.
#[derive(Clone, Debug, Default)]
pub struct NudgeCount {
    pub times: u32,
    pub last: Option<String>,
}

#[derive(FromRow)]
struct CountRow {
    case_id: String,
    times: i64,
    last: String,
}

/// The counts of all cases that were ever nudged about.
pub async fn counts(
    context: &Context,
    connection: &mut AnyConnection,
) -> Result<BTreeMap<String, NudgeCount>, Failure> {
    let rows: Vec<CountRow> = sqlx::query_as(
        "select case_id, count(distinct operation) as times, max(at) as last from nudges where tenant = $1 \
         group by case_id",
    )
    .bind(context.tenant())
    .fetch_all(connection)
    .await?;
    let count =
        |row: CountRow| NudgeCount { times: u32::try_from(row.times).unwrap_or(0), last: Some(row.last) };
    Ok(rows.into_iter().map(|row| (row.case_id.clone(), count(row))).collect())
}

#[derive(FromRow)]
struct LastRow {
    case_id: String,
    account: String,
    second: i64,
}

/// Second of the latest nudge of each person about each case since `since`.
pub async fn latest(
    context: &Context,
    connection: &mut AnyConnection,
    since: i64,
) -> Result<BTreeMap<(String, String), i64>, Failure> {
    let rows: Vec<LastRow> = sqlx::query_as(
        "select case_id, account, max(second) as second from nudges where tenant = $1 and second >= $2 \
         group by case_id, account",
    )
    .bind(context.tenant())
    .bind(since)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| ((row.case_id, row.account), row.second)).collect())
}

/// One sending as the history of a case shows it.
#[derive(FromRow)]
pub struct NudgeRow {
    pub at: String,
    pub by_name: String,
    pub by_role: String,
    pub text: String,
}

/// The sendings about a case, oldest first.
pub async fn of_case(
    context: &Context,
    connection: &mut AnyConnection,
    case: &CaseId,
) -> Result<Vec<NudgeRow>, Failure> {
    let rows = sqlx::query_as(
        "select distinct operation, at, by_name, by_role, text from nudges where tenant = $1 and case_id = $2 \
         order by at, operation",
    )
    .bind(context.tenant())
    .bind(case.as_str())
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

/// A sending that was carried out: by whom, of what, with which reply.
#[derive(FromRow)]
pub struct SentOperation {
    pub account: String,
    pub body_hash: String,
    pub reply: String,
}

pub async fn operation(
    context: &Context,
    connection: &mut AnyConnection,
    operation: &str,
) -> Result<Option<SentOperation>, Failure> {
    let sent = sqlx::query_as(
        "select account, body_hash, reply from nudge_operations where tenant = $1 and operation = $2",
    )
    .bind(context.tenant())
    .bind(operation)
    .fetch_optional(connection)
    .await?;
    Ok(sent)
}

pub async fn insert_operation(
    context: &Context,
    connection: &mut AnyConnection,
    operation: &str,
    sent: &SentOperation,
) -> Result<(), Failure> {
    sqlx::query(
        "insert into nudge_operations (tenant, operation, account, body_hash, reply) values ($1, $2, $3, $4, $5)",
    )
    .bind(context.tenant())
    .bind(operation)
    .bind(sent.account.as_str())
    .bind(sent.body_hash.as_str())
    .bind(sent.reply.as_str())
    .execute(connection)
    .await?;
    Ok(())
}
