//! 账号事项: one administrator asks, another agrees or declines, and only then something is done. The rules are
//! `shared::cases::account_order`; here is what they hear and what follows.

use super::department_changes;
use super::import;
use super::order_rows::{self, OrderRow};
use super::post_rows::{self, HeldPost};
use super::registration::{department_of, require_provider};
use super::subjects;
use super::{
    Account, INVITATION_HOURS, all, is_setup_over, lock, renew_code, require_compatible_posts, rows,
};
use crate::context::{Context, Shared};
use crate::identity::departments;
use crate::identity::sessions::{self, second_factor};
use crate::kernel::failure::Failure;
use crate::kernel::token;
use crate::store::Write;
use crate::store::audit_trail::AuditRecord;
use serde_json::{Value, json};
use shared::api::accounts::{
    AccountState, ActivationCode, AskOrder, Asked, DecideOrder, Invitation, OrderLine,
};
use shared::cases::account_order::{AccountOrder, AccountOrderFacts, AccountOrderStage, OrderedAct};
use shared::cases::oversight::judge::{OversightCase, judge};
use shared::kernel::calendar::Date;
use shared::kernel::hash::digest;
use shared::kernel::ids::{AccountId, DepartmentId, OpId, PersonId};
use shared::kernel::people::{Actor, Role};
use shared::kernel::refusal::Refusal;
use shared::policy::accounts::posts::Post;
use sqlx::AnyConnection;

/// An order that can be judged: what was asked, of which account, by whom.
pub(super) struct LoadedOrder {
    pub(super) what: OrderedAct,
    post: Option<Post>,
    asked_on: Date,
    asker: Actor,
}

impl LoadedOrder {
    pub(super) fn read(context: &Context, row: &OrderRow) -> Result<LoadedOrder, Failure> {
        let what = OrderedAct::ALL.into_iter().find(|what| what.word() == row.what);
        let asked_as = Role::from_word(&row.asked_as);
        let read = what.zip(asked_as).zip(Date::parse(&row.asked_on));
        let ((what, role), asked_on) =
            read.ok_or_else(|| anyhow::anyhow!("the order {} cannot be read", row.id))?;
        let asker = Actor {
            tenant: context.settings.tenant.clone(),
            account: AccountId::new(row.asked_by.clone()),
            person: PersonId::new(row.asked_person.clone()),
            name: row.asked_name.clone(),
            role,
            department: None,
            provider: None,
        };
        let post = row.role.as_deref().and_then(Role::from_word).map(|role| Post {
            role,
            department: row.department.clone(),
            deputy_of: None,
        });
        Ok(LoadedOrder { what, post, asked_on, asker })
    }

    /// The order as of now: it is asked anew on the day it was asked, with today's facts. An import concerns no one
    /// account.
    pub(super) fn as_case(&self, all: &[Account], known: Option<&Account>) -> Result<AccountOrder, Refusal> {
        AccountOrder::open(&self.asker, self.facts(all, known), self.asked_on)
    }

    fn facts(&self, all: &[Account], known: Option<&Account>) -> AccountOrderFacts {
        let ends_a_post =
            matches!(self.what, OrderedAct::ChangePost | OrderedAct::EndPost | OrderedAct::Disable);
        let conflict = self.post.as_ref().zip(known).is_some_and(|(post, known)| {
            let replaces = self.what == OrderedAct::ChangePost;
            require_compatible_posts(all, known, post, replaces).is_err()
        });
        AccountOrderFacts {
            what: self.what,
            post: self.post.as_ref().map(|post| post.role),
            target: known.map(|known| known.person.clone()),
            target_role: known.and_then(Account::administrator),
            conflict,
            last_of_role: ends_a_post && known.is_some_and(|known| known.is_last_administrator(all)),
            setup_over: is_setup_over(all),
        }
    }

