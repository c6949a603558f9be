//! 办理执行案件: commands of execution kinds, judged one after the other on one world that is read from rows once. Nothing is
//! written here; [`super::record`] writes what they changed.

use super::case_rows;
use super::command_world::{CommandWorld, Reading};
use super::notify::{Audience, CaseNotice, Done};
use super::world;
use crate::context::Context;
use crate::identity::departments;
use crate::kernel::failure::Failure;
use crate::store::append::Operation;
use crate::store::audit_trail::AuditRecord;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use shared::api::problem::{Problem, code};
use shared::api::transition::{Moved, StageWord};
use shared::cases::execution::execute::{unknown_case, unknown_command};
use shared::cases::execution::kind::ExecutionKind;
use shared::cases::execution::registry::{AnyExecutionCase, ExecutionKindName};
use shared::cases::execution::world::{CaseEntry, Party, Sent, WorldChanges};
use shared::kernel::ids::{AccountId, CaseId, DepartmentId};
use shared::kernel::people::Actor;
use shared::kernel::refusal::Refusal;
use shared::policy::accounts::departments::not_open;
use sqlx::AnyConnection;
use std::collections::{BTreeMap, BTreeSet};

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

/// A command as it is sent: its kind, verb and what it carries.
///
/// # Errors
/// It is no object with a verb, or its kind has no such command.
pub fn command_of(kind: &str, command: &Value) -> Result<(ExecutionKindName, &'static str, Value), Failure> {
    let mut with =
        command.as_object().cloned().ok_or_else(|| Failure::malformed(422, "`command`：应为各项内容。"))?;
    let Some(Value::String(verb)) = with.remove("verb") else {
        return Err(Failure::malformed(422, "`command.verb`：请写明办理事项。"));
    };
    let kind = ExecutionKindName::from_word(kind).and_then(|kind| Some((kind, kind.verb(&verb)?)));
    let (kind, verb) = kind.ok_or_else(|| refused(unknown_command(&verb)))?;
    Ok((kind, verb, Value::Object(with)))
}

/// A command of an execution kind.
pub struct GivenCommand<'a> {
    pub actor: &'a Actor,
    pub case: &'a CaseId,
    /// Revision the author saw, 0 for a case that is not there.
    pub seen: u64,
    pub kind: ExecutionKindName,
    pub verb: &'static str,
    pub with: Value,
    pub sent: Operation<'a>,
}

impl GivenCommand<'_> {
    fn reading(&self) -> Reading<'_> {
        let department = self.actor.department.as_ref();
        Reading { kind: Some(self.kind), case: self.case, with: &self.with, department }
    }
}

/// What the case of a command was before it; empty for one that was not there.
#[derive(Default)]
struct Before {
    stage: &'static str,
    keys: BTreeSet<String>,
}

/// Something that happened to a case, as its history states it.
pub struct MovedCase {
    pub case: CaseId,
    pub kind: ExecutionKindName,
    /// Id of the operation in the history of this case.
    pub operation: String,
    pub verb: &'static str,
    pub events: Vec<Value>,
    /// What the case is found by since then.
    pub keys: BTreeSet<String>,
    pub moved: Moved,
}

/// A command that was carried out, with what it left.
pub struct CarriedOut<'a> {
    pub actor: &'a Actor,
    pub case: &'a CaseId,
    pub verb: &'static str,
    pub sent: Operation<'a>,
    pub moved: Moved,
    pub cases: Vec<MovedCase>,
    pub changes: WorldChanges,
    /// How many transfers and movements there were after it.
    pub transfers: u64,
    pub movements: usize,
    pub notices: BTreeMap<AccountId, Vec<CaseNotice>>,
}

impl<'a> CarriedOut<'a> {
    /// What the trail states of it.
    pub fn act(&self, context: &Context) -> AuditRecord<'a> {
        let act = format!("transition.{}", self.verb);
        let record = AuditRecord::by(self.actor, context.clock().stamp(), act, self.case.as_str());
        record.detail(format!("{} → {}", self.moved.from.0, self.moved.stage.0))
    }
}

