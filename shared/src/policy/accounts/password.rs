//! 口令规则: what a password must be under a profile. Nobody but its owner ever chooses or sees it.

use crate::kernel::hash::sm3_hex;
use crate::kernel::people::Role;
use crate::kernel::refusal::Refusal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// 口令策略.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordProfile {
    /// 演示.
    Plain,
    /// 等保三级.
    Mlps3,
}

/// Different characters every password has.
const LEAST_DIFFERENT: usize = 4;
const LEAST_CLASSES: usize = 3;
const MOST_AGE_DAYS: u32 = 90;
/// Earlier passwords that do not come again.
pub const REMEMBERED: usize = 5;
const ADMINISTRATOR_IDLE_MINUTES: u32 = 15;

/// A password and what it is judged beside.
#[derive(Clone, Debug)]
pub struct PasswordCandidate<'a> {
    pub password: &'a str,
    /// Account name.
    pub account: &'a str,
    /// 姓名.
    pub name: &'a str,
    /// Common passwords.
    pub common: &'a [String],
    /// SM3 of earlier passwords, the latest last.
    pub history: &'a [String],
    pub age_days: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum PasswordFault {
    #[serde(rename = "ACT-20")]
    Short,
    #[serde(rename = "ACT-21")]
    Classes,
    #[serde(rename = "ACT-22")]
    Guessable,
    #[serde(rename = "ACT-23")]
    UsedBefore,
    /// Must be changed before anything else.
    #[serde(rename = "expired")]
    Expired,
}

impl PasswordFault {
    /// The words of the refusal.
    pub fn refusal(self, profile: PasswordProfile) -> Refusal {
        let least = profile.least_length();
        let (code, message) = match self {
            PasswordFault::Short => ("ACT-20", format!("密码至少 {least} 个字符。")),
            PasswordFault::Classes => {
                ("ACT-21", "密码须含大写字母、小写字母、数字、其他符号中的至少三类。".to_string())
            }
            PasswordFault::Guessable => (
                "ACT-22",
                "密码过于容易猜到：不能是常用密码，不能含账号或姓名，至少有 4 种不同的字符。".to_string(),
            ),
            PasswordFault::UsedBefore => {
                ("ACT-23", format!("不能再用最近 {REMEMBERED} 次用过的密码，请另设一个。"))
            }
            PasswordFault::Expired => {
                ("ACT-25", format!("密码已使用超过 {MOST_AGE_DAYS} 天，请先修改密码。"))
            }
        };
        Refusal::new(code, message)
    }
}

impl PasswordProfile {
    /// Whether a password of this age must be changed before anything else.
    pub fn is_expired(self, age_days: i64) -> bool {
        self == PasswordProfile::Mlps3 && age_days > i64::from(MOST_AGE_DAYS)
    }

    /// Minutes without a request after which a session of this role ends, when the server allows `minutes`.
    pub fn idle_minutes(self, role: Role, minutes: u32) -> u32 {
        match self == PasswordProfile::Mlps3 && role.is_administrator() {
            true => minutes.min(ADMINISTRATOR_IDLE_MINUTES),
            false => minutes,
        }
    }

    /// Whether earlier passwords are refused.
    pub fn remembers(self) -> bool {
        self == PasswordProfile::Mlps3
    }

    /// Whether everybody needs a second factor before anything else.
    pub fn requires_second_factor(self) -> bool {
        self == PasswordProfile::Mlps3
    }

    /// Whether an account has one session at a time.
    pub fn has_one_session(self) -> bool {
        self == PasswordProfile::Mlps3
    }

    pub fn least_length(self) -> usize {
        match self {
            PasswordProfile::Plain => 10,
            PasswordProfile::Mlps3 => 12,
        }
    }

    /// The first fault of the password.
    pub fn judge(self, candidate: &PasswordCandidate<'_>) -> Result<(), PasswordFault> {
        let strict = self == PasswordProfile::Mlps3;
        if candidate.password.chars().count() < self.least_length() {
            return Err(PasswordFault::Short);
        }
        if strict && classes(candidate.password) < LEAST_CLASSES {
            return Err(PasswordFault::Classes);
        }
        if is_guessable(candidate) {
            return Err(PasswordFault::Guessable);
        }
        let remembered = candidate.history.iter().rev().take(REMEMBERED);
        if strict && remembered.into_iter().any(|hash| *hash == sm3_hex(candidate.password.as_bytes())) {
            return Err(PasswordFault::UsedBefore);
        }
        if strict && candidate.age_days > MOST_AGE_DAYS {
            return Err(PasswordFault::Expired);
        }
        Ok(())
    }
}

/// Capitals, small letters, digits, others.
fn classes(password: &str) -> usize {
    let class = |c: char| match c {
        c if c.is_uppercase() => 0,
        c if c.is_lowercase() => 1,
        c if c.is_numeric() => 2,
        _ => 3,
    };
    password.chars().map(class).collect::<BTreeSet<_>>().len()
}

fn is_guessable(candidate: &PasswordCandidate<'_>) -> bool {
    let password = candidate.password.to_lowercase();
    let holds = |text: &str| !text.is_empty() && password.contains(&text.to_lowercase());
    password.chars().collect::<BTreeSet<_>>().len() < LEAST_DIFFERENT
        || candidate.common.iter().any(|common| common.to_lowercase() == password)
        || holds(candidate.account)
        || holds(candidate.name)
}
