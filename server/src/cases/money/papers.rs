//! 文书库: the documents of execution cases, each stored with the entry of the case's log that made it, so that it has the
//! link and the protection of that entry.

use super::execute::{CarriedOut, MovedCase};
use crate::cases::event_log::{self, EventRow};
use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::store::values::to_i64;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::cases::execution::paper::{CasePaper, PaperSignature};
use shared::kernel::ids::CaseId;
use shared::kernel::people::{Actor, Role};
use shared::kernel::timestamp::Timestamp;
use sqlx::AnyConnection;
use std::collections::BTreeSet;

/// A document among the events of a command.
#[derive(Serialize, Deserialize)]
#[serde(tag = "event", rename = "paper")]
struct StoredPaper {
    paper: CasePaper,
}

/// Adds the documents of commands to what happened to their own cases: with everybody who signed since the case was begun
/// or begun anew, in this transaction or before it.
pub async fn add(
    context: &Context,
    connection: &mut AnyConnection,
    done: &mut [CarriedOut<'_>],
) -> Result<(), Failure> {
    let making = done.iter().filter(|one| !one.changes.papers.is_empty());
    let making: BTreeSet<CaseId> = making.map(|one| one.case.clone()).collect();
    let mut histories = event_log::events_of_all(context, connection, &making).await?;
    for one in done {
        for of in one.cases.iter_mut().filter(|of| making.contains(&of.case)) {
            let history = histories.entry(of.case.clone()).or_default();
            let papers = if of.case == *one.case { one.changes.papers.as_slice() } else { &[] };
            of.events.extend(entries(context, (one.actor, of), papers, history)?);
            history.push(EventRow {
                revision: to_i64(of.moved.revision),
                at: context.clock().stamp().to_string(),
                name: one.actor.name.clone(),
                role: one.actor.role.word().to_string(),
                verb: serde_json::to_string(of.verb)?,
                stage: serde_json::to_string(&of.moved.stage)?,
                version: 0,
                events: serde_json::to_string(&of.events)?,
            });
        }
    }
    Ok(())
}

/// The documents of a command as its entry stores them.
fn entries(
    context: &Context,
    (actor, of): (&Actor, &MovedCase),
    papers: &[CasePaper],
    history: &[EventRow],
) -> Result<Vec<Value>, Failure> {
    if papers.is_empty() {
        return Ok(Vec::new());
    }
    let mut signed = Vec::new();
    for row in history {
        let verb: String = serde_json::from_str(&row.verb)?;
        if of.kind.opens(&verb) {
            signed.clear();
        }
        // Another kind's command that moved the case along signs nothing here.
        if let Some(label) = of.kind.verb_label(&verb) {
            signed.push(signature(row, label)?);
        }
    }
    if of.kind.opens(of.verb) {
        signed.clear();
    }
    signed.push(PaperSignature {
        act: of.kind.verb_label(of.verb).unwrap_or_default().to_string(),
        name: actor.name.clone(),
        role: actor.role.label().to_string(),
        on: context.clock().today(),
        text: event_log::written(&of.events).join("；"),
    });
    let paper = |paper: &CasePaper| CasePaper { signed: signed.clone(), ..paper.clone() };
    let stored = papers.iter().map(|of| serde_json::to_value(StoredPaper { paper: paper(of) }));
    Ok(stored.collect::<Result<_, _>>()?)
}

fn signature(row: &EventRow, label: &str) -> Result<PaperSignature, Failure> {
    let role = Role::from_word(&row.role);
    let at: Timestamp = row.at.parse()?;
    let events: Vec<Value> = serde_json::from_str(&row.events)?;
    Ok(PaperSignature {
        act: label.to_string(),
        name: row.name.clone(),
        role: role.map_or_else(|| row.role.clone(), |role| role.label().to_string()),
        on: at.date(),
        text: event_log::written(&events).join("；"),
    })
}

/// The documents of a case, oldest first.
pub async fn of_case(
    context: &Context,
    connection: &mut AnyConnection,
    case: &CaseId,
) -> Result<Vec<CasePaper>, Failure> {
    let mut papers = Vec::new();
    for row in event_log::events_of(context, connection, case).await? {
        let events: Vec<Value> = serde_json::from_str(&row.events)?;
        let stored = events.into_iter().filter(|event| event["event"] == "paper");
        for event in stored {
            papers.push(serde_json::from_value::<StoredPaper>(event)?.paper);
        }
    }
    Ok(papers)
}
