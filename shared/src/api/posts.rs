//! 岗位: which posts a person has, under which one a session acts, and to whom a post is delegated for some days.

use super::{Endpoint, Method};
use crate::kernel::calendar::Date;
use crate::kernel::ids::{AccountId, DepartmentId, OpId};
use crate::kernel::people::Role;
use serde::{Deserialize, Serialize};
use validator::Validate;

use super::session::Me;

/// A post that a person has now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostLine {
    /// `None` for the post of the account itself.
    pub post: Option<OpId>,
    pub role: Role,
    pub department: Option<DepartmentId>,
    /// 部门名称.
    pub department_name: Option<String>,
    /// 姓名 of the one whose post it is, for a deputy.
    pub deputy_of: Option<String>,
    /// Last day, where it has one.
    pub until: Option<Date>,
    /// The session acts in it.
    pub is_current: bool,
}

impl PostLine {
    /// `省水利厅 部门填报人（代 张三）`.
    pub fn label(&self) -> String {
        let department = self.department_name.as_ref().map(|name| format!("{name} ")).unwrap_or_default();
        let deputy = self.deputy_of.as_ref().map(|name| format!("（代 {name}）")).unwrap_or_default();
        format!("{department}{}{deputy}", self.role.label())
    }
}

/// 切换岗位: from now on this session acts in another post of the person.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct SwitchPost {
    /// `None` for the post of the account itself.
    #[serde(default)]
    pub post: Option<OpId>,
}

impl Endpoint for SwitchPost {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/me/post";
    type Reply = Me;
}

/// 委托代理: the delegations a person has given and holds, and to whom the post they act in may be delegated.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadDelegations {}

impl Endpoint for ReadDelegations {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/me/delegations";
    type Reply = Delegations;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegations {
    /// Given or held, neither over nor ended.
    pub delegations: Vec<DelegationLine>,
    /// Who may be deputy; empty where the post cannot be delegated.
    pub colleagues: Vec<Colleague>,
    /// Most days, first and last included.
    pub most_days: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegationLine {
    pub post: OpId,
    /// 姓名 of the one whose post it is, and of the deputy.
    pub principal: String,
    pub deputy: String,
    pub role: Role,
    pub first: Date,
    pub last: Date,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colleague {
    pub account: AccountId,
    /// 姓名.
    pub name: String,
}

/// 委托: a colleague acts in the post this session acts in, from one day to another.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct DelegatePost {
    #[validate(custom(function = "super::op_id"))]
    pub delegation: OpId,
    #[validate(custom(function = "super::account_id"))]
    pub to: AccountId,
    pub first: Date,
    pub last: Date,
}

impl Endpoint for DelegatePost {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/me/delegations";
    type Reply = ();
}

/// 终止岗位, at once: a delegation by either side, any further post by the system or the security administrator.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct EndHeldPost {
    #[validate(custom(function = "super::op_id"))]
    pub post: OpId,
}

impl Endpoint for EndHeldPost {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/posts/{post}/end";
    type Reply = ();
}
