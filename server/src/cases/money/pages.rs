//! 资金页: cases of the execution kinds as their pages and lists open with them, and the transfers that a figure folds.

use super::command_world;
use super::papers;
use super::world::{self, StoredRow, StoredWorld};
use super::{line_rows, rows};
use crate::cases::history;
use crate::context::{Context, Shared};
use crate::identity::departments::{self, Departments};
use crate::kernel::failure::Failure;
use shared::api::cases::{MOST_LINES, PaperLink};
use shared::api::export::case_paper_path;
use shared::api::money::{MoneyCaseLine, MoneyCaseView, ReadFigure, ReadMoneyCase, TransferLine};
use shared::cases::execution::facts::ApprovedLine;
use shared::cases::execution::offered::OfferedCommand;
use shared::cases::execution::paper::CasePaper;
use shared::cases::execution::read_set::Wanted;
use shared::cases::execution::registry::ExecutionKindName;
use shared::cases::execution::world::{CaseEntry, ExecutionWorld, Party};
use shared::cases::listing::{CaseLine, ListedStage};
use shared::kernel::ids::{CaseId, DepartmentId, LineId};
use shared::kernel::people::{Actor, Office};
use shared::ledger::account::{AccountCode, AccountKey, LedgerAccount};
use shared::ledger::transfer::{Transfer, TransferCode};
use sqlx::AnyConnection;
use std::collections::BTreeMap;

pub(super) type Names = BTreeMap<DepartmentId, String>;

pub(super) async fn names(context: &Context, connection: &mut AnyConnection) -> Result<Names, Failure> {
    let Departments { open, closed, .. } = departments::registry(context, connection).await?;
    Ok(open.into_iter().chain(closed).map(|department| (department.id, department.name)).collect())
}

/// `GET /api/money-cases/{case}`.
pub async fn read(context: Shared, actor: Actor, request: ReadMoneyCase) -> Result<MoneyCaseView, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let stored = command_world::of_case(&context, &mut connection, &request.case).await?;
    let names = names(&context, &mut connection).await?;
    let today = context.clock().today();
    let party = Party { actor };
    let entry = stored.world.visible(&party, &request.case).ok_or_else(|| Failure::unknown("份案卷"))?;
    let row = stored.rows.get(&request.case).ok_or_else(|| Failure::unknown("份案卷"))?;
    let kind = entry.case.kind();
    let transfers = rows::transfers_of_cases(&mut connection, context.tenant(), [&request.case]).await?;
    let papers = papers::of_case(&context, &mut connection, &request.case).await?;
    let own = history::of_money(&context, &mut connection, kind, &request.case).await?;
    Ok(MoneyCaseView {
        line: line(&stored.world, &party, &request.case, entry, *row, &names)?,
        commands: stored.world.offered_with_form(&party, entry),
        follow_up: stored.world.follow_up(&party, &request.case),
        content: stored.world.content_of(entry)?,
        form: stored.world.form_of(&request.case, entry),
        findings: stored.world.findings_of(&request.case, entry),
        warnings: entry.passed.clone(),
        history: own,
        papers: (1..).zip(&papers).map(|(n, paper)| paper_link(&request.case, n, paper)).collect(),
        transfers: transfers.iter().map(transfer_line).collect(),
        today,
    })
}

fn paper_link(case: &CaseId, number: u32, paper: &CasePaper) -> PaperLink {
    PaperLink {
        key: paper.key.clone(),
        label: format!("{}（{}，PDF）", paper.title, paper.on),
        path: case_paper_path(case, number),
    }
}

/// A document of a case this person may read, by its place among them.
pub async fn paper(
    context: &Context,
    actor: &Actor,
    case: &CaseId,
    number: u32,
) -> Result<CasePaper, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let stored = command_world::of_case(context, &mut connection, case).await?;
    let party = Party { actor: actor.clone() };
    stored.world.visible(&party, case).ok_or_else(|| Failure::unknown("份案卷"))?;
    let papers = papers::of_case(context, &mut connection, case).await?;
    let at = usize::try_from(number).unwrap_or_default().checked_sub(1);
    let paper = at.and_then(|at| papers.into_iter().nth(at));
    paper.ok_or_else(|| Failure::unknown("份文书"))
}

