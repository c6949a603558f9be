//! 账号管理: one administrator creates an account and sees its one-time link, another assigns its role and sees the code
//! that the link needs, and its owner activates it with both. What is given to an account that has been active is ordered
//! (`orders`).

pub mod activation;
pub mod department_changes;
pub mod handout;
pub mod import;
mod order_rows;
pub mod orders;
mod password_rows;
mod post_rows;
pub mod posts;
pub mod registration;
mod rows;
mod subjects;

pub use password_rows::earlier_hashes;
pub use post_rows::HeldPost;
use registration::{department_of, require_provider};
pub use rows::{AccountRow, COLUMNS, date_password, find, insert, set_password};

use crate::context::{Context, Shared};
use crate::identity::departments;
use crate::identity::sessions::{self, second_factor};
use crate::kernel::failure::Failure;
use crate::kernel::token;
use crate::store::audit_trail::AuditRecord;
use rows::OneTimeToken;
use shared::api::accounts::{
    AccountLine, AccountState, Accounts, ActivationCode, AssignRole, CreateAccount, DisableAccount,
    Invitation, ListAccounts,
};
use shared::cases::authority::{Capability, may};
use shared::kernel::ids::{AccountId, CaseId, DepartmentId, PersonId};
use shared::kernel::people::{Actor, Role};
use shared::kernel::refusal::Refusal;
use shared::policy::accounts::person::{person_id, person_ids_look_alike, person_name};
use shared::policy::accounts::posts::{Post, require_compatible};
use sqlx::AnyConnection;

/// Hours until an invitation expires.
const INVITATION_HOURS: u32 = 72;

/// An account as it is stored.
#[derive(Clone, Debug)]
pub struct Account {
    pub id: String,
    pub name: String,
    pub person: PersonId,
    pub role: Option<Role>,
    pub department: Option<String>,
    /// The provider it acts for; only with the role provider.
    pub provider: Option<String>,
    pub state: AccountState,
    /// The password's hash; `None` until the owner chose one.
    pub hash: Option<String>,
    /// Unix second the owner chose it; `None` where an earlier release did not record it.
    pub password_changed: Option<i64>,
    /// Hash of the code that the invitation needs.
    pub code_hash: Option<String>,
    /// The person who made the account.
    pub created_by: PersonId,
    /// 邮箱 and 手机, where somebody stated them.
    pub mail: Option<String>,
    pub phone: Option<String>,
    /// Further posts it holds today; read with [`all`] only.
    pub posts: Vec<HeldPost>,
}

impl Account {
    /// The person a session of this account acts for; `None` unless the account is active and has a role.
    pub fn actor(&self, context: &Context) -> Option<Actor> {
        let role = self.role.filter(|_| self.state == AccountState::Active)?;
        Some(Actor {
            tenant: context.settings.tenant.clone(),
            account: AccountId::new(self.id.clone()),
            person: self.person.clone(),
            name: self.name.clone(),
            role,
            department: self.department.clone().map(DepartmentId::new),
            provider: self.provider.clone().map(CaseId::new),
        })
    }

    /// Whether it is active with one of these roles. A department role counts in its own department only.
    pub fn holds(&self, roles: &[Role], department: Option<&DepartmentId>) -> bool {
        let fits = |role: Option<Role>, own: Option<&str>| {
            let here = own.is_none_or(|own| department.is_some_and(|department| department.as_str() == own));
            here && role.is_some_and(|role| roles.contains(&role))
        };
        self.state == AccountState::Active
            && (fits(self.role, self.department.as_deref())
                || self.posts.iter().any(|post| fits(post.role(), post.department.as_deref())))
    }

    /// The post it holds.
    fn post(&self) -> Option<Post> {
        Some(Post { role: self.role?, department: self.department.clone(), deputy_of: None })
    }

    /// All posts of the person's own on this account.
    fn own_posts(&self) -> Vec<Post> {
        let further = self.posts.iter().filter(|post| post.deputy_of.is_none());
        self.post().into_iter().chain(further.filter_map(HeldPost::post)).collect()
    }

