//! 办理: every command of the workflow. Load, ask for leave, decide, file the events, answer; the rules are all
//! in `shared::workflow`. The only file that knows the table `transitions`.

use crate::audit::Entry;
use crate::cases::{self, count, counted};
use crate::context::Context;
use crate::db::{Write, digest};
use crate::draft::Draft;
use crate::failure::Failure;
use crate::forms::Judged;
use crate::mount::Shared;
use crate::versions::{self, Sealed, Snapshot};
use shared::api::problem::{Problem, code};
use shared::api::requests::HistoryLine;
use shared::api::transition::{Moved, Transition};
use shared::ids::RequestId;
use shared::people::{Actor, Role};
use shared::policy::art18_validity;
use shared::refusal::Refusal;
use shared::workflow::authority::permit;
use shared::workflow::decide::{Content, decide, evolve};
use shared::workflow::language::{Case, Command, Event, Reason, Stage, Verb};
use sqlx::AnyConnection;
use std::sync::Arc;

/// The content a command is about, sealed and judged.
struct Matter {
    judged: Judged,
    sealed: Sealed,
    edition: &'static str,
}

/// `POST …/transitions`.
pub async fn apply(context: Shared, actor: Actor, request: Transition) -> Result<Moved, Failure> {
    let id = &request.request;
    let sent_hash =
        digest(&[id.as_str(), &request.seen.to_string(), &serde_json::to_string(&request.command)?]);
    let mut write = context.db.write(&format!("request {} {id}", context.tenant())).await?;
    let before = cases::visible(&context, write.connection(), &actor, id.as_str()).await?.case;
    if let Some((hash, reply)) = known(&context, write.connection(), request.operation.as_str()).await? {
        return if hash == sent_hash {
            Ok(serde_json::from_str(&reply)?)
        } else {
            Err(Failure::operation_reused())
        };
    }
    if request.seen != before.revision {
        return Err(Failure::stale(before.revision));
    }
    let permit = permit(&actor, &before, request.command.verb(), context.clock().today())?;
    let matter = matter(&context, write.connection(), &before, &request.command).await?;
    let content = Content {
        findings: &matter.judged.findings,
        unjustified: &matter.judged.unjustified,
        hash: &matter.sealed.hash,
    };
    let events = decide(&before, &permit, &request.command, content)
        .map_err(|refusal| not_ready(refusal, &matter.judged))?;
    let case = events.iter().fold(before.clone(), evolve);
    let moved = Moved { case, from: before.stage };
    file(&context, &mut write, &actor, &request, &sent_hash, &events, &moved, &matter).await?;
    let act = format!("transition.{}", request.command.verb().word());
    let detail = format!("{} → {}，版本 {}", moved.from.word(), moved.case.stage.word(), moved.case.version);
    write.commit(Entry::by(&actor, context.clock().stamp(), act, id.as_str()).detail(detail)).await?;
    context.live.changed(id);
    Ok(moved)
}

/// What the command needs to know of the content: a submit judges the draft, later commands hash what was frozen.
async fn matter(
    context: &Context,
    connection: &mut AnyConnection,
    case: &Case,
    command: &Command,
) -> Result<Matter, Failure> {
    let nothing = Judged { findings: Vec::new(), unjustified: Vec::new(), total: None };
    if !matches!(command, Command::Submit {}) {
        let hash = versions::rehashed(context, connection, &case.id, case.version).await?;
        return Ok(Matter { judged: nothing, sealed: Sealed { text: String::new(), hash }, edition: "" });
    }
    let edition = art18_validity::edition_for(case.fiscal_year)?.code;
    let draft = Draft { tenant: context.tenant(), request: case.id.as_str() };
    let document = draft.document(connection, case.fiscal_year).await?;
    let snapshot = Snapshot {
        request: case.id.clone(),
        department: case.department.clone(),
        definition: context.forms.hash.clone(),
        edition: edition.to_string(),
        document,
    };
    let sealed = snapshot.sealed()?;
    let judged = context.forms.judge(Arc::new(snapshot.document)).await?;
    Ok(Matter { judged, sealed, edition })
}

