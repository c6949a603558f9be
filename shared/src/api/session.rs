//! 登录: signing in and out, and who one is. Signing in again while a page is open renews the session in place.

use super::{Access, Endpoint, Method};
use crate::kernel::calendar::Date;
use crate::kernel::people::Actor;
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
    type Reply = ();
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
    /// The session ends after this many minutes without a request.
    pub idle_minutes: u32,
}
