//! 批量导入: a workbook of departments and accounts as one order. It is judged anew when it is asked, when it is agreed to
//! and whenever it is looked at; it is carried out whole or not at all.

use super::order_rows::{self, OrderRow};
use super::orders::{LoadedOrder, described, undecided};
use super::{Account, INVITATION_HOURS, activation, all, lock, rows};
use crate::context::{Context, Shared};
use crate::identity::departments;
use crate::kernel::failure::Failure;
use crate::kernel::token;
use crate::store::Write;
use crate::store::audit_trail::AuditRecord;
use shared::api::account_imports::{AskImport, AskedImport, MOST_ROWS, ReadImport};
use shared::api::accounts::AccountState;
use shared::cases::account_order::{AccountOrderStage, OrderedAct};
use shared::exchange::account_book::{
    AccountBook, BookPlan, KnownAccount, PreviewRow, Roster, RowOutcome, plan,
};
use shared::kernel::calendar::Date;
use shared::kernel::ids::{AccountId, PersonId};
use shared::kernel::people::Actor;
use shared::kernel::refusal::Refusal;
use shared::policy::accounts::person::person_id;
use sqlx::AnyConnection;

/// What a workbook would change now.
pub async fn preview(context: &Context, book: &AccountBook) -> Result<Vec<PreviewRow>, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let all = all(context, &mut connection).await?;
    Ok(judged(context, &mut connection, &all, book, false).await?.rows)
}

async fn judged(
    context: &Context,
    connection: &mut AnyConnection,
    all: &[Account],
    book: &AccountBook,
    namesakes: bool,
) -> Result<BookPlan, Failure> {
    let departments = departments::registered(context, connection).await?;
    let known = |known: &Account| KnownAccount {
        id: known.id.clone(),
        name: known.name.clone(),
        // In the form the workbook's numbers are compared in.
        person: person_id(known.person.as_str()).unwrap_or_else(|| known.person.to_string()),
        post: known.post(),
        mail: known.mail.clone(),
        phone: known.phone.clone(),
        is_disabled: known.state == AccountState::Disabled,
    };
    let roster = Roster { departments, accounts: all.iter().map(known).collect() };
    Ok(plan(book, &roster, namesakes))
}

/// Nothing is taken over of a workbook with a fault, nor anything about the administrator who asks or agrees.
fn require_sound(planned: &BookPlan, actor: &Actor) -> Result<(), Refusal> {
    if let Some(fault) = planned.rows.iter().find_map(|row| row.faults.first()) {
        let message = format!("{}：{}整份文件未作任何改动。", fault.cell, fault.message);
        return Err(Refusal::new(&fault.code, message));
    }
    if planned.is_idle() {
        let message = "文件中没有需要新增或变更的内容，不必提出。";
        return Err(Refusal::new("account.nothing", message));
    }
    let is_own = |person: &str| PersonId::new(person).involves(&actor.person);
    if planned.accounts.iter().any(|(account, _)| is_own(account.person.as_str())) {
        let message = "文件中有本人的账号，不能由本人提出或同意；请删去该行，或由其他管理员办理。";
        return Err(Refusal::new("ACT-06", message));
    }
    Ok(())
}

/// `POST /api/account-imports`.
pub async fn ask(context: Shared, actor: Actor, request: AskImport) -> Result<(), Failure> {
    if request.book.departments.len() + request.book.accounts.len() > MOST_ROWS {
        let detail = format!("`book`：两张表合计超过 {MOST_ROWS} 行，请拆成几个文件分批导入。");
        return Err(Failure::malformed(422, detail));
    }
    let mut write = context.db.write(&lock(&context)).await?;
    let all = all(&context, write.connection()).await?;
    let row = OrderRow {
        content: Some(serde_json::to_string(&request.book)?),
        namesakes: request.namesakes.into(),
        ..OrderRow::asked(&request.order, OrderedAct::Import, &actor, context.clock().today())
    };
    LoadedOrder::read(&context, &row)?.as_case(&all, None)?;
    let planned = judged(&context, write.connection(), &all, &request.book, request.namesakes).await?;
    require_sound(&planned, &actor)?;
    let waiting = undecided(&context, write.connection()).await?;
    if waiting.iter().any(|(_, order)| order.what == OrderedAct::Import) {
        return Err(Failure::exists("已有一项待同意的批量导入，请先办结。"));
    }
    if !order_rows::insert(&context, write.connection(), &row).await? {
        return Err(Failure::operation_reused());
    }
    let entry = AuditRecord::by(&actor, context.clock().stamp(), "account.ask", &row.id);
    write.commit(entry.detail(described(&row))).await
}