pub(super) fn line(
    world: &ExecutionWorld,
    by: &Party,
    id: &CaseId,
    entry: &CaseEntry,
    row: StoredRow,
    names: &Names,
) -> Result<MoneyCaseLine, Failure> {
    let case = &entry.case;
    let department = case.subject().department.cloned();
    let provider = world.provider_of(case).cloned();
    let is_due = world.is_due(by, entry);
    let is_task = is_due || world.follow_up(by, id).is_some();
    Ok(MoneyCaseLine {
        id: id.clone(),
        kind: case.kind(),
        stage: case.stage().to_string(),
        stage_label: case.stage_label().to_string(),
        revision: row.revision,
        since: row.since,
        year: world.year_of(case).map(|year| year.0),
        department_name: department.as_ref().and_then(|id| names.get(id).cloned()),
        department,
        provider_name: provider.as_ref().and_then(|id| Some(world.provider(id)?.form.name.clone())),
        provider,
        title: world.title_of(entry)?,
        is_task,
        due: case.due(world),
    })
}

fn transfer_line(row: &Transfer) -> TransferLine {
    TransferLine {
        number: row.number,
        day: row.origin.day,
        code: row.code.label().to_string(),
        mode: row.mode.label().to_string(),
        debit: row.debit.to_string(),
        credit: row.credit.to_string(),
        amount: row.amount,
        case: row.origin.case.clone(),
        command: row.origin.command.clone(),
    }
}

/// The cases of a kind, or of all, that this person may read, as lines of a list.
pub async fn lines(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    kind: Option<ExecutionKindName>,
) -> Result<Vec<CaseLine>, Failure> {
    let StoredWorld { world, rows } = world::without_ledger(context, connection).await?;
    let names = names(context, connection).await?;
    let party = Party { actor: actor.clone() };
    let mut lines = Vec::new();
    for (id, row) in &rows {
        let Some(entry) = world.visible(&party, id) else { continue };
        if kind.is_none_or(|kind| kind == entry.case.kind()) {
            lines.push(case_line(&world, id, entry, *row, &names)?);
        }
    }
    lines.sort_by(|a, b| (a.since, &a.id).cmp(&(b.since, &b.id)));
    Ok(lines)
}

fn case_line(
    world: &ExecutionWorld,
    id: &CaseId,
    entry: &CaseEntry,
    row: StoredRow,
    names: &Names,
) -> Result<CaseLine, Failure> {
    let case = &entry.case;
    let department = case.subject().department.cloned();
    let stage = ListedStage::find(case.kind().into(), case.stage());
    let title = world.title_of(entry)?;
    Ok(CaseLine {
        id: id.clone(),
        kind: case.kind().into(),
        fiscal_year: world.year_of(case),
        department_name: department.as_ref().and_then(|id| names.get(id).cloned()),
        department,
        stage: stage.ok_or_else(|| anyhow::anyhow!("a stage {:?} of its kind", case.stage()))?,
        number: case.number()?,
        label: title.clone(),
        title,
        cells: case.cells(world),
        since: row.since,
        nudges: 0,
    })
}

/// The command by which this person opens a case of the kind, if they may.
pub async fn opening(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    kind: ExecutionKindName,
) -> Result<Option<OfferedCommand>, Failure> {
    let setting = world::setting(context, connection, None).await?;
    Ok(kind.opening(&Party { actor: actor.clone() }, &setting.parameters))
}

