//! 办理记录: commands as they are recorded on their cases, and as the pages of cases show them.

use crate::cases::event_log::{EventRow, Recorded, events_of, record, written};
use crate::cases::execute::{CommandContext, Outcome};
use crate::cases::nudge_rows;
use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::store::append::Operation;
use crate::store::values::from_i64;
use shared::api::money::MoneyHistoryLine;
use shared::api::requests::{HistoryLine, disclosed};
use shared::cases::Kind;
use shared::cases::execution::registry::ExecutionKindName;
use shared::cases::kernel::{CaseHead, Reason, Verb};
use shared::kernel::ids::CaseId;
use shared::kernel::people::{Actor, Role};
use sqlx::AnyConnection;

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

fn line(row: EventRow, kind: Kind) -> Result<HistoryLine, Failure> {
    Ok(HistoryLine {
        revision: from_i64(row.revision),
        at: row.at.parse()?,
        by: row.name,
        role: role(&row.role)?,
        verb: serde_json::from_str(&row.verb)?,
        stage: serde_json::from_str(&row.stage)?,
        version: u32::try_from(row.version).unwrap_or(0),
        reasons: kind.reasons(&row.events)?,
    })
}

/// 办理记录 of a case as this person reads it, oldest first.
pub async fn history_for(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    head: &CaseHead,
) -> Result<Vec<HistoryLine>, Failure> {
    let mut lines = disclosed(history(context, &mut *connection, head).await?, actor);
    for nudge in nudge_rows::of_case(context, connection, &head.id).await? {
        let at = nudge.at.parse()?;
        let after = lines.iter().rposition(|line| line.at <= at).map_or(0, |last| last + 1);
        let line = HistoryLine {
            revision: head.revision,
            at,
            role: role(&nudge.by_role)?,
            by: nudge.by_name,
            verb: Verb::Nudge,
            stage: head.stage,
            version: 0,
            reasons: vec![Reason { text: nudge.text, place: None }],
        };
        lines.insert(after, line);
    }
    Ok(lines)
}

fn role(word: &str) -> Result<Role, Failure> {
    Ok(Role::from_word(word).ok_or_else(|| anyhow::anyhow!("role {word} in the record"))?)
}

/// 办理记录 of a case, oldest first, with the reasons people wrote; for rules, which go by all of it.
pub async fn history(
    context: &Context,
    connection: &mut AnyConnection,
    head: &CaseHead,
) -> Result<Vec<HistoryLine>, Failure> {
    let events = events_of(context, connection, &head.id).await?;
    events.into_iter().map(|row| line(row, head.kind)).collect()
}

/// 办理记录 of an execution case, oldest first, with what people wrote.
pub async fn of_money(
    context: &Context,
    connection: &mut AnyConnection,
    kind: ExecutionKindName,
    case: &CaseId,
) -> Result<Vec<MoneyHistoryLine>, Failure> {
    let rows = events_of(context, &mut *connection, case).await?;
    let money_line = |row: EventRow| {
        let (verb, stage): (String, String) =
            (serde_json::from_str(&row.verb)?, serde_json::from_str(&row.stage)?);
        let stage_label = kind.stage_label(&stage).map_or_else(|| stage.clone(), str::to_string);
        Ok(MoneyHistoryLine {
            revision: from_i64(row.revision),
            at: row.at.parse()?,
            by: row.name,
            role: role(&row.role)?,
            // Another kind's command moved the case along.
            verb_label: kind.verb_label(&verb).unwrap_or("随其他案卷办理").to_string(),
            verb,
            stage_label,
            reasons: written(&serde_json::from_str::<Vec<serde_json::Value>>(&row.events)?),
        })
    };
    let mut lines: Vec<MoneyHistoryLine> =
        rows.into_iter().map(money_line).collect::<Result<_, Failure>>()?;
    for nudge in nudge_rows::of_case(context, connection, case).await? {
        let at = nudge.at.parse()?;
        let after = lines.iter().rposition(|line| line.at <= at).map_or(0, |last| last + 1);
        let before = after.checked_sub(1).and_then(|before| lines.get(before));
        let line = MoneyHistoryLine {
            revision: before.map_or(0, |line| line.revision),
            stage_label: before.map_or_else(String::new, |line| line.stage_label.clone()),
            at,
            role: role(&nudge.by_role)?,
            by: nudge.by_name,
            verb_label: Verb::Nudge.label().to_string(),
            verb: Verb::Nudge.word().to_string(),
            reasons: vec![nudge.text],
        };
        lines.insert(after, line);
    }
    Ok(lines)
}