    /// Which of the three administrators it is.
    fn administrator(&self) -> Option<Role> {
        self.role.filter(|role| role.is_administrator())
    }

    /// Whether it is the last active account of one of the three administrators.
    fn is_last_administrator(&self, all: &[Account]) -> bool {
        let active = |known: &&Account| known.state == AccountState::Active && known.role == self.role;
        self.state == AccountState::Active
            && self.administrator().is_some()
            && !all.iter().filter(active).any(|known| known.id != self.id)
    }
}

/// The lock of every write to accounts: what is judged over all of them must not change before it is written.
pub fn lock(context: &Context) -> String {
    format!("accounts {}", context.tenant())
}

/// Whether nobody has ever been security administrator here. The last one is never disabled and never loses the post, so
/// once there was one there always is.
pub fn lacks_security(all: &[Account]) -> bool {
    !all.iter().any(|known| known.role == Some(Role::SecurityAdministrator) && known.hash.is_some())
}

/// Whether the system administrator may appoint the first security administrator: nobody has ever been it, and nobody has
/// been appointed.
fn may_appoint_security(all: &[Account]) -> bool {
    let appointed = |known: &Account| {
        known.role == Some(Role::SecurityAdministrator) && known.state != AccountState::Disabled
    };
    lacks_security(all) && !all.iter().any(appointed)
}

/// Whether each of the three administrators has been active.
fn is_setup_over(all: &[Account]) -> bool {
    let has_been = |role: Role| all.iter().any(|known| known.role == Some(role) && known.hash.is_some());
    Role::ALL.into_iter().filter(|role| role.is_administrator()).all(has_been)
}

/// Every account, with its further posts of today.
pub async fn all(context: &Context, connection: &mut AnyConnection) -> Result<Vec<Account>, Failure> {
    let mut all = rows::all(context, connection).await?;
    let today = context.clock().today();
    for post in post_rows::all(context, connection).await? {
        if let Some(known) = all.iter_mut().find(|known| known.id == post.account && post.is_held_on(today)) {
            known.posts.push(post);
        }
    }
    Ok(all)
}

/// ACT-08: the posts one person has on all accounts; that of the account itself counts unless the post takes its place.
fn require_compatible_posts(
    all: &[Account],
    known: &Account,
    post: &Post,
    replaces: bool,
) -> Result<(), Refusal> {
    let accounts = all.iter().filter(|other| other.person == known.person);
    let held = accounts.filter(|other| other.state != AccountState::Disabled).flat_map(|other| {
        let mut posts = other.own_posts();
        if other.id == known.id && replaces && other.role.is_some() {
            posts.remove(0);
        }
        posts
    });
    require_compatible(&held.collect::<Vec<Post>>(), post)
}

/// `GET /api/accounts`.
pub async fn list(context: Shared, actor: Actor, _: ListAccounts) -> Result<Accounts, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let departments = departments::all(&context, &mut connection).await?;
    let line = |known: &Account| AccountLine {
        account: AccountId::new(known.id.clone()),
        name: known.name.clone(),
        person: known.person.clone(),
        role: known.role,
        department: known.department.clone().map(DepartmentId::new),
        posts: known.posts.iter().filter_map(|post| posts::line(post, &departments, None)).collect(),
        state: known.state,
        has_been_active: known.hash.is_some(),
        has_second_factor: false,
        subjects: Vec::new(),
    };
    let all = all(&context, &mut connection).await?;
    let with_factor = second_factor::accounts_with(&context, &mut connection).await?;
    let bound = subjects::all(&context, &mut connection).await?;
    let line = |known: &Account| AccountLine {
        has_second_factor: with_factor.contains(&known.id),
        subjects: bound
            .iter()
            .filter(|(of, _)| *of == known.id)
            .map(|(_, subject)| subject.clone())
            .collect(),
        ..line(known)
    };
    let bootstrap = actor.role == Role::SystemAdministrator && may_appoint_security(&all);
    let (departments, closed_departments) = department_changes::lines(&context, &mut connection).await?;
    Ok(Accounts {
        accounts: all.iter().map(line).collect(),
        departments,
        closed_departments,
        orders: orders::open_orders(&context, &mut connection, &actor, &all).await?,
        sheets: handout::waiting(&context, &mut connection, &actor).await?,
        sso: context.sso.offers(),
        may_create: may(&actor, Capability::CreateAccount).is_ok(),
        may_assign: may(&actor, Capability::AssignRole).is_ok() || bootstrap,
        may_disable: may(&actor, Capability::DisableAccount).is_ok(),
    })
}

