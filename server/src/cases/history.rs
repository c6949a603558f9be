//! 办理记录: what was done to every case, append-only. The only file that knows the table `case_events`.

use crate::cases::execute::{CommandContext, Outcome};
use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::store::append::{Entry, Operation};
use crate::store::logs::CASE_EVENTS;
use crate::store::values::{Value, from_i64};
use shared::api::requests::HistoryLine;
use shared::api::transition::Moved;
use shared::cases::Kind;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Role;
use sqlx::AnyConnection;

/// The reply to this operation, if it was carried out before.
///
/// # Errors
/// 409 when the id was used for something else.
pub async fn reply(
    context: &Context,
    connection: &mut AnyConnection,
    sent: Operation<'_>,
) -> Result<Option<Moved>, Failure> {
    let mut repeated = CASE_EVENTS.repeated(connection, context.tenant(), "", &[sent]).await?;
    let reply = repeated.remove(sent.id).map(|repeated| serde_json::from_str(&repeated.reply));
    Ok(reply.transpose()?)
}

/// Records a command on the case it was given to.
pub async fn append(
    context: &Context,
    connection: &mut AnyConnection,
    command: &CommandContext<'_>,
    outcome: &Outcome,
) -> Result<(), Failure> {
    let operation = command.request.operation.as_str();
    insert(context, connection, command, &command.request.request, operation, outcome).await
}

/// Records it on a request that moved along; no client can make its operation id, which has a slash.
pub async fn append_along(
    context: &Context,
    connection: &mut AnyConnection,
    command: &CommandContext<'_>,
    case: &CaseId,
    outcome: &Outcome,
) -> Result<(), Failure> {
    let operation = format!("{}/{case}", command.request.operation);
    insert(context, connection, command, case, &operation, outcome).await
}

async fn insert(
    context: &Context,
    connection: &mut AnyConnection,
    command: &CommandContext<'_>,
    case: &CaseId,
    operation: &str,
    outcome: &Outcome,
) -> Result<(), Failure> {
    let CommandContext { actor, sent_hash, .. } = command;
    let texts = [
        json_word(&outcome.verb)?,
        actor.account.to_string(),
        actor.name.clone(),
        actor.role.word().to_string(),
        context.clock().stamp().to_string(),
        json_word(&outcome.moved.stage)?,
    ];
    let mut values: Vec<Value<'_>> = texts.into_iter().map(Value::from).collect();
    let reply = serde_json::to_string(&outcome.moved)?;
    values.extend([i64::from(outcome.version).into(), outcome.events.as_str().into(), reply.into()]);
    let entry = Entry { operation: Some(Operation { id: operation, body_hash: sent_hash }), values };
    let mut end = CASE_EVENTS.end(&mut *connection, context.tenant(), case.as_str()).await?;
    if end.number() + 1 != outcome.moved.revision {
        return Err(Failure::stale(end.number()));
    }
    end.append(connection, context.db.seal(), vec![entry]).await?;
    Ok(())
}

/// A wire word as JSON text, so that it reads back as the same type.
fn json_word(value: &impl serde::Serialize) -> Result<String, Failure> {
    Ok(serde_json::to_string(value)?)
}

#[derive(sqlx::FromRow)]
struct EventRow {
    revision: i64,
    at: String,
    name: String,
    role: String,
    verb: String,
    stage: String,
    version: i64,
    events: String,
}

impl EventRow {
    fn line(self, kind: Kind) -> Result<HistoryLine, Failure> {
        let role = Role::from_word(&self.role);
        Ok(HistoryLine {
            revision: from_i64(self.revision),
            at: self.at.parse()?,
            by: self.name,
            role: role.ok_or_else(|| anyhow::anyhow!("role {} in the record", self.role))?,
            verb: serde_json::from_str(&self.verb)?,
            stage: serde_json::from_str(&self.stage)?,
            version: u32::try_from(self.version).unwrap_or(0),
            reasons: kind.reasons(&self.events)?,
        })
    }
}

/// 办理记录 of a case, oldest first, with the reasons people wrote.
pub async fn history(
    context: &Context,
    connection: &mut AnyConnection,
    kind: Kind,
    case: &CaseId,
) -> Result<Vec<HistoryLine>, Failure> {
    let rows: Vec<EventRow> = sqlx::query_as(
        "select revision, at, name, role, verb, stage, version, events from case_events \
         where tenant = $1 and case_id = $2 order by revision",
    )
    .bind(context.tenant())
    .bind(case.as_str())
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(|row| row.line(kind)).collect()
}

/// The events of a case as they are stored, oldest first.
pub async fn events(
    connection: &mut AnyConnection,
    tenant: &str,
    case: &str,
) -> Result<Vec<String>, Failure> {
    let events = sqlx::query_scalar(
        "select events from case_events where tenant = $1 and case_id = $2 order by revision",
    )
    .bind(tenant)
    .bind(case)
    .fetch_all(connection)
    .await?;
    Ok(events)
}
