//! 催报: the drafts, returned and late cases that wait for somebody, and nudging whoever they wait for.

use super::nudge_rows::{self, NewNudge, NudgeCount, SentOperation};
use crate::cases::money::world::{self, StoredWorld};
use crate::cases::request_store;
use crate::cases::store::{self, ListedCase};
use crate::context::{Context, Shared};
use crate::documents::editions;
use crate::identity::{accounts, departments};
use crate::kernel::failure::Failure;
use crate::notify::notices::{self, NewNotice};
use crate::store::audit_trail::AuditRecord;
use crate::store::{change_bus, digest};
use shared::api::nudges::{
    MOST_NUDGE_LINES, NudgeLine, NudgeList, NudgeSent, NudgesSent, ReadNudges, SendNudges,
};
use shared::cases::execution::world::Party;
use shared::cases::kernel::notification::NotificationKind;
use shared::cases::nudge::{NudgeReason, execution_nudge_reason, nudge_reason};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::{AccountId, CaseId, DepartmentId};
use shared::kernel::people::{Actor, Role};
use shared::kernel::refusal::Refusal;
use shared::kernel::timestamp::Timestamp;
use shared::policy::notices::{NUDGE_SECONDS, may_nudge};
use sqlx::AnyConnection;
use std::collections::{BTreeMap, BTreeSet};

/// A case that may be nudged about, with the people it waits for.
struct WaitingCase {
    case: CaseId,
    kind_label: String,
    title: String,
    department_name: Option<String>,
    fiscal_year: Option<FiscalYear>,
    stage_label: String,
    reason: NudgeReason,
    since: Timestamp,
    people: Vec<(AccountId, Role)>,
}

/// `GET /api/nudges`.
pub async fn read(context: Shared, actor: Actor, _: ReadNudges) -> Result<NudgeList, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let now = context.clock().seconds();
    let latest = nudge_rows::latest(&context, &mut connection, now - NUDGE_SECONDS).await?;
    let counts = nudge_rows::counts(&context, &mut connection).await?;
    let mut waiting = waiting(&context, &mut connection, &actor).await?;
    waiting.sort_by(|a, b| {
        let order = |one: &WaitingCase| (one.reason != NudgeReason::Late, one.since);
        (order(a), &a.case).cmp(&(order(b), &b.case))
    });
    let total = waiting.len();
    waiting.truncate(MOST_NUDGE_LINES);
    let line = |one: WaitingCase| -> Result<NudgeLine, Failure> {
        let NudgeCount { times, last } = counts.get(one.case.as_str()).cloned().unwrap_or_default();
        let (_, refusal) = free(&one, &latest, now);
        Ok(NudgeLine {
            refusal,
            times,
            last: last.map(|at| at.parse()).transpose()?,
            waits_for: one.people.iter().map(|(_, role)| *role).collect(),
            case: one.case,
            kind_label: one.kind_label,
            title: one.title,
            department_name: one.department_name,
            fiscal_year: one.fiscal_year,
            stage_label: one.stage_label,
            reason: one.reason,
            since: one.since,
        })
    };
    Ok(NudgeList { lines: waiting.into_iter().map(line).collect::<Result<_, _>>()?, total })
}

/// Whom a case waits for that was not nudged about it within a day; why, where there is nobody.
fn free<'w>(
    one: &'w WaitingCase,
    latest: &BTreeMap<(String, String), i64>,
    now: i64,
) -> (BTreeSet<&'w AccountId>, Option<Refusal>) {
    let mut refusal = None;
    let mut people = BTreeSet::new();
    for (account, _) in &one.people {
        let last = latest.get(&(one.case.to_string(), account.to_string())).copied();
        match may_nudge(last, now) {
            Ok(()) => {
                people.insert(account);
            }
            Err(refused) => refusal = Some(refused),
        }
    }
    let refusal = refusal.filter(|_| people.is_empty());
    (people, refusal)
}

