//! 失败: what a handler may return instead of a reply. A problem is shown to the person; anything else is logged under an
//! incident number and never shown.

use shared::api::problem::{Problem, code};
use shared::kernel::refusal::Refusal;
use shared::kernel::timestamp::InvalidTimestamp;

#[derive(Debug)]
pub enum Failure {
    Problem(Box<Problem>),
    Internal(anyhow::Error),
}

impl Failure {
    /// It does not exist, or this person must not know that it does.
    pub fn unknown(what: &str) -> Failure {
        Problem::new(404, code::UNKNOWN, format!("没有这{what}"), "请核对链接，或从待办重新打开。").into()
    }

    pub fn sign_in() -> Failure {
        let detail = "请重新登录；已填写的内容都在本机，登录后继续。";
        Problem::new(401, code::SIGN_IN, "尚未登录或登录已过期", detail).into()
    }

    pub fn stale(current: u64) -> Failure {
        let detail = "其他人已先办理，请查看最新状态后再办理。";
        let problem = Problem::new(409, code::STALE, "页面上的状态已过时", detail);
        Problem { current: Some(current), ..problem }.into()
    }

    pub fn operation_reused() -> Failure {
        let detail = "同一操作编号已用于其他内容，本次未作任何改动。请刷新页面后重试。";
        Problem::new(409, code::OPERATION_REUSED, "操作编号重复", detail).into()
    }

    pub fn exists(detail: &str) -> Failure {
        Problem::new(409, code::EXISTS, "已经存在", detail).into()
    }

    pub fn malformed(status: u16, detail: impl Into<String>) -> Failure {
        Problem::new(status, code::MALFORMED, "请求内容不合要求", detail).into()
    }

    /// Too many tries from one network.
    pub fn too_many(seconds: u64) -> Failure {
        let detail = format!("本网络的尝试过于频繁，请 {seconds} 秒后再试。");
        let problem = Problem::new(429, code::TOO_MANY, "尝试过于频繁", detail);
        Problem { retry_after: Some(seconds), ..problem }.into()
    }

    pub fn try_later(seconds: u64) -> Failure {
        let problem = Problem::new(503, code::TRY_LATER, "系统正忙", "请稍后重试，已填写的内容不会丢失。");
        Problem { retry_after: Some(seconds), ..problem }.into()
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Failure {
        Failure::Problem(Box::new(problem))
    }
}

impl From<Box<Problem>> for Failure {
    fn from(problem: Box<Problem>) -> Failure {
        Failure::Problem(problem)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        Problem::refused(refusal).into()
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Failure {
        match error {
            sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) => {
                tracing::warn!(%error, "database away");
                Failure::try_later(5)
            }
            other => Failure::Internal(other.into()),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Failure {
        Failure::Internal(error.into())
    }
}

/// A row holds a moment that is none: the program writes no such text.
impl From<InvalidTimestamp> for Failure {
    fn from(error: InvalidTimestamp) -> Failure {
        Failure::Internal(error.into())
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Failure {
        Failure::Internal(error)
    }
}
