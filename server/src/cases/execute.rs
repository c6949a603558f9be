//! 办理: every command of every kind of case goes this one way: find the case, ask whether the operation is known, judge,
//! append what happened, carry out what follows, audit. The rules are all in `shared::cases`.

use crate::cases::attachments::freeze::freeze;
use crate::cases::event_log;
use crate::cases::facts::{KindFacts, command_of};
use crate::cases::history;
use crate::cases::money::commands::apply_money;
use crate::cases::money::issued;
use crate::cases::store;
use crate::context::{Context, Shared};
use crate::documents::editions;
use crate::kernel::failure::Failure;
use crate::notify::notices;
use crate::store::append::Operation;
use crate::store::audit_trail::AuditRecord;
use crate::store::change_bus;
use crate::store::{Write, digest};
use shared::api::transition::{Moved, Transition};
use shared::cases::AnyCase;
use shared::cases::authority::{permit, require_one_office};
use shared::cases::kernel::notification::CaseNotifications;
use shared::cases::kernel::{Effect, Stage, Verb};
use shared::cases::request::{self, RequestCase, effects as request_effects};
use shared::kernel::people::Actor;
use shared::with_case;

/// What a command did to its case.
pub struct Outcome {
    pub verb: Verb,
    pub moved: Moved,
    /// The version it was about, 0 when nothing was frozen yet.
    pub version: u32,
    /// The events, as JSON.
    pub events: String,
    /// The notifications about it, and about the cases that moved along.
    pub notifications: Vec<CaseNotifications>,
}

/// Who gives the command, under which operation.
pub struct CommandContext<'a> {
    pub actor: &'a Actor,
    pub request: &'a Transition,
    pub sent_hash: String,
}

/// `POST …/transitions`. A refusal is in the trail, too.
pub async fn apply(context: Shared, actor: Actor, request: Transition) -> Result<Moved, Failure> {
    let applied = Box::pin(carry_out(&context, &actor, &request)).await;
    if let Err(Failure::Problem(problem)) = &applied {
        let act = format!("transition.{}", verb_word(&request.command));
        let entry = AuditRecord::by(&actor, context.clock().stamp(), act, request.request.as_str());
        context
            .audit_refusal(entry, problem.refusal.as_ref().map_or(&problem.code, |refusal| &refusal.code))
            .await?;
    }
    applied
}

