//! 账号管理: the system administrator creates accounts, the security administrator assigns roles; whatever is given to an
//! active account is ordered by one administrator and agreed to by another. Only the owner chooses the password: the one
//! who creates or asks sees the link, the one who assigns or agrees the code, and the owner needs both.

use super::account_imports::SheetLine;
use super::posts::PostLine;
use super::sso::{SsoOffer, SsoSubject};
use super::{Access, Endpoint, Method};
use crate::cases::account_order::OrderedAct;
use crate::cases::authority::Capability;
use crate::kernel::calendar::Date;
use crate::kernel::ids::{AccountId, CaseId, DepartmentId, OpId, PersonId};
use crate::kernel::people::Role;
use crate::kernel::refusal::Refusal;
use crate::policy::accounts::departments::OrderedChange;
use serde::{Deserialize, Serialize};
use validator::Validate;

#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ListAccounts {}

impl Endpoint for ListAccounts {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/accounts";
    const REQUIRES: Option<Capability> = Some(Capability::ListAccounts);
    type Reply = Accounts;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounts {
    pub accounts: Vec<AccountLine>,
    pub departments: Vec<DepartmentLine>,
    /// Departments that ended without a successor.
    #[serde(default)]
    pub closed_departments: Vec<DepartmentLine>,
    /// Orders nobody has decided on yet, oldest first.
    pub orders: Vec<OrderLine>,
    /// 激活清单 of imports that this person has not taken yet.
    pub sheets: Vec<SheetLine>,
    /// 单点登录 to whose subjects accounts can be bound.
    pub sso: Vec<SsoOffer>,
    /// Which of the acts this person may do.
    pub may_create: bool,
    pub may_assign: bool,
    pub may_disable: bool,
}

/// 账号事项 that waits for another administrator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    pub order: OpId,
    pub what: OrderedAct,
    /// `None` for an import.
    pub account: Option<AccountId>,
    /// 姓名 of the person concerned, or how much is imported.
    pub name: String,
    /// The post that is given, and its department.
    pub role: Option<Role>,
    pub department: Option<DepartmentId>,
    /// What else is asked, in words: the subject that is bound, the change of a department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// 姓名 and post of who asked.
    pub asked_by: String,
    pub asked_as: Role,
    pub asked_on: Date,
    /// Why this person may not agree; `None` when they may.
    pub refusal: Option<Refusal>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepartmentLine {
    pub id: DepartmentId,
    pub name: String,
    /// Names it had, departments merged into it, the one it was split from, its end: `2024-03-01 前为省水利厅（晋编办〔2024〕3号）`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountLine {
    pub account: AccountId,
    /// 姓名.
    pub name: String,
    /// 人员编号.
    pub person: PersonId,
    /// `None`: 未授予岗位.
    pub role: Option<Role>,
    pub department: Option<DepartmentId>,
    /// Further posts, and those held as a deputy.
    pub posts: Vec<PostLine>,
    pub state: AccountState,
    /// The owner has chosen a password at least once: from then on posts are given by order.
    pub has_been_active: bool,
    /// 动态口令 is on.
    pub has_second_factor: bool,
    /// 单点登录 it is bound to.
    #[serde(default)]
    pub subjects: Vec<SsoSubject>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// 待激活: the invitation is not accepted yet.
    Invited,
    Active,
    /// 已停用.
    Disabled,
}

impl AccountState {
    pub fn label(self) -> &'static str {
        match self {
            AccountState::Invited => "待激活",
            AccountState::Active => "已启用",
            AccountState::Disabled => "已停用",
        }
    }
}

/// 新建账号, without a role. Repeated for an account that is still invited, it replaces the link.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateAccount {
    #[validate(custom(function = "super::new_account_id"))]
    pub account: AccountId,
    /// The server stores name and number in one normal form, and refuses what has none.
    #[validate(length(max = 64, message = "姓名应为 2 至 20 个字"))]
    pub name: String,
    pub person: PersonId,
    /// 确属不同人员: somebody else of this name has an account under another number.
    #[serde(default)]
    pub namesake: bool,
}

impl Endpoint for CreateAccount {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/accounts";
    const REQUIRES: Option<Capability> = Some(Capability::CreateAccount);
    type Reply = Invitation;
}

/// A one-time link, shown once; the server stores only its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Path on this site with the token in its fragment: browsers neither send nor log a fragment.
    pub link: String,
    /// Hours until it expires.
    pub hours: u32,
}