/// 资金待办: the cases that wait for this person, the one that waits longest first.
pub async fn tasks(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
) -> Result<Vec<MoneyCaseLine>, Failure> {
    let StoredWorld { world, rows } = world::of_pages(context, connection).await?;
    let names = names(context, connection).await?;
    let party = Party { actor: actor.clone() };
    let mut tasks = Vec::new();
    for (id, row) in &rows {
        let Some(entry) = world.visible(&party, id) else { continue };
        let line = line(&world, &party, id, entry, *row, &names)?;
        if line.is_task {
            tasks.push(line);
        }
    }
    tasks.sort_by(|a, b| (a.since, &a.id).cmp(&(b.since, &b.id)));
    tasks.truncate(MOST_LINES);
    Ok(tasks)
}

/// Departments see their own lines; bureau, finance and auditor all of them.
pub(super) fn sees_line(actor: &Actor, line: &ApprovedLine) -> bool {
    match actor.role.office() {
        Office::Bureau | Office::Finance | Office::Audit => true,
        Office::Department => actor.department.as_ref() == Some(&line.department),
        Office::Outside | Office::Administration => false,
    }
}

/// Accounts and codes a column of the money page folds; `None` for no column. No codes means every transfer.
fn folded(column: &str) -> Option<(&'static [AccountCode], &'static [TransferCode])> {
    use AccountCode as A;
    use TransferCode as T;
    Some(match column {
        "approved" => (&[A::Unadvanced], &[T::Approve, T::CarryIn, T::Move, T::Reduce]),
        "unadvanced" => (&[A::Unadvanced], &[]),
        "advanced" => (&[A::Unadvanced], &[T::Advance, T::Reverse]),
        "supplied" => (&[A::Unadvanced], &[T::Supply]),
        "unspent" => (&[A::Unspent], &[]),
        "uncontracted" => (&[A::Uncontracted], &[]),
        "reserved" | "contracted" => (&[A::Uncontracted], &[T::Commit, T::Supplement]),
        "paid" => (&[A::Paid], &[]),
        "refund_due" => (&[A::RefundDue], &[]),
        "payable" => (&[A::Payable], &[]),
        "returned" => (&[A::Returned], &[]),
        "recovered" => (&[A::Recovered], &[]),
        "lapsed" => (&[A::Lapsed], &[]),
        "carried" => (&[A::Carried], &[]),
        _ => return None,
    })
}

/// Most transfers a figure opens.
const MOST_TRANSFERS: usize = 2_000;

/// `GET /api/money-figures`.
pub async fn figure(
    context: Shared,
    actor: Actor,
    request: ReadFigure,
) -> Result<Vec<TransferLine>, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let mut wanted = Wanted::default();
    match request.fiscal_year.filter(|_| request.line.is_empty()) {
        Some(year) => wanted.years.extend([(i32::from(year), None)]),
        None => wanted.lines.extend([LineId::new(request.line)]),
    }
    let mut lines = line_rows::lines_of(&mut connection, context.tenant(), &wanted).await?;
    lines.retain(|_, line| sees_line(&actor, line));
    let folded = folded(&request.column).filter(|_| !lines.is_empty());
    let (codes, transfers) = folded.ok_or_else(|| Failure::unknown("个数"))?;
    let none = Wanted::default();
    let rows_of = line_rows::package_rows_of(&mut connection, context.tenant(), &none, &lines).await?;
    let mut accounts = Vec::new();
    for code in codes {
        match code.key() {
            AccountKey::Row => accounts.extend(rows_of.keys().map(|row| LedgerAccount::of_row(*code, row))),
            _ => accounts.extend(lines.keys().map(|line| LedgerAccount::of_line(*code, line))),
        }
    }
    let mut found = BTreeMap::new();
    for account in accounts {
        for row in rows::transfers_of_account(&mut connection, context.tenant(), &account).await? {
            if transfers.is_empty() || transfers.contains(&row.code) {
                found.insert(row.number, transfer_line(&row));
            }
        }
    }
    Ok(found.into_values().take(MOST_TRANSFERS).collect())
}
