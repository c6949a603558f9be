//! 账号管理: the system administrator creates accounts, the security administrator assigns roles. Nobody does both, and
//! only the owner chooses the password.

use super::{Access, Endpoint, Method};
use crate::cases::authority::Capability;
use crate::kernel::ids::{AccountId, CaseId, DepartmentId, PersonId};
use crate::kernel::people::Role;
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
    /// Which of the acts this person may do.
    pub may_create: bool,
    pub may_assign: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepartmentLine {
    pub id: DepartmentId,
    pub name: String,
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
    pub state: AccountState,
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
    #[validate(custom(function = "super::account_id"))]
    pub account: AccountId,
    #[validate(length(min = 2, max = 20, message = "姓名应为 2 至 20 个字"))]
    pub name: String,
    #[validate(custom(function = "super::person_id"))]
    pub person: PersonId,
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

/// 授予岗位. Takes effect at once, also in open sessions.
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
    type Reply = ();
}

/// 激活账号: the owner accepts the invitation and chooses a password.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct AcceptInvitation {
    #[validate(length(min = 1, max = 128, message = "邀请链接不完整，请从链接重新打开"))]
    pub token: String,
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
    #[validate(custom(function = "super::department_id"))]
    pub department: DepartmentId,
    #[validate(length(min = 2, max = 40, message = "部门名称应为 2 至 40 个字"))]
    pub name: String,
}

impl Endpoint for AddDepartment {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/departments";
    const REQUIRES: Option<Capability> = Some(Capability::CreateAccount);
    type Reply = ();
}
