//! 办理: the one endpoint that carries every command of the workflow. A new command adds no route.

use super::{Endpoint, Method};
use crate::ids::{OpId, RequestId};
use crate::workflow::language::{Case, Command, Stage};
use serde::{Deserialize, Serialize};
use validator::Validate;

#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    #[validate(custom(function = "super::request_id"))]
    pub request: RequestId,
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

/// The case after the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub case: Case,
    /// The stage it came from.
    pub from: Stage,
}
