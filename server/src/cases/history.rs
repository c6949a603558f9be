//! 办理记录: what was done to every case, append-only. The only file that knows the table `case_events`.

use crate::cases::execute::{CommandContext, Outcome};
use crate::cases::request_store::{from_i64, to_i64};
use crate::context::Context;
use crate::http::failure::Failure;
use serde::de::DeserializeOwned;
use shared::api::requests::HistoryLine;
use shared::cases::Kind;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Role;
use sqlx::AnyConnection;

/// An operation that was carried out before: what was sent and what was answered.
pub struct KnownOperation {
    sent_hash: String,
    reply: String,
}

impl KnownOperation {
    /// The stored reply, if the same was sent again.
    ///
    /// # Errors
    /// 409 when the id was used for something else.
    pub fn answer<T: DeserializeOwned>(&self, sent_hash: &str) -> Result<T, Failure> {
        if self.sent_hash != sent_hash {
            return Err(Failure::operation_reused());
        }
        Ok(serde_json::from_str(&self.reply)?)
    }
}

/// What was carried out under this operation id.
pub async fn known(
    context: &Context,
    connection: &mut AnyConnection,
    operation: &str,
) -> Result<Option<KnownOperation>, Failure> {
    let row: Option<(String, String)> =
        sqlx::query_as("select sent_hash, reply from case_events where tenant = $1 and operation = $2")
            .bind(context.tenant())
            .bind(operation)
            .fetch_optional(connection)
            .await?;
    Ok(row.map(|(sent_hash, reply)| KnownOperation { sent_hash, reply }))
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
    sqlx::query(
        "insert into case_events (tenant, case_id, revision, operation, sent_hash, verb, account, name, role, \
         at, stage, version, events, reply) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(context.tenant())
    .bind(case.as_str())
    .bind(to_i64(outcome.moved.revision))
    .bind(operation)
    .bind(sent_hash.as_str())
    .bind(json_word(&outcome.verb)?)
    .bind(actor.account.as_str())
    .bind(actor.name.as_str())
    .bind(actor.role.word())
    .bind(context.clock().stamp().to_string())
    .bind(json_word(&outcome.moved.stage)?)
    .bind(i64::from(outcome.version))
    .bind(outcome.events.as_str())
    .bind(serde_json::to_string(&outcome.moved)?)
    .execute(connection)
    .await?;
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
