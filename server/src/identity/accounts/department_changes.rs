//! 部门调整: asked by one administrator, agreed to by another; what follows for posts.

use super::order_rows::{self, OrderRow};
use super::orders::{LoadedOrder, described, undecided};
use super::{Account, all, lock, post_rows, rows};
use crate::context::{Context, Shared};
use crate::identity::departments;
use crate::identity::former_names::DepartmentNames;
use crate::identity::sessions;
use crate::kernel::failure::Failure;
use crate::store::Write;
use crate::store::audit_trail::AuditRecord;
use futures_util::future::BoxFuture;
use shared::api::accounts::{AskDepartmentChange, DepartmentLine};
use shared::cases::account_order::OrderedAct;
use shared::kernel::ids::{AccountId, DepartmentId};
use shared::kernel::people::Actor;
use shared::kernel::refusal::Refusal;
use shared::policy::accounts::departments::{DepartmentChange, OrderedChange};
use shared::policy::accounts::posts::Post;
use sqlx::AnyConnection;

/// What a department has under way, in words. Cases lie above the accounts, so whoever builds the context says how they
/// are found.
pub type OpenCases = for<'a> fn(
    &'a Context,
    &'a mut AnyConnection,
    &'a DepartmentId,
) -> BoxFuture<'a, Result<Vec<String>, Failure>>;

/// Open cases that a refusal names.
const MOST_NAMED: usize = 3;

/// `POST /api/department-changes`.
pub async fn ask(context: Shared, actor: Actor, request: AskDepartmentChange) -> Result<(), Failure> {
    let mut write = context.db.write(&lock(&context)).await?;
    write.lock(&departments::lock(&context)).await?;
    let register = departments::register_of_changes(&context, write.connection()).await?;
    let change = request.change.checked(&register, context.clock().today())?;
    require_concluded(&context, write.connection(), &change).await?;
    let all = all(&context, write.connection()).await?;
    let row = OrderRow {
        content: Some(serde_json::to_string(&change)?),
        ..OrderRow::asked(&request.order, OrderedAct::Departments, &actor, context.clock().today())
    };
    LoadedOrder::read(&context, &row)?.as_case(&all, None)?;
    let waiting = undecided(&context, write.connection()).await?;
    if waiting.iter().any(|(_, order)| order.what == OrderedAct::Departments) {
        return Err(Failure::exists("已有一项待同意的部门调整，请先办结。"));
    }
    if !order_rows::insert(&context, write.connection(), &row).await? {
        return Err(Failure::operation_reused());
    }
    let entry = AuditRecord::by(&actor, context.clock().stamp(), "account.ask", &row.id);
    write.commit(entry.detail(described(&row))).await
}

fn change_of(row: &OrderRow) -> Result<OrderedChange, Failure> {
    Ok(serde_json::from_str(row.content.as_deref().unwrap_or_default())?)
}

/// What an order asks, in words.
pub(super) async fn summary(
    context: &Context,
    connection: &mut AnyConnection,
    row: &OrderRow,
) -> Result<String, Failure> {
    let register = departments::register_of_changes(context, connection).await?;
    Ok(change_of(row)?.described(&register))
}

/// Changes the register; people of a merged department hold the same posts in the one it passes to.
pub(super) async fn carry_out(
    context: &Context,
    write: &mut Write,
    row: &OrderRow,
    all: &[Account],
    by: &Actor,
) -> Result<(), Failure> {
    write.lock(&departments::lock(context)).await?;
    let register = departments::register_of_changes(context, write.connection()).await?;
    let change = change_of(row)?.checked(&register, context.clock().today())?;
    if let DepartmentChange::Close { department } = &change.change {
        // Whoever opens a case of the department or gives a command about money holds one of these.
        let tenant = context.tenant();
        write.lock(&format!("cases {tenant} separate")).await?;
        write.lock(&format!("department {tenant} {department}")).await?;
        write.lock(&format!("money {tenant}")).await?;
    }
    require_concluded(context, write.connection(), &change).await?;
    departments::change(context, write.connection(), &change).await?;
    let (from, into) = match &change.change {
        DepartmentChange::Rename { .. } => return Ok(()),
        DepartmentChange::Merge { from, into } => (from.as_slice(), Some(into)),
        DepartmentChange::Split { department, successor, .. } => {
            (std::slice::from_ref(department), Some(successor))
        }
        DepartmentChange::Close { department } => (std::slice::from_ref(department), None),
    };
    for known in all {
        end_posts(context, write, known, from, into, by).await?;
    }
    Ok(())
}