/// 停用账号: its sessions end at once.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct DisableAccount {
    #[validate(custom(function = "super::account_id"))]
    pub account: AccountId,
}

impl Endpoint for DisableAccount {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/accounts/{account}/disable";
    const REQUIRES: Option<Capability> = Some(Capability::DisableAccount);
    type Reply = ();
}

/// 授予岗位 to an account whose owner has not activated it yet; to an active one by [`AskOrder`].
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct AssignRole {
    #[validate(custom(function = "super::account_id"))]
    pub account: AccountId,
    pub role: Role,
    /// Given exactly for department roles.
    pub department: Option<DepartmentId>,
    /// The provider's case; given exactly for the role provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<CaseId>,
}

impl Endpoint for AssignRole {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/accounts/{account}/role";
    type Reply = ActivationCode;
}

/// The second half of a one-time link, shown once to whoever assigned the role or agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivationCode {
    /// 8 digits. `None` where the owner needs none, and for the first security administrator, whose code the server
    /// shows where it was started.
    pub code: Option<String>,
}

/// 提出账号事项: whatever is given to an active account, and whatever is taken from one of the three administrators.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct AskOrder {
    #[validate(custom(function = "super::op_id"))]
    pub order: OpId,
    pub what: OrderedAct,
    #[validate(custom(function = "super::account_id"))]
    pub account: AccountId,
    /// The post to give.
    #[serde(default)]
    pub role: Option<Role>,
    /// Given exactly for department roles.
    #[serde(default)]
    pub department: Option<DepartmentId>,
    /// Given exactly for the role provider.
    #[serde(default)]
    pub provider: Option<CaseId>,
    /// Given exactly to bind 单点登录.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(nested)]
    pub subject: Option<SsoSubject>,
}

impl Endpoint for AskOrder {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/account-orders";
    const REQUIRES: Option<Capability> = Some(Capability::OrderAccount);
    type Reply = Asked;

    fn needs_step_up(&self) -> bool {
        true
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// For a new password: the link, which works once another administrator has agreed.
    pub invitation: Option<Invitation>,
}

/// 同意或不同意账号事项.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct DecideOrder {
    #[validate(custom(function = "super::op_id"))]
    pub order: OpId,
    pub agree: bool,
    /// Why not.
    #[serde(default)]
    #[validate(length(max = 500, message = "理由不超过 500 个字"))]
    pub reason: Option<String>,
    /// 确属不同人员: of an import whose asker confirmed it.
    #[serde(default)]
    pub namesakes: bool,
}

impl Endpoint for DecideOrder {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/account-orders/{order}";
    const REQUIRES: Option<Capability> = Some(Capability::OrderAccount);
    type Reply = ActivationCode;

    fn needs_step_up(&self) -> bool {
        true
    }
}

/// 激活账号: the owner accepts the invitation and chooses a password.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct AcceptInvitation {
    #[validate(length(min = 1, max = 128, message = "邀请链接不完整，请从链接重新打开"))]
    pub token: String,
    /// 激活码: 8 digits from the administrator who assigned the role or agreed.
    #[serde(default)]
    #[validate(length(max = 32, message = "激活码为 8 位数字"))]
    pub code: Option<String>,
    #[validate(length(min = 10, max = 256, message = "密码应为 10 至 256 个字符"))]
    pub password: String,
}

impl Endpoint for AcceptInvitation {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/invitations";
    const ACCESS: Access = Access::Open;
    type Reply = Accepted;
}

/// The account that may now sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    pub account: AccountId,
}

/// 登记部门.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct AddDepartment {
    #[validate(custom(function = "super::new_department_id"))]
    pub department: DepartmentId,
    #[validate(length(max = 64, message = "部门名称应为 2 至 40 个字"))]
    pub name: String,
}

impl Endpoint for AddDepartment {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/departments";
    const REQUIRES: Option<Capability> = Some(Capability::CreateAccount);
    type Reply = ();
}

/// 部门调整: a new name, a merger, a split or an end, by a document; agreed to as [`DecideOrder`].
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct AskDepartmentChange {
    #[validate(custom(function = "super::op_id"))]
    pub order: OpId,
    pub change: OrderedChange,
}

impl Endpoint for AskDepartmentChange {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/department-changes";
    const REQUIRES: Option<Capability> = Some(Capability::OrderAccount);
    type Reply = ();

    fn needs_step_up(&self) -> bool {
        true
    }
}
