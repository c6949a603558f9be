//! 部门更名与合并: asked by one administrator, agreed to by another; what follows for posts.

use super::order_rows::{self, OrderRow};
use super::orders::{LoadedOrder, described, undecided};
use super::{Account, all, lock, post_rows, rows};
use crate::context::{Context, Shared};
use crate::identity::departments::{self, DepartmentNames};
use crate::identity::sessions;
use crate::kernel::failure::Failure;
use crate::store::Write;
use crate::store::audit_trail::AuditRecord;
use shared::api::accounts::{AskDepartmentChange, DepartmentLine};
use shared::cases::account_order::OrderedAct;
use shared::kernel::ids::{AccountId, DepartmentId};
use shared::kernel::people::Actor;
use shared::policy::accounts::departments::{DepartmentChange, OrderedChange};
use shared::policy::accounts::posts::Post;
use sqlx::AnyConnection;

/// `POST /api/department-changes`.
pub async fn ask(context: Shared, actor: Actor, request: AskDepartmentChange) -> Result<(), Failure> {
    let mut write = context.db.write(&lock(&context)).await?;
    write.lock(&departments::lock(&context)).await?;
    let register = departments::register_of_changes(&context, write.connection()).await?;
    let change = request.change.checked(&register, context.clock().today())?;
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
    departments::change(context, write.connection(), &change).await?;
    if let DepartmentChange::Merge { from, into } = &change.change {
        for known in all {
            move_posts(context, write, known, from, into, by).await?;
        }
    }
    Ok(())
}

/// The posts of an account in departments that are merged: each ends, and begins in `into` unless it is held there already.
async fn move_posts(
    context: &Context,
    write: &mut Write,
    known: &Account,
    from: &[DepartmentId],
    into: &DepartmentId,
    by: &Actor,
) -> Result<(), Failure> {
    let is_merged = |department: Option<&str>| from.iter().any(|merged| department == Some(merged.as_str()));
    let own_post = known.post().filter(|post| is_merged(post.department.as_deref()));
    let further: Vec<_> =
        known.posts.iter().filter(|held| is_merged(held.department.as_deref())).cloned().collect();
    if own_post.is_none() && further.is_empty() {
        return Ok(());
    }
    let mut held: Vec<Post> = known.own_posts();
    if let Some(post) = own_post {
        let moved = Post { department: Some(into.to_string()), ..post };
        let account = AccountId::new(known.id.clone());
        rows::assign(context, write.connection(), &account, Some(&moved), None).await?;
        held.push(moved);
    }
    for post in further {
        post_rows::end(context, write.connection(), &post.id, by.account.as_str()).await?;
        let Some(role) = post.role() else { continue };
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

/// The departments that go on, with what they were called before.
pub(super) async fn lines(
    context: &Context,
    connection: &mut AnyConnection,
) -> Result<Vec<DepartmentLine>, Failure> {
    let names = DepartmentNames::read(context, &mut *connection).await?;
    let all = departments::all(context, connection).await?;
    let line = |department: departments::Department| DepartmentLine {
        former: names.former(&department.id),
        id: department.id,
        name: department.name,
    };
    Ok(all.into_iter().map(line).collect())
}
