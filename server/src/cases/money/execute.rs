//! 办理执行案件: a command of an execution kind, judged and carried out whole or not at all. Transfers, cases that move along
//! and the history are written in the transaction of the command.

use super::notify::{Done, notify};
use super::papers::{self, PaperAct};
use super::world::{self, StoredWorld};
use super::writes::{self, Shift};
use crate::cases::event_log::{self, Recorded};
use crate::cases::store;
use crate::context::{Context, Shared};
use crate::kernel::failure::Failure;
use crate::store::append::Operation;
use crate::store::audit_trail::AuditRecord;
use crate::store::change_bus;
use crate::store::{Write, digest};
use serde_json::{Map, Value};
use shared::api::problem::{Problem, code};
use shared::api::transition::{Moved, StageWord, Transition};
use shared::cases::execution::execute::{unknown_case, unknown_command};
use shared::cases::execution::registry::{AnyExecutionCase, ExecutionKindName};
use shared::cases::execution::world::{ExecutionWorld, Party, Sent};
use shared::kernel::ids::CaseId;
use shared::kernel::people::Actor;
use shared::kernel::refusal::Refusal;
use shared::ledger::account::LedgerAccount;
use shared::ledger::balance::{Balance, Balances, apply};
use shared::ledger::transfer::Transfer;
use std::collections::BTreeMap;

/// `POST …/transitions` for an execution kind.
pub async fn apply_money(
    context: Shared,
    actor: Actor,
    request: Transition,
    kind: &str,
) -> Result<Moved, Failure> {
    let id = &request.request;
    let sent_hash =
        digest(&[actor.account.as_str(), id.as_str(), kind, &serde_json::to_string(&request.command)?]);
    let mut write = context.db.write(&format!("money {}", context.tenant())).await?;
    let operation = request.operation.as_str();
    let sent = Operation { id: operation, body_hash: &sent_hash, account: actor.account.as_str() };
    if let Some(reply) = event_log::reply(&context, write.connection(), sent).await? {
        return Ok(reply);
    }
    let (verb, with) = command_of(&request.command)?;
    let kind = ExecutionKindName::from_word(kind).and_then(|kind| Some((kind, kind.verb(&verb)?)));
    let (kind, verb) = kind.ok_or_else(|| refused(unknown_command(&verb)))?;
    if store::is_of_office_kind(&context, write.connection(), id).await? {
        return Err(refused(unknown_case()));
    }
    let stored = world::of_command(&context, write.connection(), id, &with).await?;
    let party = Party { actor: actor.clone() };
    require_current(&stored, &party, kind, &request)?;
    let StoredWorld { mut world, rows: before } = stored;
    let balances = world.ledger.balances().clone();
    let (end, from) = (world.ledger.last_number(), world.cases.get(id).map(|entry| entry.case.stage()));
    let today = context.clock().today();
    let sent = Sent { by: &party, case: id, verb, with: &with, today };
    let reply = kind.execute(&mut world, &sent).map_err(refused)?.reply;
    let (context, actor) = (&context, &actor);
    let command = GivenCommand { context, actor, request: &request, sent_hash, verb, reply };
    let revisions = before.iter().map(|(case, row)| (case, row.revision)).collect();
    let moved = command.write_cases(&mut write, &world, &revisions, from).await?;
    write_ledger(context, &mut write, &world, balances, end).await?;
    writes::insert_opened(write.connection(), context.tenant(), id, &world).await?;
    write.changes(change_bus::desks(context.tenant()));
    notify(context, &mut write, &world, &Done { actor, case: id, verb, with: &with }).await?;
    let act = format!("transition.{verb}");
    let detail = format!("{} → {}", moved.from.0, moved.stage.0);
    write.commit(AuditRecord::by(actor, context.clock().stamp(), act, id.as_str()).detail(detail)).await?;
    Ok(moved)
}

/// How a refusal of an execution kind is answered: what is not there as unknown, anything else as a no.
fn refused(refusal: Refusal) -> Failure {
    let problem = Problem::refused(refusal.clone());
    let (status, code) = match refusal.code.as_str() {
        "case.unknown" => (404, code::UNKNOWN),
        "command.unknown" | "command.body" => (422, code::MALFORMED),
        _ => return problem.into(),
    };
    Problem { refusal: Some(refusal), ..Problem::new(status, code, problem.title, problem.detail) }.into()
}

/// The verb of a command, and what it carries.
fn command_of(command: &Value) -> Result<(String, Value), Failure> {
    let mut with =
        command.as_object().cloned().ok_or_else(|| Failure::malformed(422, "`command`：应为各项内容。"))?;
    match with.remove("verb") {
        Some(Value::String(verb)) => Ok((verb, Value::Object(with))),
        _ => Err(Failure::malformed(422, "`command.verb`：请写明办理事项。")),
    }
}

