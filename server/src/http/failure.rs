//! 失败: what a handler may answer instead of a reply. A problem is shown to the person; anything else is logged
//! under an incident number and never shown.

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use shared::api::problem::{self, Problem, code};
use shared::kernel::refusal::Refusal;
use shared::kernel::timestamp::InvalidTimestamp;

#[derive(Debug)]
pub enum Failure {
    Problem(Box<Problem>),
    Internal(anyhow::Error),
}

impl Failure {
    /// Not there, or not for this person to know of.
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

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let problem = match self {
            Failure::Problem(problem) => *problem,
            Failure::Internal(error) => incident(&error),
        };
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_string(&problem).unwrap_or_default();
        let mut response = (status, [(CONTENT_TYPE, problem::CONTENT_TYPE)], body).into_response();
        if let Some(seconds) = problem.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

fn incident(error: &anyhow::Error) -> Problem {
    let number = crate::identity::token::random_hex(6).unwrap_or_else(|_| "-".into());
    tracing::error!(incident = %number, error = ?error, "internal failure");
    let detail = format!("事件编号 {number}，请告知系统管理员；已填写的内容不会丢失。");
    Problem::new(500, code::INTERNAL, "系统内部错误", detail)
}