/// Content that is not ready answers 422 with the findings the browser shows; any other no is a refusal.
fn not_ready(refusal: Refusal, judged: &Judged) -> Failure {
    let findings = match refusal.code.as_str() {
        "findings.errors" => judged.findings.clone(),
        "findings.unjustified" => judged.unjustified.clone(),
        _ => return refusal.into(),
    };
    let problem = Problem::new(422, code::FINDINGS, "还不能提交", refusal.message.clone());
    Problem { findings, refusal: Some(refusal), ..problem }.into()
}

async fn known(
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

#[expect(clippy::too_many_arguments, reason = "one row of the record; each is a different column")]
async fn file(
    context: &Context,
    write: &mut Write,
    actor: &Actor,
    request: &Transition,
    sent_hash: &str,
    events: &[Event],
    moved: &Moved,
    matter: &Matter,
) -> Result<(), Failure> {
    let (case, at) = (&moved.case, context.clock().stamp());
    cases::update(context, write.connection(), case, request.seen, &at).await?;
    if events.iter().any(|event| matches!(event, Event::Frozen { .. })) {
        let total = matter.judged.total.as_deref();
        versions::insert(context, write.connection(), actor, case, &matter.sealed, total, matter.edition)
            .await?;
    }
    sqlx::query(
        "insert into transitions (tenant, request, revision, operation, sent_hash, verb, account, name, role, \
         at, stage, version, events, reply) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(context.tenant())
    .bind(case.id.as_str())
    .bind(count(case.revision))
    .bind(request.operation.as_str())
    .bind(sent_hash)
    .bind(word(&request.command.verb())?)
    .bind(actor.account.as_str())
    .bind(actor.name.as_str())
    .bind(actor.role.word())
    .bind(at)
    .bind(word(&case.stage)?)
    .bind(i64::from(case.version))
    .bind(serde_json::to_string(events)?)
    .bind(serde_json::to_string(moved)?)
    .execute(write.connection())
    .await?;
    Ok(())
}

/// A wire word as JSON text, so that it reads back as the same type.
fn word(value: &impl serde::Serialize) -> Result<String, Failure> {
    Ok(serde_json::to_string(value)?)
}

type Recorded = (i64, String, String, String, String, String, i64, String);

/// 办理记录 of a request, oldest first; outside the department without the steps of an unreported version.
pub async fn history(
    context: &Context,
    connection: &mut AnyConnection,
    request: &RequestId,
) -> Result<Vec<HistoryLine>, Failure> {
    let rows: Vec<Recorded> = sqlx::query_as(
        "select revision, at, name, role, verb, stage, version, events from transitions \
         where tenant = $1 and request = $2 order by revision",
    )
    .bind(context.tenant())
    .bind(request.as_str())
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|(revision, at, by, role, verb, stage, version, events)| {
            let events: Vec<Event> = serde_json::from_str(&events)?;
            let verb: Verb = serde_json::from_str(&verb)?;
            let stage: Stage = serde_json::from_str(&stage)?;
            let role = Role::from_word(&role).ok_or_else(|| anyhow::anyhow!("role {role} in the record"))?;
            Ok(HistoryLine {
                revision: counted(revision),
                at,
                by,
                role,
                verb,
                stage,
                version: u32::try_from(version).unwrap_or(0),
                reasons: events.into_iter().flat_map(reasons_of).collect(),
            })
        })
        .collect()
}

fn reasons_of(event: Event) -> Vec<Reason> {
    match event {
        Event::SentBack { reasons, .. } => reasons,
        Event::Withdrawn { reason, .. } | Event::Rejected { reason, .. } => {
            vec![Reason { text: reason, place: None }]
        }
        Event::FinanceOpined { opinion } if !opinion.arrange => {
            vec![Reason { text: opinion.reason, place: None }]
        }
        _ => Vec::new(),
    }
}
