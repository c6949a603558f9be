//! 动态口令 of one's own account: set up with the password, confirmed with a first code, asked for at every sign-in after
//! that. Taken away by an order of two administrators.

use super::{Endpoint, Method};
use serde::{Deserialize, Serialize};
use validator::Validate;

/// 是否已启用.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadSecondFactor {}

impl Endpoint for ReadSecondFactor {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/me/second-factor";
    type Reply = SecondFactorState;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactorState {
    pub is_on: bool,
    /// 恢复码 that have not served.
    pub codes_left: usize,
    /// Nothing else can be done before it is on.
    #[serde(default)]
    pub is_required: bool,
}

/// 启用: makes a secret. Begun again before it is confirmed, another one takes its place.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct BeginSecondFactor {
    #[validate(length(min = 1, max = 256, message = "请输入现在的密码（不超过 256 个字符）"))]
    pub password: String,
}

impl Endpoint for BeginSecondFactor {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/me/second-factor";
    type Reply = NewSecondFactor;
}

/// What the owner's device reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSecondFactor {
    /// Base32, to be typed.
    pub secret: String,
    /// `otpauth://…`, to be scanned.
    pub address: String,
}

/// 确认: a first code shows that the device has the secret.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ConfirmSecondFactor {
    #[validate(length(min = 6, max = 12, message = "动态口令为 6 位数字"))]
    pub code: String,
}

impl Endpoint for ConfirmSecondFactor {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/me/second-factor/confirm";
    type Reply = RecoveryCodes;
}

/// 恢复码: shown once, each serves once in the place of a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryCodes {
    pub codes: Vec<String>,
}