/// Commands under way, inside a write that holds the lock of the money.
pub struct Execution<'a> {
    pub context: &'a Context,
    pub world: CommandWorld,
    /// Number of the last transfer that is stored.
    pub end: u64,
    pub done: Vec<CarriedOut<'a>>,
    open: BTreeSet<DepartmentId>,
    /// Ids that belong to cases of other kinds.
    office: BTreeSet<CaseId>,
    audience: Option<Audience>,
}

impl<'a> Execution<'a> {
    /// Reads what these commands can touch; with `notifies` also whom their notices reach.
    pub fn begin<'b>(
        context: &'a Context,
        connection: &'b mut AnyConnection,
        given: &'b [&GivenCommand<'a>],
        notifies: bool,
    ) -> BoxFuture<'b, Result<Execution<'a>, Failure>>
    where
        'a: 'b,
    {
        async move {
            let tenant = context.tenant();
            let registry = departments::registry(context, &mut *connection).await?;
            case_rows::write_missing_keys(&mut *connection, tenant, &registry.succession).await?;
            let ids: Vec<&str> = given.iter().map(|command| command.case.as_str()).collect();
            let office = case_rows::of_office_kinds(&mut *connection, tenant, &ids).await?;
            let readings: Vec<Reading<'_>> = given.iter().map(|command| command.reading()).collect();
            let open = registry.open.iter().map(|department| department.id.clone()).collect();
            let basis = world::basis_of(context, &mut *connection, registry).await?;
            let world = CommandWorld::read(context, &mut *connection, basis, (&readings, Vec::new())).await?;
            let audience = match notifies {
                true => Some(Audience::read(context, connection).await?),
                false => None,
            };
            let end = world.world.ledger.last_number();
            Ok(Execution { context, world, end, done: Vec::new(), open, office, audience })
        }
        .boxed()
    }

    /// Judges a command and carries it out on the world; why it is refused, which changes nothing.
    ///
    /// # Errors
    /// What leaves the world in a state that must not be written.
    pub fn carry_out<'b>(
        &'b mut self,
        connection: &'b mut AnyConnection,
        given: &'b GivenCommand<'a>,
    ) -> BoxFuture<'b, Result<Result<Moved, Failure>, Failure>>
    where
        'a: 'b,
    {
        async move {
            let GivenCommand { actor, case, kind, verb, sent, .. } = *given;
            if let Some(repeated) = self.done.iter().find(|done| done.sent.id == sent.id) {
                let same = (repeated.sent == sent).then(|| repeated.moved.clone());
                return Ok(same.ok_or_else(Failure::operation_reused));
            }
            if self.office.contains(case) {
                return Ok(Err(refused(unknown_case())));
            }
            if let Some(own) = actor.department.as_ref().filter(|own| !self.open.contains(*own)) {
                return Ok(Err(not_open(own).into()));
            }
            self.world.read_on(self.context, &mut *connection).await?;
            self.world.judge(self.context, &mut *connection, given.reading()).await?;
            let party = Party { actor: actor.clone() };
            if let Err(stale) = self.require_current(given, &party) {
                return Ok(Err(stale));
            }
            let before = self.before(case);
            let world = &mut self.world.world;
            let today = self.context.clock().today();
            let sent = Sent { by: &party, case, verb, with: &given.with, today };
            let reply = match kind.execute(world, &sent) {
                Ok(executed) => executed.reply,
                Err(refusal) => return Ok(Err(refused(refusal))),
            };
            let changes = std::mem::take(&mut self.world.world.changes);
            let moved = self.record(given, changes, (before, reply))?;
            Ok(Ok(moved))
        }
        .boxed()
    }

    fn before(&self, case: &CaseId) -> Before {
        let before = |entry: &CaseEntry| Before {
            stage: entry.case.stage(),
            keys: case_rows::keys_of(case, &entry.case),
        };
        self.world.world.cases.get(case).map(before).unwrap_or_default()
    }

    /// Lets an event happen to a case that something else than its commands decided; nobody is notified of it.
    ///
    /// # Errors
    /// The case is not there.
    pub fn advance<K>(&mut self, given: &GivenCommand<'a>, event: &K::Event) -> Result<(), Failure>
    where
        K: ExecutionKind,
        AnyExecutionCase: From<K>,
        for<'k> &'k K: TryFrom<&'k AnyExecutionCase>,
    {
        let before = self.before(given.case);
        self.world.world.advance::<K>(given.case, event).map_err(refused)?;
        let changes = std::mem::take(&mut self.world.world.changes);
        let audience = self.audience.take();
        let moved = self.record(given, changes, (before, Map::new()));
        self.audience = audience;
        moved.map(drop)
    }

    /// The author saw the case as it is. A case that does not exist for them is judged like one that is not there.
    fn require_current(&self, given: &GivenCommand<'_>, party: &Party) -> Result<(), Failure> {
        let entry = self.world.world.visible(party, given.case);
        let row = entry.filter(|entry| entry.case.kind() == given.kind);
        match row.and(self.world.rows.get(given.case)) {
            Some(row) if row.revision != given.seen => Err(Failure::stale(row.revision)),
            _ => Ok(()),
        }
    }

    /// Takes down what a command left, and makes the world ready for the next.
    fn record(
        &mut self,
        given: &GivenCommand<'a>,
        changes: WorldChanges,
        (before, reply): (Before, Map<String, Value>),
    ) -> Result<Moved, Failure> {
        let mut by_case: Vec<(&CaseId, Vec<Value>)> = Vec::new();
        for (case, events) in &changes.events {
            match by_case.iter_mut().find(|(known, _)| *known == case) {
                Some((_, all)) => all.extend(events.iter().cloned()),
                None => by_case.push((case, events.clone())),
            }
        }
        let (mut own, mut cases) = (None, Vec::new());
        for (case, events) in by_case {
            let Some(entry) = self.world.world.cases.get(case) else { continue };
            let kind = entry.case.kind();
            let stage = StageWord(entry.case.stage().to_string());
            let mut keys = case_rows::keys_of(case, &entry.case);
            let revision = self.world.next_revision(case, self.context.clock().stamp());
            let mut moved = Moved { revision, from: stage.clone(), stage, reply: Map::new() };
            let mut operation = given.sent.id.to_string();
            if case == given.case {
                if !before.stage.is_empty() {
                    moved.from = StageWord(before.stage.to_string());
                }
                keys.retain(|key| !before.keys.contains(key));
                moved.reply = reply.clone();
                own = Some(moved.clone());
            } else {
                operation.push_str(&format!("/{case}"));
            }
            let (case, verb) = (case.clone(), given.verb);
            cases.push(MovedCase { case, kind, operation, verb, events, keys, moved });
        }
        let moved = own.ok_or_else(|| anyhow::anyhow!("a command that left no event"))?;
        let done = Done { actor: given.actor, case: given.case, verb: given.verb, with: &given.with };
        let world = &self.world.world;
        let notices = match &self.audience {
            Some(audience) => audience.notices(world, &changes.announcements, &done)?,
            None => BTreeMap::new(),
        };
        let (transfers, movements) = (world.ledger.last_number(), world.movements.len());
        self.world.add_changes(&changes);
        let GivenCommand { actor, case, verb, sent, .. } = *given;
        let answer = moved.clone();
        self.done.push(CarriedOut {
            actor,
            case,
            verb,
            sent,
            moved,
            cases,
            changes,
            transfers,
            movements,
            notices,
        });
        Ok(answer)
    }
}
