//! 办理: the one endpoint that carries every command of every kind of case. A new command adds no route.

use super::{Endpoint, Method};
use crate::cases::authority::Capability;
use crate::cases::kernel::{NamedCommand, Stage};
use crate::kernel::ids::{CaseId, OpId};
use crate::policy::accounts::step_up::is_weighty;
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
    /// The kind, given exactly for those that move or judge money: their first command opens the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(max = 40, message = "没有这种案卷"))]
    pub kind: Option<String>,
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
        Ok(Transition { request: case, operation, seen, command: serde_json::to_value(command)?, kind: None })
    }
}

impl Endpoint for Transition {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/requests/{request}/transitions";
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    type Reply = Moved;

    fn needs_step_up(&self) -> bool {
        let verb = self.command.get("verb").and_then(serde_json::Value::as_str);
        verb.is_some_and(|verb| is_weighty(self.kind.as_deref(), verb))
    }
}

/// Where the case stands after the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moved {
    pub revision: u64,
    pub stage: StageWord,
    /// The stage it came from; the stage itself for a new case.
    pub from: StageWord,
    /// What the answer says besides: effects elsewhere, a receipt.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub reply: serde_json::Map<String, serde_json::Value>,
}

impl Moved {
    /// An answer that says no more than where the case stands.
    pub fn new(revision: u64, stage: StageWord, from: StageWord) -> Moved {
        Moved { revision, stage, from, reply: serde_json::Map::new() }
    }
}

/// 办理状态 by its word: what it says depends on the kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StageWord(pub String);

impl StageWord {
    /// What the screen says for a stage of the office's kinds; the word itself for one of another kind.
    pub fn label(&self) -> &str {
        let stage = Stage::ALL.into_iter().find(|stage| stage.word() == self.0);
        stage.map_or(self.0.as_str(), |stage| stage.label())
    }
}

impl From<Stage> for StageWord {
    fn from(stage: Stage) -> StageWord {
        StageWord(stage.word().to_string())
    }
}

impl PartialEq<Stage> for StageWord {
    fn eq(&self, stage: &Stage) -> bool {
        self.0 == stage.word()
    }
}
