//! 问题说明: the one shape of every error reply (RFC 9457, `application/problem+json`).

use crate::engine::op::CellAt;
use crate::kernel::finding::Finding;
use crate::kernel::refusal::Refusal;
use serde::{Deserialize, Serialize};

pub const CONTENT_TYPE: &str = "application/problem+json";

/// Names of problems, in `code`.
pub mod code {
    /// 401: no session, or it ran out. Sign in again in place; nothing typed is lost.
    pub const SIGN_IN: &str = "sign_in";
    /// 401: account or password wrong, or the account is locked for a while; deliberately one answer.
    pub const WRONG_PASSWORD: &str = "wrong_password";
    /// 401: a service outside names this account for the first time, and the local password confirms that it is one's own.
    pub const CONFIRM_PASSWORD: &str = "confirm_password";
    /// 403: the write did not come from this site.
    pub const FOREIGN_ORIGIN: &str = "foreign_origin";
    /// 403: the password has expired and is changed first.
    pub const PASSWORD_EXPIRED: &str = "password_expired";
    /// A second factor must be set up before anything else.
    pub const SECOND_FACTOR: &str = "second_factor";
    /// 403: the authority table or a rule of the workflow says no; see `refusal`.
    pub const REFUSED: &str = "refused";
    /// 404, also for what belongs to somebody else.
    pub const UNKNOWN: &str = "unknown";
    /// 409: the revision named is not the current one; see `current`.
    pub const STALE: &str = "stale";
    /// 409: this operation id was used for something else.
    pub const OPERATION_REUSED: &str = "operation_reused";
    /// 409: something of that id or for that year exists already.
    pub const EXISTS: &str = "exists";
    /// 413.
    pub const TOO_LARGE: &str = "too_large";
    /// 415: the body is not declared as JSON.
    pub const NOT_JSON: &str = "not_json";
    /// 415: an uploaded file is not declared as [`crate::api::FILE_TYPE`].
    pub const NOT_A_FILE: &str = "not_a_file";
    /// 400 or 422: the request is not of the shape asked for; see `detail`.
    pub const MALFORMED: &str = "malformed";
    /// 422: cells that cannot be stored; see `cells`.
    pub const CELLS: &str = "cells";
    /// 422: the content is not ready to submit; see `findings`.
    pub const FINDINGS: &str = "findings";
    /// 429: too much at once from one person or network; the same request may be sent again later.
    pub const TOO_MANY: &str = "too_many";
    /// 503: busy or the database is away; the same request may be sent again.
    pub const TRY_LATER: &str = "try_later";
    /// 507: the database or the store of attachments has no room left.
    pub const STORE_FULL: &str = "store_full";
    /// 500, with an incident number in `detail`.
    pub const INTERNAL: &str = "internal";
    /// Made by the caller: no network, the server is away, or a proxy answered instead of it.
    pub const UNREACHED: &str = "unreached";
}

/// A cell the server will not store, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellProblem {
    #[serde(flatten)]
    pub at: CellPlace,
    pub message: String,
}

/// The cell, or the row when the row itself is the problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellPlace {
    pub table: String,
    pub row: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl From<&CellAt> for CellPlace {
    fn from(at: &CellAt) -> CellPlace {
        CellPlace { table: at.table.to_string(), row: at.row.to_string(), field: Some(at.field.to_string()) }
    }
}

/// An error reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// URI reference naming the kind: `/problems/` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened, in Chinese.
    pub title: String,
    pub status: u16,
    /// What to do about it, in Chinese.
    pub detail: String,
    pub code: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<CellProblem>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    /// The current revision, when the one named was stale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<u64>,
    /// Seconds to wait before trying again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

impl Problem {
    pub fn new(status: u16, code: &str, title: impl Into<String>, detail: impl Into<String>) -> Problem {
        Problem {
            kind: format!("/problems/{code}"),
            title: title.into(),
            status,
            detail: detail.into(),
            code: code.to_string(),
            findings: Vec::new(),
            cells: Vec::new(),
            refusal: None,
            current: None,
            retry_after: None,
        }
    }

    /// A rule or the authority table said no.
    pub fn refused(refusal: Refusal) -> Problem {
        let problem = Problem::new(403, code::REFUSED, "不能办理", refusal.message.clone());
        Problem { refusal: Some(refusal), ..problem }
    }
}