    /// Whether whoever asked still holds the post they asked in.
    fn require_asker(&self, all: &[Account]) -> Result<(), Refusal> {
        let holds = |known: &Account| {
            known.id == self.asker.account.as_str()
                && known.state == AccountState::Active
                && known.role == Some(self.asker.role)
        };
        match all.iter().any(holds) {
            true => Ok(()),
            false => Err(Refusal::new("ACT-05", "提出人已不在原岗位，请由现任管理员重新提出。")),
        }
    }
}

/// What can be asked of an account in its state.
fn require_fits(what: OrderedAct, known: &Account, post: Option<&Post>) -> Result<(), Failure> {
    let gives = matches!(what, OrderedAct::GrantPost | OrderedAct::ChangePost);
    if gives != post.is_some() {
        return Err(Failure::malformed(422, "`role`：授予或变更岗位须写明岗位，其他事项不写。"));
    }
    let disabled = known.state == AccountState::Disabled;
    let fits = match what {
        // The first post is that of the account; whatever comes to it is a further one.
        OrderedAct::GrantPost => !disabled && known.hash.is_some() && known.administrator().is_none(),
        OrderedAct::ChangePost => !disabled && known.hash.is_some() && known.role.is_some(),
        OrderedAct::EndPost => known.role.is_some(),
        OrderedAct::Enable => disabled && known.hash.is_some(),
        OrderedAct::Disable => !disabled,
        OrderedAct::ResetPassword | OrderedAct::ResetSecondFactor | OrderedAct::LinkSubject => {
            !disabled && known.hash.is_some()
        }
        OrderedAct::Import | OrderedAct::Departments | OrderedAct::Profile => {
            return Err(Failure::malformed(422, "`what`：这项事项不在此办理。"));
        }
    };
    match fits {
        true => Ok(()),
        false => {
            let message = format!("该账号现为“{}”，不能“{}”。", known.state.label(), what.label());
            Err(Refusal::new("account.state", message).into())
        }
    }
}

/// `POST /api/account-orders`.
pub async fn ask(context: Shared, actor: Actor, request: AskOrder) -> Result<Asked, Failure> {
    let mut write = context.db.write(&lock(&context)).await?;
    let all = all(&context, write.connection()).await?;
    let known = known(&all, request.account.as_str())?;
    let post = match request.role {
        Some(role) => {
            let department = department_of(&context, &mut write, role, request.department.as_ref()).await?;
            require_provider(&context, &mut write, role, request.provider.as_ref()).await?;
            Some(Post { role, department, deputy_of: None })
        }
        None => None,
    };
    require_fits(request.what, known, post.as_ref())?;
    let content = subjects::content(&context, &request)?;
    let link = (request.what == OrderedAct::ResetPassword).then(token::fresh).transpose()?;
    let row = OrderRow {
        account: known.id.clone(),
        role: post.as_ref().map(|post| post.role.word().into()),
        department: post.and_then(|post| post.department),
        provider: request.provider.filter(|_| request.role.is_some()).map(|provider| provider.to_string()),
        link_hash: link.as_deref().map(token::hashed),
        content,
        ..OrderRow::asked(&request.order, request.what, &actor, context.clock().today())
    };
    LoadedOrder::read(&context, &row)?.as_case(&all, Some(known))?;
    if row.content.is_some() {
        subjects::require_free(&context, write.connection(), &row).await?;
    }
    let waiting = undecided(&context, write.connection()).await?;
    if waiting.iter().any(|(other, _)| other.account == row.account) {
        return Err(Failure::exists("这个账号已有一项待办的账号事项，请先办结。"));
    }
    if !order_rows::insert(&context, write.connection(), &row).await? {
        return Err(Failure::operation_reused());
    }
    let entry = AuditRecord::by(&actor, context.clock().stamp(), "account.ask", &row.account);
    write.commit(entry.detail(described(&row))).await?;
    let invitation =
        link.map(|secret| Invitation { link: format!("/invitation#{secret}"), hours: INVITATION_HOURS });
    Ok(Asked { invitation })
}