/// `GET /api/account-imports/{order}`.
pub async fn read(context: Shared, _: Actor, request: ReadImport) -> Result<AskedImport, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let row = order_rows::find(&context, &mut connection, request.order.as_str()).await?;
    let is_import = |row: &OrderRow| row.what == OrderedAct::Import.word();
    let row = row.filter(is_import).ok_or_else(|| Failure::unknown("项批量导入"))?;
    let all = all(&context, &mut connection).await?;
    let namesakes = row.namesakes != 0;
    let planned = judged(&context, &mut connection, &all, &book_of(&row)?, namesakes).await?;
    let asked_on = Date::parse(&row.asked_on);
    Ok(AskedImport {
        rows: planned.rows,
        namesakes,
        asked_on: asked_on.ok_or_else(|| anyhow::anyhow!("the day of {} cannot be read", row.id))?,
        is_open: row.stage == AccountOrderStage::Asked.word(),
        asked_by: row.asked_name,
    })
}

fn book_of(row: &OrderRow) -> Result<AccountBook, Failure> {
    Ok(serde_json::from_str(row.content.as_deref().unwrap_or_default())?)
}

/// How much an import brings.
pub(super) fn summary(row: &OrderRow) -> Result<String, Failure> {
    let book = book_of(row)?;
    Ok(format!("{} 个部门、{} 个账号", book.departments.len(), book.accounts.len()))
}

/// Takes the whole workbook over. Whoever is invited can be activated once both sheets are taken: until then nobody has
/// the link, and the code is nobody's.
pub(super) async fn carry_out(
    context: &Context,
    write: &mut Write,
    actor: &Actor,
    row: &OrderRow,
    all: &[Account],
    namesakes: bool,
) -> Result<(), Failure> {
    if row.namesakes != 0 && !namesakes {
        let message = "提出人已确认同名人员确属不同人员，请核对并勾选后再同意。";
        return Err(Refusal::new("ACT-11", message).into());
    }
    write.lock(&departments::lock(context)).await?;
    let book = book_of(row)?;
    let planned = judged(context, write.connection(), all, &book, row.namesakes != 0).await?;
    require_sound(&planned, actor)?;
    for (department, _) in &planned.departments {
        departments::register(context, write.connection(), department).await?;
    }
    let mut invited = Vec::new();
    for (account, outcome) in &planned.accounts {
        let known = all.iter().find(|known| known.id == account.id);
        let is_invited = match (outcome, known) {
            (RowOutcome::New, _) | (_, None) => insert(context, write, account, row).await?,
            (_, Some(known)) => change(context, write, account, known, row).await?,
        };
        if is_invited {
            invited.push(account.id.as_str());
        }
    }
    if !invited.is_empty() {
        let until = context.clock().seconds() + i64::from(INVITATION_HOURS) * 3600;
        let invited = serde_json::to_string(&invited)?;
        order_rows::offer_sheets(context, write.connection(), &row.id, &invited, until).await?;
    }
    Ok(())
}

async fn insert(
    context: &Context,
    write: &mut Write,
    new: &KnownAccount,
    row: &OrderRow,
) -> Result<bool, Failure> {
    let account = Account {
        id: new.id.clone(),
        name: new.name.clone(),
        person: PersonId::new(new.person.clone()),
        role: new.post.as_ref().map(|post| post.role),
        department: new.post.as_ref().and_then(|post| post.department.clone()),
        provider: None,
        state: AccountState::Invited,
        hash: None,
        password_changed: None,
        code_hash: Some(unknown_code(context, &new.id)?),
        created_by: PersonId::new(row.asked_person.clone()),
        mail: new.mail.clone(),
        phone: new.phone.clone(),
        posts: Vec::new(),
    };
    match rows::insert(context, write.connection(), &account, None).await? {
        true => Ok(true),
        false => Err(Failure::exists("文件中的一个账号名刚刚被使用，整份文件未作任何改动。")),
    }
}

/// Changes what is stated of an account; `true` when its owner is invited anew.
async fn change(
    context: &Context,
    write: &mut Write,
    changed: &KnownAccount,
    known: &Account,
    row: &OrderRow,
) -> Result<bool, Failure> {
    let (mail, phone) = (changed.mail.as_deref(), changed.phone.as_deref());
    rows::set_contact(context, write.connection(), &known.id, mail, phone).await?;
    if changed.post == known.post() {
        return Ok(false);
    }
    let account = AccountId::new(known.id.clone());
    rows::assign(context, write.connection(), &account, changed.post.as_ref(), None).await?;
    let never_active = known.state == AccountState::Invited && known.hash.is_none();
    if never_active {
        let code = unknown_code(context, &known.id)?;
        rows::void_invitation(context, write.connection(), &known.id, &code, &row.asked_person).await?;
    }
    Ok(never_active)
}

/// Hash of a code that nobody sees.
fn unknown_code(context: &Context, account: &str) -> Result<String, Failure> {
    Ok(activation::code_hash(context, account, &token::fresh()?))
}
