//! 合并保存: decides and writes the operations of several people in one transaction. One that is refused takes nothing of the
//! others with it: then each is written alone, and each gets its own answer.

use super::Save;
use super::content::{self, Content};
use crate::cases::review;
use crate::cases::store::{self, StoredCase};
use crate::context::Context;
use crate::documents::draft::{self, Draft};
use crate::documents::editions;
use crate::documents::forms;
use crate::documents::op_limits;
use crate::documents::operations::{entry, latest};
use crate::documents::versions;
use crate::kernel::failure::Failure;
use crate::store::append::{LogEnd, Operation, Repeated};
use crate::store::change_bus;
use crate::store::logs::OPERATIONS;
use crate::store::values::Value;
use shared::api::operations::{OpResult, Sent};
use shared::cases::AnyCase;
use shared::cases::kernel::{Stage, Verb};
use shared::cases::review::edit_scope::called_for;
use shared::engine::document::Row;
use shared::engine::op::{Change, Op};
use shared::kernel::hash::digest;
use shared::kernel::ids::{CaseId, OpId};
use shared::kernel::refusal::Refusal;
use sqlx::AnyConnection;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::time::timeout;

/// Saves and answers; those who do not wait any more ask again under the same operations.
pub async fn save(context: &Context, mut saves: Vec<Save>) {
    saves.retain(|save| !save.answer.is_closed());
    match write(context, &saves).await {
        Ok(sent) => saves.into_iter().zip(sent).for_each(|(save, sent)| answer(save, Ok(sent))),
        Err(failure) if saves.len() <= 1 => {
            if let Some(save) = saves.pop() {
                answer(save, Err(failure));
            }
        }
        Err(failure) => {
            if let Failure::Internal(error) = &failure {
                tracing::warn!(?error, "saves were not written together");
            }
            for save in saves {
                let one = write(context, std::slice::from_ref(&save)).await;
                answer(save, one.map(|mut sent| sent.remove(0)));
            }
        }
    }
}

fn answer(save: Save, sent: Result<Sent, Failure>) {
    // Whoever has gone asks again under the same operations.
    let _ = save.answer.send(sent);
}

/// A save with its case; `hashes` are of its operations, SM3 of what was sent as one.
struct Member<'s> {
    save: &'s Save,
    case: &'s AnyCase,
    hashes: Vec<String>,
}

/// A save with those of its operations that were not appended before.
struct Writing<'m> {
    member: &'m Member<'m>,
    new: Vec<(&'m Op, Operation<'m>)>,
}

impl<'s> Member<'s> {
    fn new(
        context: &Context,
        cases: &'s BTreeMap<CaseId, StoredCase<AnyCase>>,
        save: &'s Save,
    ) -> Result<Member<'s>, Failure> {
        let stored = cases.get(&save.request.request).filter(|stored| stored.case.visible_to(&save.actor));
        let case = &stored.ok_or_else(|| Failure::unknown("份案卷"))?.case;
        op_limits::check(&context.forms.of(case.head().kind)?.definition, &save.request.ops)?;
        let hash = |op: &Op| Ok(digest(&[&serde_json::to_string(&op.changes)?]));
        let hashes = save.request.ops.iter().map(hash).collect::<Result<Vec<_>, Failure>>()?;
        Ok(Member { save, case, hashes })
    }

    fn owner(&self) -> &'s str {
        self.save.request.request.as_str()
    }

    fn sent(&self) -> impl Iterator<Item = (&'s Op, Operation<'_>)> {
        let account = self.save.actor.account.as_str();
        let with_hash = self.save.request.ops.iter().zip(&self.hashes);
        with_hash.map(move |(op, body_hash)| (op, Operation { id: op.id.as_str(), body_hash, account }))
    }

    /// What is to be written of it; `None` when all of it was before.
    fn writing(&self, earlier: &Earlier<'_>) -> Option<Writing<'_>> {
        let is_new = |op: &Op| !earlier.contains_key(&(self.owner(), op.id.as_str().to_string()));
        let new: Vec<_> = self.sent().filter(|(op, _)| is_new(op)).collect();
        (!new.is_empty()).then_some(Writing { member: self, new })
    }
}