/// `POST /api/nudges`.
pub async fn send(context: Shared, actor: Actor, request: SendNudges) -> Result<NudgesSent, Failure> {
    let text = request.text.trim();
    if text.is_empty() {
        return Err(Failure::malformed(422, "`text`：请写明催报的话。"));
    }
    let operation = request.operation.as_str();
    let body_hash = digest(&["nudge", text, &serde_json::to_string(&request.cases)?]);
    let mut write = context.db.write(&format!("nudges {}", context.tenant())).await?;
    if let Some(sent) = nudge_rows::operation(&context, write.connection(), operation).await? {
        let is_same = sent.account == actor.account.as_str() && sent.body_hash == body_hash;
        return if is_same {
            Ok(serde_json::from_str(&sent.reply)?)
        } else {
            Err(Failure::operation_reused())
        };
    }
    let now = context.clock().seconds();
    let latest = nudge_rows::latest(&context, write.connection(), now - NUDGE_SECONDS).await?;
    let waiting = waiting(&context, write.connection(), &actor).await?;
    let waiting: BTreeMap<&CaseId, &WaitingCase> = waiting.iter().map(|one| (&one.case, one)).collect();
    let kind = NotificationKind::Nudged { text: text.to_string() };
    let asked: BTreeSet<&CaseId> = request.cases.iter().collect();
    let (mut lines, mut nudges, mut notices) = (Vec::new(), Vec::new(), Vec::new());
    for case in asked {
        let Some(one) = waiting.get(case) else {
            require_visible(&context, write.connection(), &actor, case).await?;
            let message = "这件现在不在填报、退回或逾期之列，或无人可催；请刷新页面查看。";
            let refusal = Some(Refusal::new("NTF-03", message));
            lines.push(NudgeSent { case: case.clone(), people: 0, refusal });
            continue;
        };
        let (people, refusal) = free(one, &latest, now);
        lines.push(NudgeSent { case: case.clone(), people: people.len(), refusal });
        for account in people {
            nudges.push(NewNudge { case, account });
            let about = about(one);
            notices.push(NewNotice { account, by_name: &actor.name, case, about, kind: &kind });
        }
        write.changes(change_bus::request(context.tenant(), case));
    }
    if nudges.is_empty() {
        let refused = lines.into_iter().find_map(|line| line.refusal);
        return Err(refused.map_or_else(|| Failure::unknown("份案卷"), Failure::from));
    }
    nudge_rows::insert(&context, write.connection(), &actor, (operation, text), &nudges).await?;
    let reply = NudgesSent { lines };
    let sent = SentOperation {
        account: actor.account.to_string(),
        body_hash,
        reply: serde_json::to_string(&reply)?,
    };
    nudge_rows::insert_operation(&context, write.connection(), operation, &sent).await?;
    notices::file_all(&context, &mut write, &notices, &[notices.len()]).await?;
    let cases: BTreeSet<&str> = nudges.iter().map(|nudge| nudge.case.as_str()).collect();
    let subject = match cases.first() {
        Some(only) if cases.len() == 1 => only,
        _ => operation,
    };
    let entry = AuditRecord::by(&actor, context.clock().stamp(), "case.nudge", subject);
    write.commit(entry.detail(format!("{} 件，{} 人次", cases.len(), nudges.len()))).await?;
    Ok(reply)
}

/// What a notice calls the case.
fn about(one: &WaitingCase) -> String {
    let department = one.department_name.as_ref().map(|name| format!("{name} ")).unwrap_or_default();
    let year = one.fiscal_year.map(|year| format!("{} 年度", year.0)).unwrap_or_default();
    format!("{department}{year}{}", one.title)
}

/// A case that is unknown to this person is unknown here, too.
async fn require_visible(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    case: &CaseId,
) -> Result<(), Failure> {
    if store::visible(context, &mut *connection, actor, case).await.is_ok() {
        return Ok(());
    }
    let StoredWorld { world, .. } = world::of_pages(context, connection).await?;
    let found = world.visible(&Party { actor: actor.clone() }, case);
    found.map(|_| ()).ok_or_else(|| Failure::unknown("份案卷"))
}

