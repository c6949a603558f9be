//! 办理日志: what was done to every case of every kind, append-only. The only file that knows the table `case_events`.

use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::store::append::{Entry, Operation, Repeated};
use crate::store::logs::CASE_EVENTS;
use crate::store::values::{Value, key_lists, statement};
use shared::api::transition::Moved;
use shared::kernel::ids::{CaseId, PersonId};
use shared::kernel::people::{Actor, Office, Role};
use sqlx::{AnyConnection, FromRow, Row};
use std::collections::{BTreeMap, BTreeSet};

/// The reply to this operation, if it was carried out before.
///
/// # Errors
/// 409 when the id was used for something else or by somebody else.
pub async fn reply(
    context: &Context,
    connection: &mut AnyConnection,
    sent: Operation<'_>,
) -> Result<Option<Moved>, Failure> {
    reply_in(&known(context, connection, &[sent]).await?, sent)
}

/// Those of these operations that were carried out before, for [`reply_in`].
pub async fn known(
    context: &Context,
    connection: &mut AnyConnection,
    sent: &[Operation<'_>],
) -> Result<Vec<Repeated>, Failure> {
    let sent: Vec<(&str, Operation<'_>)> = sent.iter().map(|sent| ("", *sent)).collect();
    CASE_EVENTS.known(connection, context.tenant(), &sent).await
}

/// The reply to this operation, if it is among those that were carried out before.
///
/// # Errors
/// 409 when the id was used for something else or by somebody else.
pub fn reply_in(known: &[Repeated], sent: Operation<'_>) -> Result<Option<Moved>, Failure> {
    let Some(repeated) = known.iter().find(|repeated| repeated.is(sent)) else { return Ok(None) };
    repeated.require(sent)?;
    Ok(Some(serde_json::from_str(&repeated.reply)?))
}

/// What happened to a case, as its history stores it.
#[derive(Clone, Copy)]
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

/// Appends to the history of a case; entries are numbered without a gap, while one command may lead over several
/// revisions.
pub async fn record(
    context: &Context,
    connection: &mut AnyConnection,
    recorded: &Recorded<'_>,
) -> Result<(), Failure> {
    record_all(context, connection, std::slice::from_ref(recorded)).await?;
    Ok(())
}

/// Appends to the histories of several cases, in their order; the number of each entry.
pub async fn record_all(
    context: &Context,
    connection: &mut AnyConnection,
    recorded: &[Recorded<'_>],
) -> Result<Vec<u64>, Failure> {
    let cases: BTreeSet<&str> = recorded.iter().map(|of| of.case.as_str()).collect();
    let mut ends = CASE_EVENTS.ends_of(&mut *connection, context.tenant(), &cases).await?;
    let (mut rows, mut numbers) = (Vec::with_capacity(recorded.len()), Vec::with_capacity(recorded.len()));
    for of in recorded {
        let Some(end) = ends.get_mut(of.case.as_str()) else { continue };
        rows.extend(end.rows(context.db.seal(), vec![entry(context, of)?]));
        numbers.push(end.number());
    }
    CASE_EVENTS.insert(connection, &rows).await?;
    Ok(numbers)
}

fn entry<'a>(context: &Context, recorded: &'a Recorded<'_>) -> Result<Entry<'a>, Failure> {
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
    Ok(Entry { operation: Some(recorded.operation), values })
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

/// The entries of these cases, oldest first.
pub async fn events_of_all(
    context: &Context,
    connection: &mut AnyConnection,
    cases: &BTreeSet<CaseId>,
) -> Result<BTreeMap<CaseId, Vec<EventRow>>, Failure> {
    let mut events: BTreeMap<CaseId, Vec<EventRow>> = BTreeMap::new();
    for (list, values) in key_lists(context.tenant(), &cases.iter().map(CaseId::as_str).collect::<Vec<_>>()) {
        let sql = format!(
            "select case_id, revision, at, name, role, verb, stage, version, events from case_events \
             where tenant = $1 and case_id in ({list}) order by case_id, revision"
        );
        for row in statement(sql, &values).fetch_all(&mut *connection).await? {
            let case = CaseId::new(row.try_get::<String, _>("case_id")?);
            events.entry(case).or_default().push(EventRow::from_row(&row)?);
        }
    }
    Ok(events)
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

/// The reasons and opinions in the events of a command.
pub fn written(events: &[serde_json::Value]) -> Vec<String> {
    let texts = events.iter().flat_map(|event| [event.get("reason"), event.get("text")]);
    texts.flatten().filter_map(serde_json::Value::as_str).map(str::to_string).collect()
}

/// Everybody who ever gave a command on a case, with the office they acted for, also where the case itself no longer
/// carries the signature.
pub async fn signers(
    context: &Context,
    connection: &mut AnyConnection,
    case: &CaseId,
) -> Result<Vec<(PersonId, Office)>, Failure> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select distinct a.person, e.role from case_events e \
         join accounts a on a.tenant = e.tenant and a.id = e.account where e.tenant = $1 and e.case_id = $2",
    )
    .bind(context.tenant())
    .bind(case.as_str())
    .fetch_all(connection)
    .await?;
    let read = rows.into_iter().map(|(person, role)| {
        let role = Role::from_word(&role).ok_or_else(|| anyhow::anyhow!("role {role} in the record"))?;
        Ok((PersonId::new(person), role.office()))
    });
    read.collect()
}

/// A case as it is stored, for whoever folds its events.
#[derive(sqlx::FromRow)]
pub struct StateRow {
    pub id: String,
    pub kind: String,
    pub body: String,
}

/// Every case of every kind.
pub async fn states(connection: &mut AnyConnection, tenant: &str) -> Result<Vec<StateRow>, Failure> {
    let rows = sqlx::query_as("select id, kind, body from cases where tenant = $1 order by id");
    Ok(rows.bind(tenant).fetch_all(connection).await?)
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