/// Operations that were appended before, by case and id.
type Earlier<'s> = BTreeMap<(&'s str, String), Repeated>;

/// Writes all, or nothing.
async fn write(context: &Context, saves: &[Save]) -> Result<Vec<Sent>, Failure> {
    let longest = context.settings.write_limit;
    timeout(longest, write_all(context, saves)).await.unwrap_or_else(|_| Err(Failure::try_later(1)))
}

async fn write_all(context: &Context, saves: &[Save]) -> Result<Vec<Sent>, Failure> {
    let tenant = context.tenant();
    let ids: BTreeSet<&CaseId> = saves.iter().map(|save| &save.request.request).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let locks: Vec<String> = ids.iter().map(|id| format!("request {tenant} {id}")).collect();
    let mut write = context.db.write_many(&locks).await?;
    let cases = store::find_many(context, write.connection(), &ids).await?;
    let members: Vec<Member<'_>> =
        saves.iter().map(|save| Member::new(context, &cases, save)).collect::<Result<_, _>>()?;
    let sent: Vec<(&str, Operation<'_>)> = members
        .iter()
        .flat_map(|member| member.sent().map(|(_, operation)| (member.owner(), operation)))
        .collect();
    let earlier = OPERATIONS.repeated_in(write.connection(), tenant, &sent).await?;
    let writing: Vec<Writing<'_>> = members.iter().filter_map(|member| member.writing(&earlier)).collect();
    let mut results = replayed(&earlier)?;
    if !writing.is_empty() {
        for writing in &writing {
            admit(context, write.connection(), writing).await?;
        }
        results.extend(append(context, write.connection(), &writing).await?);
        for id in writing.iter().map(|writing| &writing.member.save.request.request).collect::<BTreeSet<_>>()
        {
            write.changes(change_bus::request(tenant, id));
        }
        write.commit_unaudited().await?;
    }
    let of_member = |member: &Member<'_>| {
        let result = |op: &Op| results.get(&(member.owner(), op.id.clone())).cloned();
        Sent { results: member.save.request.ops.iter().filter_map(result).collect() }
    };
    Ok(members.iter().map(of_member).collect())
}

/// What became of each operation, by case and id.
type Results<'s> = BTreeMap<(&'s str, OpId), OpResult>;

fn replayed<'s>(earlier: &Earlier<'s>) -> Result<Results<'s>, Failure> {
    let result = |((owner, id), earlier): (&(&'s str, String), &Repeated)| {
        let (op, conflicts) = (OpId::new(id.clone()), serde_json::from_str(&earlier.reply)?);
        Ok(((*owner, op.clone()), OpResult { op, seq: earlier.number(), conflicts, replayed: true }))
    };
    earlier.iter().map(result).collect()
}

/// Whether the person may write what is sent, and what stood in the case before its kind had a form.
async fn admit(
    context: &Context,
    connection: &mut AnyConnection,
    writing: &Writing<'_>,
) -> Result<(), Failure> {
    let Member { save, case, .. } = writing.member;
    case.permit(&save.actor, Verb::Edit, context.clock().today())?;
    require_open_cells(context, connection, case, writing.new.iter().map(|(op, _)| *op)).await?;
    begin(context, connection, case).await
}

