//! 失败的回复: a problem as its document; anything else is logged under an incident number.

use crate::kernel::failure::Failure;
use crate::kernel::token::random_hex;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use shared::api::problem::{self, Problem, code};

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
    let number = random_hex(6).unwrap_or_else(|_| "-".into());
    tracing::error!(incident = %number, error = ?error, "internal failure");
    let detail = format!("事件编号 {number}，请告知系统管理员；已填写的内容不会丢失。");
    Problem::new(500, code::INTERNAL, "系统内部错误", detail)
}