/// The author saw the case as it is. A case that does not exist for them is judged like one that is not there.
fn require_current(
    stored: &StoredWorld,
    party: &Party,
    kind: ExecutionKindName,
    request: &Transition,
) -> Result<(), Failure> {
    let entry = stored.world.visible(party, &request.request);
    let row = entry.filter(|entry| entry.case.kind() == kind).and(stored.rows.get(&request.request));
    match row {
        Some(row) if row.revision != request.seen => Err(Failure::stale(row.revision)),
        _ => Ok(()),
    }
}

/// A command that was carried out in memory.
struct GivenCommand<'a> {
    context: &'a Context,
    actor: &'a Actor,
    request: &'a Transition,
    sent_hash: String,
    verb: &'static str,
    /// What the answer says besides the stage.
    reply: Map<String, Value>,
}

impl GivenCommand<'_> {
    /// Stores every case something happened to, each over the revision it was read at, with its history.
    async fn write_cases(
        &self,
        write: &mut Write,
        world: &ExecutionWorld,
        revisions: &BTreeMap<&CaseId, u64>,
        from: Option<&'static str>,
    ) -> Result<Moved, Failure> {
        let (context, given) = (self.context, &self.request.request);
        let mut by_case: Vec<(&CaseId, Vec<&Value>)> = Vec::new();
        for (case, events) in &world.changes.events {
            match by_case.iter_mut().find(|(known, _)| *known == case) {
                Some((_, all)) => all.extend(events),
                None => by_case.push((case, events.iter().collect())),
            }
        }
        let mut reply = None;
        for (case, events) in by_case {
            let Some(entry) = world.cases.get(case) else { continue };
            let seen = revisions.get(case).copied().unwrap_or(0);
            let stage = StageWord(entry.case.stage().to_string());
            let from = match case == given {
                true => from.map_or_else(|| stage.clone(), |from| StageWord(from.to_string())),
                false => stage.clone(),
            };
            let reply_of_case = if case == given { self.reply.clone() } else { Map::new() };
            let moved = Moved { revision: seen + 1, stage, from, reply: reply_of_case };
            let year = world.year_of(&entry.case);
            store::put_money(context, write.connection(), case, year, entry, seen).await?;
            let operation = match case == given {
                true => self.request.operation.to_string(),
                false => format!("{}/{case}", self.request.operation),
            };
            let mut events: Vec<Value> = events.into_iter().cloned().collect();
            if case == given {
                let kind = entry.case.kind();
                let act = PaperAct { actor: self.actor, kind, case, verb: self.verb, events: &events };
                let made = papers::entries(context, write.connection(), &act, &world.changes.papers).await?;
                events.extend(made);
            }
            let recorded = Recorded {
                case,
                operation: Operation {
                    id: &operation,
                    body_hash: &self.sent_hash,
                    account: self.actor.account.as_str(),
                },
                actor: self.actor,
                verb: self.verb,
                version: 0,
                events: &serde_json::to_string(&events)?,
                moved: &moved,
            };
            event_log::record(context, write.connection(), &recorded).await?;
            if let AnyExecutionCase::Payment(payment) = &entry.case {
                writes::restate_live(write.connection(), context.tenant(), case, payment).await?;
            }
            write.changes(change_bus::request(context.tenant(), case));
            if case == given {
                reply = Some(moved);
            }
        }
        reply.ok_or_else(|| Failure::Internal(anyhow::anyhow!("a command that left no event")))
    }
}

/// Writes the transfers after `end` with the balances they lead to, the movements of money and a closing.
async fn write_ledger(
    context: &Context,
    write: &mut Write,
    world: &ExecutionWorld,
    before: Balances,
    end: u64,
) -> Result<(), Failure> {
    let tenant = context.tenant();
    let rows: Vec<Transfer> = world.ledger.rows().iter().filter(|row| row.number > end).cloned().collect();
    let shifts = shifts(world, &before, &rows);
    writes::shift_balances(write.connection(), tenant, &shifts).await?;
    writes::append(write.connection(), tenant, &rows).await?;
    writes::insert_movements(write.connection(), tenant, &world.movements).await?;
    for year in world.changes.closed.iter() {
        let last = world.closed.get(year).copied().unwrap_or_else(|| world.ledger.last_number());
        writes::close_year(write.connection(), tenant, *year, last).await?;
    }
    Ok(())
}

/// What the rows add up to on every account they name.
fn shifts(world: &ExecutionWorld, before: &Balances, rows: &[Transfer]) -> BTreeMap<LedgerAccount, Shift> {
    let mut folded = Balances::new();
    for account in rows.iter().flat_map(|row| [&row.debit, &row.credit]) {
        folded.insert(account.clone(), before.get(account).copied().unwrap_or_default());
    }
    for row in rows {
        let reserved = row
            .reservation
            .and_then(|number| world.ledger.rows().iter().find(|reservation| reservation.number == number));
        apply(&mut folded, row, reserved.map(|reservation| reservation.amount).unwrap_or_default());
    }
    let shift = |(account, after): (LedgerAccount, Balance)| {
        let before = before.get(&account).copied().unwrap_or_default();
        (account, Shift { before, after })
    };
    folded.into_iter().map(shift).collect()
}
