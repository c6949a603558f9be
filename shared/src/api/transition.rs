//! 办理: the one endpoint that carries every command of every kind of case. A new command adds no route.

use super::{Endpoint, Method};
use crate::cases::authority::Capability;
use crate::cases::kernel::{NamedCommand, Stage};
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
    /// The command with its word under `verb`; the kind of the case reads it.
    pub command: serde_json::Value,
}

impl Transition {
    /// A command for a case as its author saw it.
    ///
    /// # Errors
    /// The command cannot be written as JSON, which only a defect of its type can cause.
    pub fn of(
        case: CaseId,
        operation: OpId,
        seen: u64,
        command: &impl NamedCommand,
    ) -> serde_json::Result<Transition> {
        Ok(Transition { request: case, operation, seen, command: serde_json::to_value(command)? })
    }
}

impl Endpoint for Transition {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/requests/{request}/transitions";
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
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
