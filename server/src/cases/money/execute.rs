//! 办理执行案件: a command of an execution kind, judged and carried out whole or not at all. Transfers, cases that move along
//! and the history are written in the transaction of the command.

use super::case_rows;
use super::notify::{Done, notify};
use super::papers::{self, PaperAct};
use super::world::{self, Reading, StoredWorld};
use super::writes::{self, Shift};
use crate::cases::event_log::{self, Recorded};
use crate::cases::store;
use crate::context::Context;
use crate::identity::departments::{self, Departments};
use crate::kernel::failure::Failure;
use crate::store::append::Operation;
use crate::store::audit_trail::AuditRecord;
use crate::store::change_bus;
use crate::store::{Write, digest};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use shared::api::problem::{Problem, code};
use shared::api::transition::{Moved, StageWord, Transition};
use shared::cases::execution::execute::{unknown_case, unknown_command};
use shared::cases::execution::registry::{AnyExecutionCase, ExecutionKindName};
use shared::cases::execution::world::{CaseEntry, ExecutionWorld, Party, Sent};
use shared::kernel::ids::CaseId;
use shared::kernel::people::Actor;
use shared::kernel::refusal::Refusal;
use shared::ledger::account::LedgerAccount;
use shared::ledger::balance::{Balance, Balances, apply};
use shared::ledger::transfer::Transfer;
use shared::policy::accounts::departments::not_open;
use std::collections::BTreeMap;

/// Judges a command inside a write that holds the lock of the money and writes what it changed, but the trail's entry; a repeated
/// one is answered as before and writes nothing.
pub async fn apply_in<'a>(
    context: &Context,
    write: &mut Write,
    actor: &'a Actor,
    request: &'a Transition,
    kind: &str,
) -> Result<(Moved, Option<AuditRecord<'a>>), Failure> {
    let id = &request.request;
    let sent_hash =
        digest(&[actor.account.as_str(), id.as_str(), kind, &serde_json::to_string(&request.command)?]);
    let operation = request.operation.as_str();
    let sent = Operation { id: operation, body_hash: &sent_hash, account: actor.account.as_str() };
    if let Some(reply) = event_log::reply(context, write.connection(), sent).await? {
        return Ok((reply, None));
    }
    let (verb, with) = command_of(&request.command)?;
    let kind = ExecutionKindName::from_word(kind).and_then(|kind| Some((kind, kind.verb(&verb)?)));
    let (kind, verb) = kind.ok_or_else(|| refused(unknown_command(&verb)))?;
    if case_rows::is_of_office_kind(write.connection(), context.tenant(), id).await? {
        return Err(refused(unknown_case()));
    }
    let seen = request.seen;
    let command = GivenCommand { context, actor, case: id, seen, kind, verb, with: &with, sent };
    let (moved, world) = command.carry_out(write).await?;
    notify(context, write, &world, &Done { actor, case: id, verb, with: &with }).await?;
    let act = format!("transition.{verb}");
    let detail = format!("{} → {}", moved.from.0, moved.stage.0);
    let record = AuditRecord::by(actor, context.clock().stamp(), act, id.as_str()).detail(detail);
    Ok((moved, Some(record)))
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

/// A command of an execution kind, inside a transaction that holds the lock of the money.
pub struct GivenCommand<'a> {
    pub context: &'a Context,
    pub actor: &'a Actor,
    pub case: &'a CaseId,
    /// Revision the author saw, 0 for a case that is not there.
    pub seen: u64,
    pub kind: ExecutionKindName,
    pub verb: &'static str,
    pub with: &'a Value,
    pub sent: Operation<'a>,
}

