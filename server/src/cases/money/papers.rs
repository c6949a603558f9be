//! 文书库: the documents of execution cases, each stored with the entry of the case's log that made it, so that it has the
//! link and the protection of that entry.

use crate::cases::event_log::{self, EventRow};
use crate::context::Context;
use crate::kernel::failure::Failure;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::cases::execution::paper::{CasePaper, PaperSignature};
use shared::cases::execution::registry::ExecutionKindName;
use shared::kernel::ids::CaseId;
use shared::kernel::people::{Actor, Role};
use shared::kernel::timestamp::Timestamp;
use sqlx::AnyConnection;

/// A document among the events of a command.
#[derive(Serialize, Deserialize)]
#[serde(tag = "event", rename = "paper")]
struct StoredPaper {
    paper: CasePaper,
}

/// A command that makes documents.
pub struct PaperAct<'a> {
    pub actor: &'a Actor,
    pub kind: ExecutionKindName,
    pub case: &'a CaseId,
    pub verb: &'a str,
    /// Its events.
    pub events: &'a [Value],
}

/// The documents of a command as its entry stores them: with everybody who signed since the case was begun or begun anew,
/// also where its entry is not written yet.
pub async fn entries(
    context: &Context,
    connection: &mut AnyConnection,
    act: &PaperAct<'_>,
    (papers, unwritten): (&[CasePaper], Vec<EventRow>),
) -> Result<Vec<Value>, Failure> {
    if papers.is_empty() {
        return Ok(Vec::new());
    }
    let mut signed = Vec::new();
    for row in event_log::events_of(context, connection, act.case).await?.into_iter().chain(unwritten) {
        let verb: String = serde_json::from_str(&row.verb)?;
        if act.kind.opens(&verb) {
            signed.clear();
        }
        // Another kind's command that moved the case along signs nothing here.
        if let Some(label) = act.kind.verb_label(&verb) {
            signed.push(signature(row, label)?);
        }
    }
    if act.kind.opens(act.verb) {
        signed.clear();
    }
    signed.push(PaperSignature {
        act: act.kind.verb_label(act.verb).unwrap_or_default().to_string(),
        name: act.actor.name.clone(),
        role: act.actor.role.label().to_string(),
        on: context.clock().today(),
        text: event_log::written(act.events).join("；"),
    });
    let paper = |paper: &CasePaper| CasePaper { signed: signed.clone(), ..paper.clone() };
    let stored = papers.iter().map(|of| serde_json::to_value(StoredPaper { paper: paper(of) }));
    Ok(stored.collect::<Result<_, _>>()?)
}

fn signature(row: EventRow, label: &str) -> Result<PaperSignature, Failure> {
    let role = Role::from_word(&row.role);
    let at: Timestamp = row.at.parse()?;
    let events: Vec<Value> = serde_json::from_str(&row.events)?;
    Ok(PaperSignature {
        act: label.to_string(),
        name: row.name,
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
