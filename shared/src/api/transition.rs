//! 办理: the one endpoint that carries every command of every kind of case. A new command adds no route.

use super::{Endpoint, Method};
use crate::cases::language::{Command, Stage};
use crate::kernel::ids::{CaseId, OpId};
use serde::{Deserialize, Serialize};
use validator::Validate;

#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// The case, of whatever kind.
    #[validate(custom(function = "super::request_id"))]
    pub request: CaseId,
    /// Made by the client; sent again it answers the same and does nothing twice.
    #[validate(custom(function = "super::op_id"))]
    pub operation: OpId,
    /// The case's revision the author saw; another one is current → 409 `stale`.
    pub seen: u64,
    pub command: Command,
}

impl Endpoint for Transition {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/requests/{request}/transitions";
    type Reply = Moved;
}

/// Where the case stands after the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moved {
    pub revision: u64,
    pub stage: Stage,
    /// The stage it came from.
    pub from: Stage,
}
