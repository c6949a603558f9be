//! 账号管理: one administrator creates an account, another assigns its role, and its owner activates it through a one-time
//! link.

mod rows;

pub use rows::{all, find, insert};

use crate::context::{Context, Shared};
use crate::identity::departments;
use crate::identity::sessions::{self, places};
use crate::identity::visitor::{SessionChange, Visitor};
use crate::kernel::failure::Failure;
use crate::kernel::token;
use crate::store::audit_trail::AuditRecord;
use rows::{InvitedRow, OneTimeToken};
use shared::api::accounts::{
    AcceptInvitation, Accepted, AccountLine, AccountState, Accounts, AddDepartment, AssignRole,
    CreateAccount, DepartmentLine, DisableAccount, Invitation, ListAccounts,
};
use shared::cases::authority::{Capability, may};
use shared::kernel::ids::{AccountId, CaseId, DepartmentId, PersonId};
use shared::kernel::people::{Actor, Office, Role, may_also_hold};
use shared::kernel::refusal::Refusal;
use sqlx::AnyConnection;

/// Hours until an invitation expires.
const INVITATION_HOURS: u32 = 72;

/// An account as it is stored.
#[derive(Clone, Debug)]
pub struct Account {
    pub id: String,
    pub name: String,
    pub person: String,
    pub role: Option<Role>,
    pub department: Option<String>,
    /// The provider it acts for; only with the role provider.
    pub provider: Option<String>,
    pub state: AccountState,
    /// The password's hash; `None` until the owner chose one.
    pub hash: Option<String>,
    /// The person who made the account.
    pub created_by: String,
}

impl Account {
    /// The person a session of this account acts for; `None` unless the account is active and has a role.
    pub fn actor(&self, context: &Context) -> Option<Actor> {
        let role = self.role.filter(|_| self.state == AccountState::Active)?;
        Some(Actor {
            tenant: context.settings.tenant.clone(),
            account: AccountId::new(self.id.clone()),
            person: PersonId::new(self.person.clone()),
            name: self.name.clone(),
            role,
            department: self.department.clone().map(DepartmentId::new),
            provider: self.provider.clone().map(CaseId::new),
        })
    }

    /// Whether it is active with one of these roles. A department role counts in its own department only.
    pub fn holds(&self, roles: &[Role], department: Option<&DepartmentId>) -> bool {
        let own = self.department.as_deref();
        let here = own.is_none_or(|own| department.is_some_and(|department| department.as_str() == own));
        self.state == AccountState::Active && here && self.role.is_some_and(|role| roles.contains(&role))
    }
}

/// `GET /api/accounts`.
pub async fn list(context: Shared, actor: Actor, _: ListAccounts) -> Result<Accounts, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let line = |known: Account| AccountLine {
        account: AccountId::new(known.id),
        name: known.name,
        person: PersonId::new(known.person),
        role: known.role,
        department: known.department.map(DepartmentId::new),
        state: known.state,
    };
    let departments = departments::all(&context, &mut connection).await?;
    let bootstrap =
        actor.role == Role::SystemAdministrator && needs_security(&context, &mut connection).await?;
    Ok(Accounts {
        accounts: all(&context, &mut connection).await?.into_iter().map(line).collect(),
        departments: departments.into_iter().map(|d| DepartmentLine { id: d.id, name: d.name }).collect(),
        may_create: may(&actor, Capability::CreateAccount).is_ok(),
        may_assign: may(&actor, Capability::AssignRole).is_ok() || bootstrap,
    })
}

/// `POST /api/accounts`: answers with the one-time link, which cannot be read again.
pub async fn create(context: Shared, actor: Actor, request: CreateAccount) -> Result<Invitation, Failure> {
    let account = Account {
        id: request.account.to_string(),
        name: request.name.trim().to_string(),
        person: request.person.to_string(),
        role: None,
        department: None,
        provider: None,
        state: AccountState::Invited,
        hash: None,
        created_by: actor.person.to_string(),
    };
    let mut write = context.db.write(&format!("accounts {}", context.tenant())).await?;
    let link = invite(&context, write.connection(), &account).await?;
    let Some(link) = link else {
        return Err(Failure::exists("这个账号名已被使用，请换一个。"));
    };
    write.commit(AuditRecord::by(&actor, context.clock().stamp(), "account.create", &account.id)).await?;
    Ok(Invitation { link, hours: INVITATION_HOURS })
}

/// Inserts an invited account and makes its link; for an account that is still invited, a new link replaces the old.
/// `None` when the id is taken.
pub async fn invite(
    context: &Context,
    connection: &mut AnyConnection,
    account: &Account,
) -> Result<Option<String>, Failure> {
    let secret = token::fresh()?;
    let until = context.clock().seconds() + i64::from(INVITATION_HOURS) * 3600;
    let invitation = OneTimeToken { secret: &secret, until };
    let invited = rows::insert(context, &mut *connection, account, Some(invitation)).await?
        || rows::renew_invitation(context, connection, account, invitation).await?;
    Ok(invited.then(|| format!("/invitation#{secret}")))
}

/// `POST /api/accounts/{account}/disable`.
pub async fn disable(context: Shared, actor: Actor, request: DisableAccount) -> Result<(), Failure> {
    if request.account == actor.account {
        return Err(Refusal::new("account.own", "不能停用自己的账号。").into());
    }
    let account = request.account.as_str();
    let mut write = context.db.write(&format!("accounts {}", context.tenant())).await?;
    if !rows::disable(&context, write.connection(), &request.account).await? {
        return Err(Failure::unknown("个账号"));
    }
    sessions::end_all(&context, write.connection(), account).await?;
    write.commit(AuditRecord::by(&actor, context.clock().stamp(), "account.disable", account)).await
}

