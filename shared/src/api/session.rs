//! 登录: signing in and out, and who one is. Signing in again while a page is open renews the session in place.

use super::posts::PostLine;
use super::{Access, Endpoint, Method};
use crate::kernel::calendar::Date;
use crate::kernel::people::Actor;
use crate::policy::accounts::password::PasswordProfile;
use serde::{Deserialize, Serialize};
use validator::Validate;

/// 登录 (also re-authentication).
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    #[validate(length(min = 1, max = 64, message = "请输入账号（不超过 64 个字符）"))]
    pub account: String,
    #[validate(length(min = 1, max = 256, message = "请输入密码（不超过 256 个字符）"))]
    pub password: String,
    /// 动态口令 or 恢复码, of an account that has a second factor.
    #[serde(default)]
    #[validate(length(max = 32, message = "动态口令为 6 位数字"))]
    pub code: Option<String>,
}

impl Endpoint for SignIn {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/session";
    const ACCESS: Access = Access::Open;
    type Reply = Me;
}

/// 退出.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct SignOut {}

impl Endpoint for SignOut {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/session/end";
    type Reply = SignedOut;
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedOut {
    /// Where the session of 单点登录 ends too; the browser goes there.
    pub next: Option<String>,
}

/// Who is signed in.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadMe {}

impl Endpoint for ReadMe {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/me";
    type Reply = Me;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    pub actor: Actor,
    /// 部门名称, for department roles.
    pub department_name: Option<String>,
    pub today: Date,
    /// 演示数据: the date is not today's and the accounts are everybody's.
    pub demo: bool,
    /// The session ends after this many minutes without a request, and the page is covered without input.
    pub idle_minutes: u32,
    /// What a password must be.
    pub profile: PasswordProfile,
    /// The password has expired: nothing else is done before it is changed.
    pub must_change: bool,
    /// The posts this person has, that of the account first.
    pub posts: Vec<PostLine>,
}

/// 修改密码: one's own. Ends one's other sessions.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    #[validate(length(min = 1, max = 256, message = "请输入现在的密码（不超过 256 个字符）"))]
    pub current: String,
    #[validate(length(min = 10, max = 256, message = "密码应为 10 至 256 个字符"))]
    pub password: String,
}

impl Endpoint for ChangePassword {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/me/password";
    type Reply = ();
}

/// 登录记录: one's own sessions.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ListSessions {}

impl Endpoint for ListSessions {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/me/sessions";
    type Reply = Sessions;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sessions {
    /// The latest used first.
    pub sessions: Vec<SessionLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionLine {
    /// Names the session and opens nothing.
    pub session: String,
    /// What its browser calls itself, and the network it began from; empty where that is not known.
    pub browser: String,
    pub network: String,
    /// Unix seconds.
    pub since: i64,
    pub last_use: i64,
    /// The one that asks.
    pub is_this: bool,
}

/// 结束登录: one of one's own sessions, or all others.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct EndSessions {
    /// `None`: all but the one that asks.
    #[serde(default)]
    #[validate(length(min = 1, max = 64, message = "没有这个登录"))]
    pub session: Option<String>,
}

impl Endpoint for EndSessions {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/me/sessions/end";
    type Reply = ();
}