/// Everybody who may act, in each of their posts, but for whoever asks.
async fn everybody_else(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
) -> Result<Vec<Actor>, Failure> {
    let accounts = accounts::all(context, connection).await?;
    let others = accounts.iter().filter(|account| account.id != actor.account.as_str());
    let acting = others.flat_map(|account| {
        let further = account.posts.iter().filter_map(|post| account.actor_in(context, post));
        account.actor(context).into_iter().chain(further)
    });
    Ok(acting.collect())
}

/// The cases this person may nudge about, each waiting for somebody else.
async fn waiting(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
) -> Result<Vec<WaitingCase>, Failure> {
    let people = everybody_else(context, &mut *connection, actor).await?;
    let mut waiting = of_offices(context, &mut *connection, actor, &people).await?;
    waiting.extend(of_execution(context, connection, actor, &people).await?);
    waiting.retain(|one| !one.people.is_empty());
    Ok(waiting)
}

/// Of the kinds the offices work on until the approval.
async fn of_offices(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    people: &[Actor],
) -> Result<Vec<WaitingCase>, Failure> {
    let today = context.clock().today();
    let register = editions::register(context, &mut *connection).await?;
    let mut late: BTreeMap<FiscalYear, BTreeMap<DepartmentId, shared::kernel::calendar::Date>> =
        BTreeMap::new();
    let mut waiting = Vec::new();
    for ListedCase { case, since, department_name } in store::listed(context, &mut *connection, None).await? {
        let head = case.head();
        let year = head.fiscal_year;
        if let std::collections::btree_map::Entry::Vacant(entry) = late.entry(year) {
            entry.insert(request_store::late_windows(context, &mut *connection, year).await?);
        }
        let department = head.department.as_ref();
        let late_until = department.and_then(|department| late.get(&year)?.get(department)).copied();
        let edition = register.edition_for(year).ok().map(|edition| &**edition);
        let reason = nudge_reason(&head, edition, late_until, today);
        let Some(reason) = reason.filter(|_| case.visible_to(actor)) else { continue };
        let waits_for = people.iter().filter(|one| !case.task(one, today).is_empty());
        waiting.push(WaitingCase {
            people: waits_for.map(|one| (one.account.clone(), one.role)).collect(),
            kind_label: head.kind.label().to_string(),
            title: case.label(),
            department_name,
            fiscal_year: Some(year),
            stage_label: head.stage.label().to_string(),
            reason,
            since,
            case: head.id,
        });
    }
    Ok(waiting)
}

/// Of the kinds that execute a budget and judge its performance.
async fn of_execution(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    people: &[Actor],
) -> Result<Vec<WaitingCase>, Failure> {
    let today = context.clock().today();
    let StoredWorld { world, rows } = world::of_pages(context, &mut *connection).await?;
    let named = departments::all(context, connection).await?;
    let by = Party { actor: actor.clone() };
    let mut waiting = Vec::new();
    for (id, row) in &rows {
        let Some(entry) = world.visible(&by, id) else { continue };
        let Some(reason) = execution_nudge_reason(entry, &world, today) else { continue };
        let is_due = |one: &&Actor| {
            let party = Party { actor: (*one).clone() };
            world.visible(&party, id).is_some() && world.is_due(&party, entry)
        };
        let waits_for = people.iter().filter(is_due);
        let department = entry.case.subject().department.cloned();
        let name = department.and_then(|id| Some(named.iter().find(|known| known.id == id)?.name.clone()));
        waiting.push(WaitingCase {
            case: id.clone(),
            kind_label: entry.case.kind().label().to_string(),
            title: format!("{} {}", entry.case.kind().label(), world.title_of(entry)?),
            department_name: name,
            fiscal_year: world.year_of(&entry.case),
            stage_label: entry.case.stage_label().to_string(),
            reason,
            since: row.since,
            people: waits_for.map(|one| (one.account.clone(), one.role)).collect(),
        });
    }
    Ok(waiting)
}
