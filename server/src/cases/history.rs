//! 办理记录: what was done to every case, append-only. The only file that knows the table `case_events`.

use crate::cases::execute::{CommandContext, Outcome};
use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::store::append::{Entry, Operation};
use crate::store::logs::CASE_EVENTS;
use crate::store::values::{Value, from_i64};
use shared::api::money::MoneyHistoryLine;
use shared::api::requests::{HistoryLine, disclosed};
use shared::api::transition::Moved;
use shared::cases::Kind;
use shared::cases::money::registry::MoneyKindName;
use shared::kernel::ids::CaseId;
use shared::kernel::people::{Actor, Role};
use sqlx::AnyConnection;

/// The reply to this operation, if it was carried out before.
///
/// # Errors
/// 409 when the id was used for something else or by somebody else.
pub async fn reply(
    context: &Context,
    connection: &mut AnyConnection,
    sent: Operation<'_>,
) -> Result<Option<Moved>, Failure> {
    let mut repeated = CASE_EVENTS.repeated(connection, context.tenant(), "", &[sent]).await?;
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
    let recorded = Recorded {
        case,
        operation: Operation {
            id: operation,
            body_hash: &command.sent_hash,
            account: command.actor.account.as_str(),
        },
        actor: command.actor,
        verb: outcome.verb.word(),
        version: outcome.version,
        events: &outcome.events,
        moved: &outcome.moved,
    };
    record(context, connection, &recorded).await
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
    let mut end = CASE_EVENTS.end(&mut *connection, context.tenant(), recorded.case.as_str()).await?;
    if end.number() + 1 != moved.revision {
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

/// 办理记录 of a case as this person reads it, oldest first.
pub async fn history_for(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    kind: Kind,
    case: &CaseId,
) -> Result<Vec<HistoryLine>, Failure> {
    Ok(disclosed(history(context, connection, kind, case).await?, actor))
}

/// 办理记录 of a case, oldest first, with the reasons people wrote; for rules, which go by all of it.
pub async fn history(
    context: &Context,
    connection: &mut AnyConnection,
    kind: Kind,
    case: &CaseId,
) -> Result<Vec<HistoryLine>, Failure> {
    events_of(context, connection, case).await?.into_iter().map(|row| row.line(kind)).collect()
}

async fn events_of(
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

/// 办理记录 of a money case, oldest first, with what people wrote.
pub async fn of_money(
    context: &Context,
    connection: &mut AnyConnection,
    kind: MoneyKindName,
    case: &CaseId,
) -> Result<Vec<MoneyHistoryLine>, Failure> {
    let rows = events_of(context, connection, case).await?;
    let line = |row: EventRow| {
        let (verb, stage): (String, String) =
            (serde_json::from_str(&row.verb)?, serde_json::from_str(&row.stage)?);
        let role = Role::from_word(&row.role);
        let stage_label = kind.stage_label(&stage).map_or_else(|| stage.clone(), str::to_string);
        Ok(MoneyHistoryLine {
            revision: from_i64(row.revision),
            at: row.at.parse()?,
            by: row.name,
            role: role.ok_or_else(|| anyhow::anyhow!("role {} in the record", row.role))?,
            // Another kind's command moved the case along.
            verb_label: kind.verb_label(&verb).unwrap_or("随其他案卷办理").to_string(),
            verb,
            stage_label,
            reasons: written(&row.events)?,
        })
    };
    rows.into_iter().map(line).collect()
}

/// The reasons and opinions in the events of a command.
fn written(events: &str) -> Result<Vec<String>, Failure> {
    let events: Vec<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(events)?;
    let texts = events.iter().flat_map(|event| [event.get("reason"), event.get("text")]);
    Ok(texts.flatten().filter_map(serde_json::Value::as_str).map(str::to_string).collect())
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
