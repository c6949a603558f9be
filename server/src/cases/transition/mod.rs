//! 办理: every command of every kind of case. Find the case, ask whether the command was given before, let its kind
//! carry it out, record what came of it; the rules are all in `shared::cases`.

mod record;
mod request;

pub use record::history;

use crate::audit::trail::AuditRecord;
use crate::cases::approvals;
use crate::cases::consolidations;
use crate::cases::plans;
use crate::cases::request_store;
use crate::cases::separates;
use crate::cases::store::{self, AnyCase};
use crate::context::Context;
use crate::http::failure::Failure;
use crate::http::routing::Shared;
use crate::notify::change_bus;
use crate::notify::notices;
use crate::store::{Write, digest};
use serde::Serialize;
use shared::api::transition::{Moved, Transition};
use shared::cases::authority::CaseKind as _;
use shared::cases::language::{Case, Stage};
use shared::cases::notices::{CaseNotifications, request_notifications};
use shared::kernel::ids::CaseId;
use shared::kernel::people::Actor;
use sqlx::AnyConnection;

/// A case of any kind, as it is before the command.
enum Subject {
    Request(Box<Case>),
    Other(AnyCase),
}

/// What a command did to its case.
pub struct Outcome {
    pub moved: Moved,
    /// The version it was about, 0 when nothing was frozen yet.
    pub version: u32,
    /// The events, as JSON.
    pub events: String,
    /// What is told of it, and of the cases that moved along.
    pub told: Vec<CaseNotifications>,
}

impl Outcome {
    pub fn new(
        from: Stage,
        stage: Stage,
        revision: u64,
        version: u32,
        events: &[impl Serialize],
    ) -> Result<Outcome, Failure> {
        let moved = Moved { revision, stage, from };
        Ok(Outcome { moved, version, events: serde_json::to_string(events)?, told: Vec::new() })
    }

    pub fn telling(mut self, told: CaseNotifications) -> Outcome {
        self.told.push(told);
        self
    }
}

/// Who gives the command, under which operation.
pub struct CommandContext<'a> {
    pub actor: &'a Actor,
    pub request: &'a Transition,
    pub sent_hash: String,
}

/// `POST …/transitions`.
pub async fn apply(context: Shared, actor: Actor, request: Transition) -> Result<Moved, Failure> {
    let id = &request.request;
    let sent_hash =
        digest(&[id.as_str(), &request.seen.to_string(), &serde_json::to_string(&request.command)?]);
    let mut write = context.db.write(&format!("request {} {id}", context.tenant())).await?;
    let subject = find(&context, write.connection(), &actor, id).await?;
    if let Some((hash, reply)) =
        record::known(&context, write.connection(), request.operation.as_str()).await?
    {
        return if hash == sent_hash {
            Ok(serde_json::from_str(&reply)?)
        } else {
            Err(Failure::operation_reused())
        };
    }
    let revision = subject.revision();
    if request.seen != revision {
        return Err(Failure::stale(revision));
    }
    let order = CommandContext { actor: &actor, request: &request, sent_hash };
    let done = execute(&context, &mut write, &order, subject).await?;
    record::file(&context, write.connection(), &order, &done).await?;
    let act = format!("transition.{}", request.command.verb().word());
    let Moved { from, stage, .. } = done.moved;
    let detail = format!("{} → {}，版本 {}", from.word(), stage.word(), done.version);
    write.changes(change_bus::request(context.tenant(), id));
    notices::file(&context, &mut write, &actor, &done.told).await?;
    write.commit(AuditRecord::by(&actor, context.clock().stamp(), act, id.as_str()).detail(detail)).await?;
    Ok(done.moved)
}

/// The case, if it exists for this person.
async fn find(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    id: &CaseId,
) -> Result<Subject, Failure> {
    match store::find(context, &mut *connection, id).await? {
        Some(matter) if matter.visible_to(actor) => Ok(Subject::Other(matter)),
        Some(_) => Err(Failure::unknown("份案卷")),
        None => {
            let filed = request_store::visible(context, connection, actor, id.as_str()).await?;
            Ok(Subject::Request(Box::new(filed.case)))
        }
    }
}

impl Subject {
    fn revision(&self) -> u64 {
        match self {
            Subject::Request(case) => case.revision,
            Subject::Other(matter) => matter.revision(),
        }
    }
}

async fn execute(
    context: &Context,
    write: &mut Write,
    order: &CommandContext<'_>,
    subject: Subject,
) -> Result<Outcome, Failure> {
    match subject {
        Subject::Request(case) => Box::pin(request::execute(context, write, order, *case)).await,
        Subject::Other(AnyCase::Compilation(compilation)) => {
            Box::pin(consolidations::execute(context, write, order, compilation)).await
        }
        Subject::Other(AnyCase::Batch(batch)) => {
            Box::pin(approvals::execute(context, write, order, batch)).await
        }
        Subject::Other(AnyCase::Plan(plan)) => Box::pin(plans::execute(context, write, order, plan)).await,
        Subject::Other(AnyCase::Separate(separate)) => {
            Box::pin(separates::execute(context, write, order, *separate)).await
        }
    }
}

/// A request that moves with another case: filed over what was read, recorded under the same act. Answers what is told
/// of it.
pub async fn cascade(
    context: &Context,
    write: &mut Write,
    order: &CommandContext<'_>,
    before: &Case,
    events: &[shared::cases::language::Event],
) -> Result<CaseNotifications, Failure> {
    let case = events.iter().fold(before.clone(), shared::cases::request::decide::evolve);
    let at = context.clock().stamp();
    request_store::update(context, write.connection(), &case, before.revision, at).await?;
    let done = Outcome::new(before.stage(), case.stage, case.revision, case.version, events)?;
    write.changes(change_bus::request(context.tenant(), before.id()));
    record::file_along(context, write.connection(), order, before.id(), &done).await?;
    Ok(request_notifications(&case, events))
}