/// `POST /api/account-orders/{order}`.
pub async fn decide(context: Shared, actor: Actor, request: DecideOrder) -> Result<ActivationCode, Failure> {
    let mut write = context.db.write(&lock(&context)).await?;
    let row = order_rows::find(&context, write.connection(), request.order.as_str()).await?;
    let row = row.ok_or_else(|| Failure::unknown("项账号事项"))?;
    if row.stage != AccountOrderStage::Asked.word() {
        return Err(Refusal::new("authority.stage", "这项账号事项已经办结，请刷新页面查看。").into());
    }
    let all = all(&context, write.connection()).await?;
    let order = LoadedOrder::read(&context, &row)?;
    let known = match order.what {
        OrderedAct::Import | OrderedAct::Departments => None,
        _ => Some(known(&all, &row.account)?),
    };
    let reason = request.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    let code = match request.agree {
        true => {
            require_agreement(&context, &actor, &order, &all, known)?;
            match known {
                Some(known) => {
                    require_fits(order.what, known, order.post.as_ref())?;
                    carry_out(&context, &mut write, &order, &row, known).await?
                }
                None if order.what == OrderedAct::Departments => {
                    department_changes::carry_out(&context, &mut write, &row, &all, &actor).await?;
                    None
                }
                None => {
                    import::carry_out(&context, &mut write, &actor, &row, &all, request.namesakes).await?;
                    None
                }
            }
        }
        false => {
            let with = reason.map_or_else(|| json!({}), |text| json!({ "reason": text }));
            let facts =
                AccountOrderFacts { conflict: false, last_of_role: false, ..order.facts(&all, known) };
            let case = AccountOrder::open(&order.asker, facts, order.asked_on)?;
            judge(&case, &actor, "decline", &with, context.clock().today())?;
            None
        }
    };
    let (stage, act) = match request.agree {
        true => (AccountOrderStage::Done, "account.agree"),
        false => (AccountOrderStage::Refused, "account.decline"),
    };
    order_rows::decide(&context, write.connection(), &actor, &row.id, stage.word(), reason).await?;
    let subject = if known.is_some() { &row.account } else { &row.id };
    let entry = AuditRecord::by(&actor, context.clock().stamp(), act, subject);
    write.commit(entry.detail(described(&row))).await?;
    Ok(ActivationCode { code })
}

fn require_agreement(
    context: &Context,
    actor: &Actor,
    order: &LoadedOrder,
    all: &[Account],
    known: Option<&Account>,
) -> Result<(), Refusal> {
    order.require_asker(all)?;
    let case = order.as_case(all, known)?;
    judge(&case, actor, "agree", &Value::Null, context.clock().today()).map(drop)
}

