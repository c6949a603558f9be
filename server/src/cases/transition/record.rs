//! 办理记录: what was done to every case, append-only. The only file that knows the table `transitions`.

use super::{CommandContext, Outcome};
use crate::cases::request_store::{from_i64, to_i64};
use crate::context::Context;
use crate::http::failure::Failure;
use serde::de::DeserializeOwned;
use shared::api::requests::HistoryLine;
use shared::cases::approval;
use shared::cases::consolidation;
use shared::cases::language::{Event, Reason, Stage, Verb};
use shared::cases::mid_term_plan;
use shared::cases::separate;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Role;
use sqlx::AnyConnection;

/// What was sent under this operation id and answered to it.
pub async fn known(
    context: &Context,
    connection: &mut AnyConnection,
    operation: &str,
) -> Result<Option<(String, String)>, Failure> {
    let row = sqlx::query_as("select sent_hash, reply from transitions where tenant = $1 and operation = $2")
        .bind(context.tenant())
        .bind(operation)
        .fetch_optional(connection)
        .await?;
    Ok(row)
}

/// Records the command on the case it was given to.
pub async fn file(
    context: &Context,
    connection: &mut AnyConnection,
    order: &CommandContext<'_>,
    done: &Outcome,
) -> Result<(), Failure> {
    let operation = order.request.operation.as_str();
    insert(context, connection, order, &order.request.request, operation, done).await
}

/// Records it on a request that moved along; no client can make its operation id, which has a slash.
pub async fn file_along(
    context: &Context,
    connection: &mut AnyConnection,
    order: &CommandContext<'_>,
    request: &CaseId,
    done: &Outcome,
) -> Result<(), Failure> {
    let operation = format!("{}/{request}", order.request.operation);
    insert(context, connection, order, request, &operation, done).await
}

async fn insert(
    context: &Context,
    connection: &mut AnyConnection,
    order: &CommandContext<'_>,
    case: &CaseId,
    operation: &str,
    done: &Outcome,
) -> Result<(), Failure> {
    let CommandContext { actor, request, sent_hash } = order;
    sqlx::query(
        "insert into transitions (tenant, request, revision, operation, sent_hash, verb, account, name, role, \
         at, stage, version, events, reply) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(context.tenant())
    .bind(case.as_str())
    .bind(to_i64(done.moved.revision))
    .bind(operation)
    .bind(sent_hash.as_str())
    .bind(word(&request.command.verb())?)
    .bind(actor.account.as_str())
    .bind(actor.name.as_str())
    .bind(actor.role.word())
    .bind(context.clock().stamp().to_string())
    .bind(word(&done.moved.stage)?)
    .bind(i64::from(done.version))
    .bind(done.events.as_str())
    .bind(serde_json::to_string(&done.moved)?)
    .execute(connection)
    .await?;
    Ok(())
}

/// A wire word as JSON text, so that it reads back as the same type.
fn word(value: &impl serde::Serialize) -> Result<String, Failure> {
    Ok(serde_json::to_string(value)?)
}

/// An event that may carry what somebody wrote.
pub trait Told: DeserializeOwned {
    fn reasons(self) -> Vec<Reason>;
}

fn one(text: String) -> Vec<Reason> {
    vec![Reason { text, place: None }]
}

impl Told for Event {
    fn reasons(self) -> Vec<Reason> {
        match self {
            Event::SentBack { reasons, .. } => reasons,
            Event::Withdrawn { reason, .. } | Event::Rejected { reason, .. } => one(reason),
            Event::FinanceOpined { opinion } if !opinion.arrange => one(opinion.reason),
            _ => Vec::new(),
        }
    }
}

impl Told for consolidation::Event {
    fn reasons(self) -> Vec<Reason> {
        match self {
            consolidation::Event::SentBack { reasons, .. } => reasons,
            consolidation::Event::Reported { late_reason: Some(reason), .. } => one(reason),
            _ => Vec::new(),
        }
    }
}

impl Told for approval::Event {
    fn reasons(self) -> Vec<Reason> {
        match self {
            approval::Event::SentBack { reasons, .. } => reasons,
            _ => Vec::new(),
        }
    }
}

impl Told for mid_term_plan::Event {
    fn reasons(self) -> Vec<Reason> {
        match self {
            mid_term_plan::Event::SentBack { reasons, .. } => reasons,
            _ => Vec::new(),
        }
    }
}

impl Told for separate::Event {
    fn reasons(self) -> Vec<Reason> {
        match self {
            separate::Event::SentBack { reasons, .. } => reasons,
            separate::Event::Withdrawn { reason, .. } => one(reason),
            _ => Vec::new(),
        }
    }
}

type Recorded = (i64, String, String, String, String, String, i64, String);

/// 办理记录 of a case, oldest first, with the reasons people wrote.
pub async fn history<E: Told>(
    context: &Context,
    connection: &mut AnyConnection,
    case: &CaseId,
) -> Result<Vec<HistoryLine>, Failure> {
    let rows: Vec<Recorded> = sqlx::query_as(
        "select revision, at, name, role, verb, stage, version, events from transitions \
         where tenant = $1 and request = $2 order by revision",
    )
    .bind(context.tenant())
    .bind(case.as_str())
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|(revision, at, by, role, verb, stage, version, events)| {
            let events: Vec<E> = serde_json::from_str(&events)?;
            let verb: Verb = serde_json::from_str(&verb)?;
            let stage: Stage = serde_json::from_str(&stage)?;
            let role = Role::from_word(&role).ok_or_else(|| anyhow::anyhow!("role {role} in the record"))?;
            Ok(HistoryLine {
                revision: from_i64(revision),
                at: at.parse()?,
                by,
                role,
                verb,
                stage,
                version: u32::try_from(version).unwrap_or(0),
                reasons: events.into_iter().flat_map(E::reasons).collect(),
            })
        })
        .collect()
}