/// `POST /api/accounts`: answers with the one-time link, which cannot be read again.
pub async fn create(context: Shared, actor: Actor, request: CreateAccount) -> Result<Invitation, Failure> {
    let name = person_name(&request.name).ok_or_else(|| {
        Failure::malformed(422, "`name`：姓名应为 2 至 20 个字，至少两个文字，不含看不见的字符（ACT-04）。")
    })?;
    let person = person_id(request.person.as_str()).map(PersonId::new).ok_or_else(|| {
        let detail = "`person`：人员编号应为 2 至 32 个字母、数字或 . _ -，以字母或数字开头（ACT-03）。";
        Failure::malformed(422, detail)
    })?;
    let account = Account {
        id: request.account.to_string(),
        name,
        person,
        role: None,
        department: None,
        provider: None,
        state: AccountState::Invited,
        hash: None,
        password_changed: None,
        code_hash: None,
        created_by: actor.person.clone(),
        mail: None,
        phone: None,
        posts: Vec::new(),
    };
    let mut write = context.db.write(&lock(&context)).await?;
    let all = all(&context, write.connection()).await?;
    require_another_person(&all, &account, request.namesake)?;
    let link = invite(&context, write.connection(), &account, &all).await?;
    let Some(link) = link else {
        return Err(Failure::exists("这个账号名已被使用，请换一个。"));
    };
    write.commit(AuditRecord::by(&actor, context.clock().stamp(), "account.create", &account.id)).await?;
    Ok(Invitation { link, hours: INVITATION_HOURS })
}

/// One human has one number: not a second one that is taken for the first, nor one under the same name unawares.
fn require_another_person(all: &[Account], new: &Account, namesake: bool) -> Result<(), Refusal> {
    let others = || all.iter().filter(|other| other.person != new.person);
    if let Some(other) =
        others().find(|other| person_ids_look_alike(other.person.as_str(), new.person.as_str()))
    {
        let message = format!(
            "人员编号“{}”与已有的“{}”（{}）过于相似，请核对是否同一人。",
            new.person, other.person, other.name
        );
        return Err(Refusal::new("ACT-03", message));
    }
    match others().find(|other| other.name == new.name && other.state != AccountState::Disabled) {
        Some(other) if !namesake => {
            let message = format!(
                "已有同名人员“{}”（人员编号 {}）。同一人请用同一编号；确属不同人员的，请勾选后再办理。",
                other.name, other.person
            );
            Err(Refusal::new("ACT-11", message))
        }
        _ => Ok(()),
    }
}

/// Inserts an invited account and makes its link; for an account that nobody has activated, a new link replaces the old and
/// takes the role with it. `None` when the id is taken, also in other letters.
pub async fn invite(
    context: &Context,
    connection: &mut AnyConnection,
    account: &Account,
    all: &[Account],
) -> Result<Option<String>, Failure> {
    let secret = token::fresh()?;
    let until = context.clock().seconds() + i64::from(INVITATION_HOURS) * 3600;
    let invitation = OneTimeToken { secret: &secret, until };
    let same = all.iter().find(|known| known.id.eq_ignore_ascii_case(&account.id));
    match same {
        None => drop(insert(context, connection, account, Some(invitation)).await?),
        Some(known)
            if known.id == account.id
                && known.person == account.person
                && known.state == AccountState::Invited
                && known.hash.is_none() =>
        {
            rows::renew_invitation(context, connection, account, invitation).await?;
        }
        Some(_) => return Ok(None),
    }
    Ok(Some(format!("/invitation#{secret}")))
}