/// `POST /api/accounts/{account}/role`.
pub async fn assign(context: Shared, actor: Actor, request: AssignRole) -> Result<(), Failure> {
    let account = request.account.as_str();
    let mut write = context.db.write(&format!("accounts {}", context.tenant())).await?;
    // Only the system administrator can appoint the first security administrator.
    let bootstrap = actor.role == Role::SystemAdministrator
        && request.role == Role::SecurityAdministrator
        && needs_security(&context, write.connection()).await?;
    if !bootstrap {
        may(&actor, Capability::AssignRole)?;
    }
    let Some(known) = find(&context, write.connection(), account).await? else {
        return Err(Failure::unknown("个账号"));
    };
    if !bootstrap && known.created_by == actor.person.as_str() {
        return Err(Refusal::new("account.same_person", "建账号与授岗位须由两人分别办理。").into());
    }
    if known.person == actor.person.as_str() {
        return Err(Refusal::new("account.own", "不能给自己授予岗位。").into());
    }
    let department = department_of(&context, write.connection(), &request).await?;
    require_provider(&context, write.connection(), &request).await?;
    let others: Vec<Role> = all(&context, write.connection())
        .await?
        .into_iter()
        .filter(|k| k.person == known.person && k.id != known.id && k.state != AccountState::Disabled)
        .filter_map(|k| k.role)
        .collect();
    may_also_hold(request.role, &others)?;
    rows::assign(&context, write.connection(), &request, department.as_ref()).await?;
    let detail = format!("{} {}", request.role.word(), department.map(|d| d.0).unwrap_or_default());
    write
        .commit(AuditRecord::by(&actor, context.clock().stamp(), "account.assign", account).detail(detail))
        .await
}

/// The department of the role: required for department roles and refused for others.
async fn department_of(
    context: &Context,
    connection: &mut AnyConnection,
    request: &AssignRole,
) -> Result<Option<DepartmentId>, Failure> {
    match (request.role.office() == Office::Department, &request.department) {
        (true, Some(department)) => match departments::name(context, connection, department).await? {
            Some(_) => Ok(Some(department.clone())),
            None => Err(Failure::unknown("个部门")),
        },
        (true, None) => Err(Failure::malformed(422, "`department`：部门岗位须指定所属部门。")),
        (false, Some(_)) => Err(Failure::malformed(422, "`department`：该岗位不属于某个部门。")),
        (false, None) => Ok(None),
    }
}

/// The provider of the role: required for the role provider and refused for others.
async fn require_provider(
    context: &Context,
    connection: &mut AnyConnection,
    request: &AssignRole,
) -> Result<(), Failure> {
    match (request.role == Role::Provider, &request.provider) {
        (true, Some(provider)) => match rows::is_provider(context, connection, provider).await? {
            true => Ok(()),
            false => Err(Failure::unknown("家运维服务单位")),
        },
        (true, None) => Err(Failure::malformed(422, "`provider`：运维服务单位岗位须指定所代表的单位。")),
        (false, Some(_)) => Err(Failure::malformed(422, "`provider`：该岗位不代表某家运维服务单位。")),
        (false, None) => Ok(()),
    }
}

async fn needs_security(context: &Context, connection: &mut AnyConnection) -> Result<bool, Failure> {
    let holders = all(context, connection).await?;
    Ok(!holders
        .iter()
        .any(|k| k.role == Some(Role::SecurityAdministrator) && k.state != AccountState::Disabled))
}

/// `POST /api/departments`.
pub async fn add_department(context: Shared, actor: Actor, request: AddDepartment) -> Result<(), Failure> {
    let department =
        departments::Department { id: request.department, name: request.name.trim().to_string() };
    let mut write = context.db.write(&format!("departments {}", context.tenant())).await?;
    if !departments::add(&context, write.connection(), &department).await? {
        return Err(Failure::exists("这个部门编号已被使用。"));
    }
    let entry = AuditRecord::by(&actor, context.clock().stamp(), "department.add", department.id.as_str());
    write.commit(entry.detail(department.name.as_str())).await
}

/// `POST /api/invitations`: an invitation is valid once, for [`INVITATION_HOURS`].
pub async fn accept(
    context: Shared,
    visitor: Visitor,
    request: AcceptInvitation,
) -> Result<(Accepted, SessionChange), Failure> {
    // Hashing is dear: only whom somebody invited makes the server hash.
    places::count_visit(&context, &visitor).await?;
    let mut connection = context.db.reader().acquire().await?;
    if rows::invited(&context, &mut connection, &request.token).await?.is_none() {
        return Err(unknown_invitation());
    }
    drop(connection);
    let hash = context.passwords.hash(request.password).await?;
    let mut write = context.db.write(&format!("accounts {}", context.tenant())).await?;
    let invited = rows::invited(&context, write.connection(), &request.token).await?;
    let Some(InvitedRow { id, name }) = invited else {
        return Err(unknown_invitation());
    };
    rows::activate(&context, write.connection(), &id, &hash).await?;
    let entry = AuditRecord {
        tenant: context.tenant(),
        at: context.clock().stamp(),
        account: &id,
        name: &name,
        role: "",
        act: "account.accept".into(),
        subject: &id,
        detail: String::new(),
    };
    write.commit(entry).await?;
    Ok((Accepted { account: AccountId::new(id) }, SessionChange::None))
}

fn unknown_invitation() -> Failure {
    Failure::unknown("份邀请，或它已用过、已过期")
}
