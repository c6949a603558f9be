//! 自动保存: operations out and in. An operation is known by its id; sending it again answers the same.

use super::{Endpoint, Method, ValueLimits};
use crate::cases::authority::Capability;
use crate::engine::op::{Conflict, Op};
use crate::kernel::ids::{AccountId, CaseId, OpId};
use crate::kernel::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use validator::{Validate, ValidationError};

/// Most operations in one request.
pub const MOST_OPS: usize = 500;
/// Most changes in one request over all its operations: a paste of 5 000 rows fits.
pub const MOST_CHANGES: usize = 60_000;

#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct SendOperations {
    #[validate(custom(function = "super::request_id"))]
    pub request: CaseId,
    #[validate(custom(function = "well_formed"))]
    pub ops: Vec<Op>,
}

impl Endpoint for SendOperations {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/requests/{request}/operations";
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    const LARGEST_BODY: usize = 8 * 1024 * 1024;
    /// A cell's own limit names the cell; this one only bounds the reading.
    const LIMITS: ValueLimits = ValueLimits { entries: MOST_CHANGES, characters: 1 << 20 };
    type Reply = Sent;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// One per operation sent, in order.
    pub results: Vec<OpResult>,
}

/// What became of an operation. What did not conflict was applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpResult {
    pub op: OpId,
    /// Its number in the request's log.
    pub seq: u64,
    pub conflicts: Vec<Conflict>,
    /// It had been received before; this is the answer it got then.
    pub replayed: bool,
}

/// The log after `after`, for a reader who missed the stream.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadOperations {
    #[validate(custom(function = "super::request_id"))]
    pub request: CaseId,
    #[serde(deserialize_with = "super::number")]
    pub after: u64,
}

impl Endpoint for ReadOperations {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/requests/{request}/operations";
    type Reply = Log;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    /// At most [`MOST_OPS`]; ask again after the last.
    pub entries: Vec<LogEntry>,
    /// Number of the latest operation there is.
    pub latest: u64,
}

/// An operation as it was applied: changes that conflicted or changed nothing are not in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    pub seq: u64,
    pub op: Op,
    pub account: AccountId,
    /// 姓名.
    pub name: String,
    pub at: Timestamp,
}

fn well_formed(ops: &[Op]) -> Result<(), ValidationError> {
    let wrong = |text: String| Err(ValidationError::new("ops").with_message(Cow::Owned(text)));
    if ops.len() > MOST_OPS {
        return wrong(format!("一次最多发送 {MOST_OPS} 个操作"));
    }
    if ops.iter().map(|op| op.changes.len()).sum::<usize>() > MOST_CHANGES {
        return wrong(format!("一次最多改动 {MOST_CHANGES} 处"));
    }
    if let Some(i) = ops.iter().position(|op| op.changes.is_empty() || !op.id.well_formed()) {
        return wrong(format!("第 {} 个操作没有改动，或编号不合要求", i + 1));
    }
    Ok(())
}