/// `POST /api/accounts/{account}/disable`: at once and by one, but for the three administrators.
pub async fn disable(context: Shared, actor: Actor, request: DisableAccount) -> Result<(), Failure> {
    if request.account == actor.account {
        return Err(Refusal::new("account.own", "不能停用自己的账号。").into());
    }
    let account = request.account.as_str();
    let mut write = context.db.write(&lock(&context)).await?;
    let Some(known) = find(&context, write.connection(), account).await? else {
        return Err(Failure::unknown("个账号"));
    };
    if known.administrator().is_some() && known.hash.is_some() {
        return Err(by_order("停用三员的账号须两人办理"));
    }
    rows::disable(&context, write.connection(), &request.account).await?;
    sessions::end_all(&context, write.connection(), account).await?;
    write.commit(AuditRecord::by(&actor, context.clock().stamp(), "account.disable", account)).await
}

fn by_order(what: &str) -> Failure {
    let message = format!("{what}：请提出账号事项，由另一岗位的管理员同意。");
    Refusal::new("account.by_order", message).into()
}

/// `POST /api/accounts/{account}/role`: answers with the code that the link of its owner needs.
pub async fn assign(context: Shared, actor: Actor, request: AssignRole) -> Result<ActivationCode, Failure> {
    let account = request.account.as_str();
    let mut write = context.db.write(&lock(&context)).await?;
    let all = all(&context, write.connection()).await?;
    // Only the system administrator can appoint the first security administrator.
    let bootstrap = actor.role == Role::SystemAdministrator
        && request.role == Role::SecurityAdministrator
        && may_appoint_security(&all);
    if !bootstrap {
        may(&actor, Capability::AssignRole)?;
    }
    let Some(known) = all.iter().find(|known| known.id == account) else {
        return Err(Failure::unknown("个账号"));
    };
    require_assignable(&actor, known, bootstrap)?;
    if !request.role.is_administrator() && !is_setup_over(&all) {
        let message = "三员尚未全部启用，此前只能办理三员的账号。";
        return Err(Refusal::new("ACT-10", message).into());
    }
    let department = department_of(&context, &mut write, request.role, request.department.as_ref()).await?;
    require_provider(&context, &mut write, request.role, request.provider.as_ref()).await?;
    let post = Post { role: request.role, department, deputy_of: None };
    require_compatible_posts(&all, known, &post, true)?;
    let provider = request.provider.as_ref().map(CaseId::as_str);
    rows::assign(&context, write.connection(), &request.account, Some(&post), provider).await?;
    let setup = context.setup_code.clone().filter(|_| bootstrap);
    let code = setup.clone().map_or_else(token::fresh_code, Ok)?;
    renew_code(&context, write.connection(), account, &code).await?;
    let detail = format!("{} {}", request.role.word(), post.department.as_deref().unwrap_or_default());
    write
        .commit(AuditRecord::by(&actor, context.clock().stamp(), "account.assign", account).detail(detail))
        .await?;
    // The code of the first security administrator is not for the system administrator, who has the link.
    Ok(ActivationCode { code: setup.is_none().then_some(code) })
}

/// Two people: whoever made the account, or made its link anew, does not give it a role.
fn require_assignable(actor: &Actor, known: &Account, bootstrap: bool) -> Result<(), Failure> {
    if known.person.involves(&actor.person) {
        return Err(Refusal::new("account.own", "不能给自己授予岗位。").into());
    }
    if known.hash.is_some() {
        return Err(by_order("该账号已启用过，变更岗位须两人办理"));
    }
    if known.state == AccountState::Disabled {
        return Err(Refusal::new("account.disabled", "该账号已停用，不能授予岗位。").into());
    }
    if !bootstrap && known.created_by.involves(&actor.person) {
        return Err(Refusal::new("account.same_person", "建账号与授岗位须由两人分别办理。").into());
    }
    Ok(())
}

/// Gives the invitation of an account a code.
pub async fn renew_code(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
    code: &str,
) -> Result<(), Failure> {
    rows::set_code(context, connection, account, &activation::code_hash(context, account, code)).await
}