/// A department with anything under way is merged or split, so that somebody goes on with it; it is not closed.
async fn require_concluded(
    context: &Context,
    connection: &mut AnyConnection,
    ordered: &OrderedChange,
) -> Result<(), Failure> {
    let DepartmentChange::Close { department } = &ordered.change else { return Ok(()) };
    let open = (context.open_cases)(context, connection, department).await?;
    if open.is_empty() {
        return Ok(());
    }
    let named: Vec<&str> = open.iter().take(MOST_NAMED).map(String::as_str).collect();
    let more = if open.len() > MOST_NAMED { "等" } else { "" };
    let message = format!(
        "该部门还有 {} 件在办事项，不能撤销：{}{more}。请先办结，或以合并、拆分由其他部门承接。",
        open.len(),
        named.join("、"),
    );
    Err(Refusal::new("department.open_cases", message).into())
}

/// The posts of an account in departments that end: each ends, and begins in `into` unless it is held there already.
async fn end_posts(
    context: &Context,
    write: &mut Write,
    known: &Account,
    from: &[DepartmentId],
    into: Option<&DepartmentId>,
    by: &Actor,
) -> Result<(), Failure> {
    let has_ended = |department: Option<&str>| from.iter().any(|ended| department == Some(ended.as_str()));
    let own_post = known.post().filter(|post| has_ended(post.department.as_deref()));
    let further: Vec<_> =
        known.posts.iter().filter(|held| has_ended(held.department.as_deref())).cloned().collect();
    if own_post.is_none() && further.is_empty() {
        return Ok(());
    }
    let mut held: Vec<Post> = known.own_posts();
    if let Some(post) = own_post {
        let moved = into.map(|into| Post { department: Some(into.to_string()), ..post });
        let account = AccountId::new(known.id.clone());
        rows::assign(context, write.connection(), &account, moved.as_ref(), None).await?;
        held.extend(moved);
    }
    for post in further {
        post_rows::end(context, write.connection(), &post.id, by.account.as_str()).await?;
        let Some((role, into)) = post.role().zip(into) else { continue };
        let moved = Post { role, department: Some(into.to_string()), deputy_of: None };
        let is_held = held.iter().any(|other| other.role == role && other.department == moved.department);
        // A delegation ends with the post it is of, and is given anew.
        if post.deputy_of.is_none() && !is_held {
            let today = context.clock().today();
            let id = format!("{}.{into}", post.id);
            let begun = post_rows::HeldPost::new(&id, &known.id, &moved, today, post.last());
            post_rows::insert(context, write.connection(), &begun, by).await?;
            held.push(moved);
        }
    }
    // Pages of the department that was would show what is not there any more.
    sessions::end_all(context, write.connection(), &known.id).await
}

/// The departments that go on, with what they were called before and came out of; and those that were closed.
pub(super) async fn lines(
    context: &Context,
    connection: &mut AnyConnection,
) -> Result<(Vec<DepartmentLine>, Vec<DepartmentLine>), Failure> {
    let names = DepartmentNames::read(context, &mut *connection).await?;
    let all = departments::all(context, connection).await?;
    let line = |department: departments::Department| DepartmentLine {
        former: names.former(&department.id),
        id: department.id,
        name: department.name,
    };
    let closed = names.closed().into_iter().map(|(id, name, words)| {
        let former = names.former(&id).into_iter().chain([words]).collect();
        DepartmentLine { id, name, former }
    });
    Ok((all.into_iter().map(line).collect(), closed.collect()))
}