/// The verb of a command as the trail names it, whatever was sent.
fn verb_word(command: &serde_json::Value) -> &str {
    let is_word = |verb: &&str| {
        verb.len() <= 40 && verb.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    let verb = command.get("verb").and_then(serde_json::Value::as_str).filter(is_word);
    verb.filter(|verb| !verb.is_empty()).unwrap_or("unknown")
}

async fn carry_out(context: &Shared, actor: &Actor, request: &Transition) -> Result<Moved, Failure> {
    if let Some(kind) = request.kind.clone() {
        return Box::pin(apply_money(context.clone(), actor.clone(), request.clone(), &kind)).await;
    }
    let id = &request.request;
    let sent_hash =
        digest(&[id.as_str(), &request.seen.to_string(), &serde_json::to_string(&request.command)?]);
    let mut write = context.db.write(&format!("request {} {id}", context.tenant())).await?;
    let case = store::visible(context, write.connection(), actor, id).await?;
    let sent =
        Operation { id: request.operation.as_str(), body_hash: &sent_hash, account: actor.account.as_str() };
    if let Some(reply) = event_log::reply(context, write.connection(), sent).await? {
        return Ok(reply);
    }
    let revision = case.head().revision;
    if request.seen != revision {
        return Err(Failure::stale(revision));
    }
    let command = CommandContext { actor, request, sent_hash };
    let outcome = with_case!(case, case => Box::pin(execute(context, &mut write, &command, *case)).await)?;
    history::append(context, write.connection(), &command, &outcome).await?;
    let act = format!("transition.{}", outcome.verb.word());
    let Moved { from, stage, .. } = &outcome.moved;
    let detail = format!("{} → {}，版本 {}", from.0, stage.0, outcome.version);
    write.changes(change_bus::request(context.tenant(), id));
    write.changes(change_bus::deadlines(context.tenant()));
    write.changes(change_bus::desks(context.tenant()));
    notices::file(context, &mut write, actor, &outcome.notifications).await?;
    write.commit(AuditRecord::by(actor, context.clock().stamp(), act, id.as_str()).detail(detail)).await?;
    Ok(outcome.moved)
}

/// Judges a command of one kind and carries out what follows from it.
async fn execute<K: KindFacts>(
    context: &Context,
    write: &mut Write,
    command_context: &CommandContext<'_>,
    before: K,
) -> Result<Outcome, Failure>
where
    AnyCase: From<K>,
{
    let CommandContext { actor, request, .. } = command_context;
    let today = context.clock().today();
    let verb = verb_of::<K>(&request.command)?;
    let permit = permit(actor, &before, verb, today)?;
    let signers = event_log::signers(context, write.connection(), before.id()).await?;
    require_one_office(actor, signers.iter().map(|(person, office)| (person, *office)))?;
    let command: K::Command = command_of(&request.command)?;
    let (facts, material) = before.facts(context, write.connection(), actor, &command).await?;
    let events =
        before.decide(&permit, &command, &facts, today).map_err(|refusal| K::refused(refusal, &facts))?;
    let seen = before.head();
    let after = events.iter().fold(before, |case, event| case.evolve(event));
    let head = after.head();
    store::update(context, write.connection(), &AnyCase::from(after.clone()), seen.revision).await?;
    let mut outcome = Outcome {
        verb,
        moved: Moved::new(head.revision, head.stage.into(), seen.stage.into()),
        version: head.version,
        events: serde_json::to_string(&events)?,
        notifications: Vec::new(),
    };
    for effect in events.iter().flat_map(|event| after.effects(event, &facts)) {
        match effect {
            Effect::Freeze { version } => {
                after.freeze(context, write.connection(), actor, version, &facts, &material).await?;
                // The snapshot of a form lists what is attached; its content stays for every kind.
                freeze(context, write.connection(), &head.id, version).await?;
            }
            Effect::RestateSums => after.restate_sums(context, write.connection()).await?,
            Effect::AdvanceRequest { case, events } => {
                outcome
                    .notifications
                    .extend(advance(context, write, command_context, verb, *case, &events).await?);
            }
            Effect::OpenMoney { case, number } => {
                issued::open(context, write, command_context, &case, &number).await?;
            }
            Effect::RecordChange(change) => {
                editions::record(context, write, actor, &head.id, &change).await?;
            }
            Effect::Notify(notifications) => outcome.notifications.push(notifications),
        }
    }
    Ok(outcome)
}

/// The command's word; one the kind does not have is refused by name.
fn verb_of<K: KindFacts>(command: &serde_json::Value) -> Result<Verb, Failure> {
    let word = command.get("verb").and_then(serde_json::Value::as_str).unwrap_or_default();
    let verb = Verb::ALL.into_iter().find(|verb| verb.word() == word && verb.is_command());
    let known = verb.filter(|verb| K::AUTHORITY.iter().any(|row| row.verb == *verb));
    known.ok_or_else(|| {
        Failure::malformed(422, format!("`command.verb`：{}没有“{word}”这项办理。", K::KIND.label()))
    })
}

/// Moves a request along with another case: stored over the revision it was read at, recorded under the same operation.
/// Answers the notifications about it.
async fn advance(
    context: &Context,
    write: &mut Write,
    command: &CommandContext<'_>,
    verb: Verb,
    before: RequestCase,
    events: &[request::Event],
) -> Result<Vec<CaseNotifications>, Failure> {
    use shared::cases::kernel::CaseKind;
    let signers = event_log::signers(context, write.connection(), &before.id).await?;
    require_one_office(command.actor, signers.iter().map(|(person, office)| (person, *office)))?;
    let (from, seen): (Stage, u64) = (before.stage, before.revision);
    let case = events.iter().fold(before, |case, event| case.evolve(event));
    store::update(context, write.connection(), &AnyCase::from(case.clone()), seen).await?;
    let outcome = Outcome {
        verb,
        moved: Moved::new(case.revision, case.stage.into(), from.into()),
        version: case.version,
        events: serde_json::to_string(events)?,
        notifications: Vec::new(),
    };
    write.changes(change_bus::request(context.tenant(), &case.id));
    history::append_along(context, write.connection(), command, &case.id, &outcome).await?;
    let effects = events.iter().flat_map(|event| request_effects(&case, event));
    let notifications = effects.filter_map(|effect| match effect {
        Effect::Notify(notifications) => Some(notifications),
        Effect::Freeze { .. }
        | Effect::RestateSums
        | Effect::AdvanceRequest { .. }
        | Effect::OpenMoney { .. }
        | Effect::RecordChange(_) => None,
    });
    Ok(notifications.collect())
}