/// In a returned request only the cells that the return opened may change. The draft is read where a cell is open only
/// in the rows that a rule calls for; each change is judged in the draft as those before it leave it.
async fn require_open_cells(
    context: &Context,
    connection: &mut AnyConnection,
    case: &AnyCase,
    ops: impl Iterator<Item = &Op>,
) -> Result<(), Failure> {
    let AnyCase::Request(request) = case else { return Ok(()) };
    if request.stage != Stage::Returned {
        return Ok(());
    }
    let edition = editions::serving(context, &mut *connection, request.fiscal_year).await?;
    let plan = context.forms.of_request()?.plan(&edition, request.fiscal_year)?;
    let scope = review::opening(context, &mut *connection, request, &plan).await?;
    let changes: Vec<Change> = ops.flat_map(|op| op.changes.iter().cloned()).collect();
    let mut asks_the_draft = false;
    for change in &changes {
        scope.allows(change, |_| {
            asks_the_draft = true;
            true
        })?;
    }
    if !asks_the_draft {
        return Ok(());
    }
    let draft = Draft { tenant: context.tenant(), request: request.id.as_str() };
    let document = draft.document(&mut *connection, request.fiscal_year).await?;
    let returned = versions::load(context, connection, &request.id, request.version).await?;
    let returned = returned.map(|version| version.document);
    let judged = forms::with_opened(plan, Arc::new(document), move |mut session| {
        changes.into_iter().try_for_each(|change| {
            scope.allows(&change, |at| called_for(&session, returned.as_ref(), at))?;
            session.apply(&Op { id: OpId::new(""), changes: vec![change] });
            Ok(())
        })
    });
    judged.await?.map_err(|refusal: Refusal| refusal.into())
}

/// Writes what stood in the case before its kind had a form, so that the first edit finds it.
async fn begin(context: &Context, connection: &mut AnyConnection, case: &AnyCase) -> Result<(), Failure> {
    let Some(initial) = case.initial_document() else { return Ok(()) };
    let head = case.head();
    let draft = Draft { tenant: context.tenant(), request: head.id.as_str() };
    let untouched = latest(draft.tenant, &mut *connection, &head.id).await? == 0;
    if !untouched || draft.size(&mut *connection).await? > 0 {
        return Ok(());
    }
    let rows: Vec<(&str, &str, &Row)> = initial
        .tables
        .iter()
        .flat_map(|(table, rows)| rows.iter().map(|row| (draft.request, table.as_str(), row)))
        .collect();
    draft::write(connection, draft.tenant, &rows).await
}

/// Applies new operations to the drafts and appends them to the logs, in the order in which they came.
async fn append<'m>(
    context: &Context,
    connection: &mut AnyConnection,
    writing: &[Writing<'m>],
) -> Result<Results<'m>, Failure> {
    let tenant = context.tenant();
    let new: Vec<(&Member<'_>, &Op, Operation<'_>)> = writing
        .iter()
        .flat_map(|writing| writing.new.iter().map(|(op, sent)| (writing.member, *op, *sent)))
        .collect();
    let mut keys = BTreeSet::new();
    for (member, op, _) in &new {
        keys.extend(op.changes.iter().map(|change| content::key(member.owner(), change)));
    }
    let mut content = Content::read(connection, tenant, keys).await?;
    let owners: BTreeSet<&str> = new.iter().map(|(member, ..)| member.owner()).collect();
    let mut ends = OPERATIONS.ends_of(&mut *connection, tenant, &owners).await?;
    let before: BTreeMap<&str, u64> = ends.iter().map(|(owner, end)| (*owner, end.number())).collect();
    let at = context.clock().stamp().to_string();
    let (mut rows, mut results) = (Vec::<Vec<Value<'_>>>::new(), Results::new());
    for (member, op, operation) in &new {
        let (applied, conflicts) = content.apply(member.owner(), op);
        let (changes, refused) = (serde_json::to_string(&applied)?, serde_json::to_string(&conflicts)?);
        let Some(end) = ends.get_mut(member.owner()) else { continue };
        rows.extend(
            end.rows(context.db.seal(), vec![entry(*operation, changes, refused, &member.save.actor, &at)]),
        );
        let result = OpResult { op: op.id.clone(), seq: end.number(), conflicts, replayed: false };
        results.insert((member.owner(), op.id.clone()), result);
    }
    OPERATIONS.insert(&mut *connection, &rows).await?;
    let numbers = |owner: &str| (before.get(owner).copied(), ends.get(owner).map(LogEnd::number));
    content
        .write(connection, tenant, |owner| match numbers(owner) {
            (Some(before), Some(after)) => before..after,
            _ => 0..0,
        })
        .await?;
    Ok(results)
}