impl GivenCommand<'_> {
    /// Judges the command and writes what it changed; the world after it.
    pub fn carry_out<'a>(
        &'a self,
        write: &'a mut Write,
    ) -> BoxFuture<'a, Result<(Moved, ExecutionWorld), Failure>> {
        async move {
            let GivenCommand { context, actor, case, kind, verb, with, .. } = *self;
            let tenant = context.tenant();
            let Departments { open, succession, .. } =
                departments::registry(context, write.connection()).await?;
            if let Some(own) = actor.department.as_ref().filter(|own| !open.iter().any(|of| of.id == **own)) {
                return Err(not_open(own).into());
            }
            case_rows::write_missing_keys(write.connection(), tenant, &succession).await?;
            let reading = Reading { kind: Some(kind), case, with, department: actor.department.as_ref() };
            let stored = world::of_command(context, write.connection(), &reading).await?;
            let party = Party { actor: actor.clone() };
            self.require_current(&stored, &party)?;
            let StoredWorld { mut world, rows: before } = stored;
            let balances = world.ledger.balances().clone();
            let (end, from) =
                (world.ledger.last_number(), world.cases.get(case).map(|entry| entry.case.stage()));
            let today = context.clock().today();
            let executed = kind.execute(&mut world, &Sent { by: &party, case, verb, with, today });
            let reply = executed.map_err(refused)?.reply;
            let revisions = before.iter().map(|(case, row)| (case, row.revision)).collect();
            let moved = self.write_cases(write, &world, &revisions, from, reply).await?;
            write_ledger(context, write, &world, balances, end).await?;
            writes::insert_opened(write.connection(), tenant, case, &world).await?;
            write.changes(change_bus::desks(tenant));
            Ok((moved, world))
        }
        .boxed()
    }

    /// The author saw the case as it is. A case that does not exist for them is judged like one that is not there.
    fn require_current(&self, stored: &StoredWorld, party: &Party) -> Result<(), Failure> {
        let entry = stored.world.visible(party, self.case);
        let row = entry.filter(|entry| entry.case.kind() == self.kind).and(stored.rows.get(self.case));
        match row {
            Some(row) if row.revision != self.seen => Err(Failure::stale(row.revision)),
            _ => Ok(()),
        }
    }

    /// Stores every case something happened to, each over the revision it was read at, with its history.
    async fn write_cases(
        &self,
        write: &mut Write,
        world: &ExecutionWorld,
        revisions: &BTreeMap<&CaseId, u64>,
        from: Option<&'static str>,
        reply: Map<String, Value>,
    ) -> Result<Moved, Failure> {
        let mut by_case: Vec<(&CaseId, Vec<&Value>)> = Vec::new();
        for (case, events) in &world.changes.events {
            match by_case.iter_mut().find(|(known, _)| *known == case) {
                Some((_, all)) => all.extend(events),
                None => by_case.push((case, events.iter().collect())),
            }
        }
        let mut own = None;
        for (case, events) in by_case {
            let Some(entry) = world.cases.get(case) else { continue };
            let revision = revisions.get(case).copied().unwrap_or(0) + 1;
            let stage = StageWord(entry.case.stage().to_string());
            let mut moved = Moved { revision, from: stage.clone(), stage, reply: Map::new() };
            if case == self.case {
                moved.from = from.map_or(moved.from, |from| StageWord(from.to_string()));
                moved.reply = reply.clone();
                own = Some(moved.clone());
            }
            self.write_case(write, world, case, entry, events, &moved).await?;
        }
        own.ok_or_else(|| Failure::Internal(anyhow::anyhow!("a command that left no event")))
    }

    /// Stores one case with its keys and what happened to it.
    async fn write_case(
        &self,
        write: &mut Write,
        world: &ExecutionWorld,
        case: &CaseId,
        entry: &CaseEntry,
        events: Vec<&Value>,
        moved: &Moved,
    ) -> Result<(), Failure> {
        let (context, kind) = (self.context, entry.case.kind());
        let year = world.year_of(&entry.case);
        store::put_money(context, write.connection(), case, year, entry, moved.revision - 1).await?;
        case_rows::put_keys(write.connection(), context.tenant(), case, &entry.case).await?;
        let mut events: Vec<Value> = events.into_iter().cloned().collect();
        let mut operation = self.sent.id.to_string();
        if case == self.case {
            let act = PaperAct { actor: self.actor, kind, case, verb: self.verb, events: &events };
            let made = papers::entries(context, write.connection(), &act, &world.changes.papers).await?;
            events.extend(made);
        } else {
            operation.push_str(&format!("/{case}"));
        }
        let recorded = Recorded {
            case,
            operation: Operation { id: &operation, ..self.sent },
            actor: self.actor,
            verb: self.verb,
            version: 0,
            events: &serde_json::to_string(&events)?,
            moved,
        };
        event_log::record(context, write.connection(), &recorded).await?;
        if let AnyExecutionCase::Payment(payment) = &entry.case {
            writes::restate_live(write.connection(), context.tenant(), case, payment).await?;
        }
        write.changes(change_bus::request(context.tenant(), case));
        Ok(())
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