/// Does what was asked; the code that goes with the link of a new password.
async fn carry_out(
    context: &Context,
    write: &mut Write,
    order: &LoadedOrder,
    row: &OrderRow,
    known: &Account,
) -> Result<Option<String>, Failure> {
    let account = AccountId::new(known.id.clone());
    // It may have ended since the order was asked.
    if let Some(department) = order.post.as_ref().and_then(|post| post.department.clone()) {
        departments::require_open(context, write.connection(), &DepartmentId::new(department)).await?;
    }
    match order.what {
        OrderedAct::GrantPost if known.role.is_some() => {
            let post =
                order.post.as_ref().ok_or_else(|| anyhow::anyhow!("the order {} has no post", row.id))?;
            let today = context.clock().today();
            let held = HeldPost::new(&row.id, &known.id, post, today, None);
            if !post_rows::insert(context, write.connection(), &held, &order.asker).await? {
                return Err(Failure::operation_reused());
            }
        }
        OrderedAct::GrantPost | OrderedAct::ChangePost => {
            rows::assign(context, write.connection(), &account, order.post.as_ref(), row.provider.as_deref())
                .await?;
        }
        OrderedAct::EndPost => {
            rows::assign(context, write.connection(), &account, None, None).await?;
            post_rows::end_all(context, write.connection(), &known.id, order.asker.account.as_str()).await?;
            sessions::end_all(context, write.connection(), &known.id).await?;
        }
        OrderedAct::Enable => rows::enable(context, write.connection(), &account).await?,
        OrderedAct::Disable => {
            rows::disable(context, write.connection(), &account).await?;
            sessions::end_all(context, write.connection(), &known.id).await?;
        }
        OrderedAct::ResetSecondFactor => {
            second_factor::delete(context, write.connection(), &known.id).await?;
            sessions::end_all(context, write.connection(), &known.id).await?;
        }
        OrderedAct::ResetPassword => {
            let code = token::fresh_code()?;
            let until = context.clock().seconds() + i64::from(INVITATION_HOURS) * 3600;
            let link_hash = row.link_hash.as_deref();
            let link_hash = link_hash.ok_or_else(|| anyhow::anyhow!("the order {} has no link", row.id))?;
            rows::invite_again(context, write.connection(), &known.id, link_hash, until).await?;
            renew_code(context, write.connection(), &known.id, &code).await?;
            sessions::end_all(context, write.connection(), &known.id).await?;
            return Ok(Some(code));
        }
        OrderedAct::LinkSubject => subjects::carry_out(context, write, row, known).await?,
        OrderedAct::Import | OrderedAct::Departments | OrderedAct::Profile => {
            return Err(Failure::malformed(422, "`what`：这项事项不在此办理。"));
        }
    }
    Ok(None)
}

/// The orders that wait, as this person sees them.
pub async fn open_orders(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    all: &[Account],
) -> Result<Vec<OrderLine>, Failure> {
    let mut lines = Vec::new();
    for (row, order) in undecided(context, connection).await? {
        let known = all.iter().find(|known| known.id == row.account);
        let name = match (order.what, known) {
            (OrderedAct::Import, _) => import::summary(&row)?,
            (OrderedAct::Departments, _) => {
                department_changes::summary(context, &mut *connection, &row).await?
            }
            (_, Some(known)) => known.name.clone(),
            (_, None) => continue,
        };
        let detail = subjects::described(&row);
        lines.push(OrderLine {
            order: OpId::new(row.id),
            what: order.what,
            account: known.map(|known| AccountId::new(known.id.clone())),
            name,
            role: order.post.as_ref().map(|post| post.role),
            department: order.post.as_ref().and_then(|post| post.department.clone()).map(DepartmentId::new),
            detail,
            asked_by: row.asked_name,
            asked_as: order.asker.role,
            asked_on: order.asked_on,
            refusal: require_agreement(context, actor, &order, all, known).err(),
        });
    }
    Ok(lines)
}

/// Orders that nobody has decided on and that have not lapsed.
pub(super) async fn undecided(
    context: &Context,
    connection: &mut AnyConnection,
) -> Result<Vec<(OrderRow, LoadedOrder)>, Failure> {
    let today = context.clock().today();
    let rows = order_rows::undecided(context, connection).await?;
    let read = rows.into_iter().map(|row| Ok((LoadedOrder::read(context, &row)?, row)));
    let mut waiting = Vec::new();
    for (order, row) in read.collect::<Result<Vec<_>, Failure>>()? {
        if !AccountOrder::is_lapsed(order.asked_on, today) {
            waiting.push((row, order));
        }
    }
    Ok(waiting)
}

fn known<'a>(all: &'a [Account], account: &str) -> Result<&'a Account, Failure> {
    all.iter().find(|known| known.id == account).ok_or_else(|| Failure::unknown("个账号"))
}

/// What an order asks, for the trail.
pub(super) fn described(row: &OrderRow) -> String {
    if let Some(content) = &row.content {
        return format!("{} {} {}", row.id, row.what, digest(&[row.what.as_str(), content]));
    }
    let role = row.role.as_deref().unwrap_or_default();
    let department = row.department.as_deref().unwrap_or_default();
    format!("{} {} {role} {department}", row.id, row.what).trim_end().to_string()
}
