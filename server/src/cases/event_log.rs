//! 办理日志: what was done to every case of every kind, append-only. The only file that knows the table `case_events`.

use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::store::append::{Entry, LogTable, Operation, OperationColumns};
use crate::store::values::Value;
use shared::api::transition::Moved;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Actor;
use sqlx::AnyConnection;

static LOG: LogTable = LogTable {
    table: "case_events",
    owner: Some("case_id"),
    number: "revision",
    operation: Some(OperationColumns {
        id: "operation",
        body_hash: "sent_hash",
        account: "account",
        reply: Some("reply"),
        per_owner: false,
    }),
    chain: None,
    columns: &["verb", "account", "name", "role", "at", "stage", "version", "events", "reply"],
};

/// The reply to this operation, if it was carried out before.
///
/// # Errors
/// 409 when the id was used for something else or by somebody else.
pub async fn reply(
    context: &Context,
    connection: &mut AnyConnection,
    sent: Operation<'_>,
) -> Result<Option<Moved>, Failure> {
    let mut repeated = LOG.repeated(connection, context.tenant(), "", &[sent]).await?;
    let reply = repeated.remove(sent.id).map(|repeated| serde_json::from_str(&repeated.reply));
    Ok(reply.transpose()?)
}

/// What happened to a case, as its history stores it.
pub struct Recorded<'a> {
    pub case: &'a CaseId,
    pub operation: Operation<'a>,
    pub actor: &'a Actor,
    pub verb: &'a str,
    /// The version it was about, 0 when nothing was frozen yet.
    pub version: u32,
    /// The events, as JSON.
    pub events: &'a str,
    pub moved: &'a Moved,
}

/// Appends to the history of a case; its number is the revision the command led to.
pub async fn record(
    context: &Context,
    connection: &mut AnyConnection,
    recorded: &Recorded<'_>,
) -> Result<(), Failure> {
    let Recorded { actor, moved, .. } = recorded;
    let texts = [
        json_word(&recorded.verb)?,
        actor.account.to_string(),
        actor.name.clone(),
        actor.role.word().to_string(),
        context.clock().stamp().to_string(),
        json_word(&moved.stage)?,
    ];
    let mut values: Vec<Value<'_>> = texts.into_iter().map(Value::from).collect();
    let reply = serde_json::to_string(moved)?;
    values.extend([i64::from(recorded.version).into(), recorded.events.into(), reply.into()]);
    let entry = Entry { operation: Some(recorded.operation), values };
    let mut end = LOG.before(context.tenant(), recorded.case.as_str(), moved.revision);
    end.append(connection, vec![entry]).await?;
    Ok(())
}

/// A wire word as JSON text, so that it reads back as the same type.
fn json_word(value: &impl serde::Serialize) -> Result<String, Failure> {
    Ok(serde_json::to_string(value)?)
}

/// An entry of the log; verb and stage are JSON texts, events a JSON list.
#[derive(sqlx::FromRow)]
pub struct EventRow {
    pub revision: i64,
    pub at: String,
    pub name: String,
    pub role: String,
    pub verb: String,
    pub stage: String,
    pub version: i64,
    pub events: String,
}

/// The entries of a case, oldest first.
pub async fn events_of(
    context: &Context,
    connection: &mut AnyConnection,
    case: &CaseId,
) -> Result<Vec<EventRow>, Failure> {
    let rows = sqlx::query_as(
        "select revision, at, name, role, verb, stage, version, events from case_events \
         where tenant = $1 and case_id = $2 order by revision",
    )
    .bind(context.tenant())
    .bind(case.as_str())
    .fetch_all(connection)
    .await?;
    Ok(rows)
}
