//! 申请: starting one, reading one with everything the page needs, and reading what was frozen.

use super::{Endpoint, Method};
use crate::cases::authority::{AvailableCommand, Capability};
use crate::cases::kernel::Reason;
use crate::cases::kernel::{Stage, Verb};
use crate::cases::request::RequestCase;
use crate::engine::document::Document;
use crate::engine::parameters::Parameters;
use crate::kernel::attachment::FrozenAttachment;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::CaseId;
use crate::kernel::people::{Actor, Office};
use crate::kernel::refusal::Refusal;
use crate::kernel::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use validator::Validate;

/// 新建申请, under an id the client makes; repeating it answers the same.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct OpenRequest {
    #[validate(custom(function = "super::new_case_id"))]
    pub request: CaseId,
    pub fiscal_year: FiscalYear,
}

impl Endpoint for OpenRequest {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/requests";
    const REQUIRES: Option<Capability> = Some(Capability::OpenRequest);
    type Reply = RequestView;
}

#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadRequest {
    #[validate(custom(function = "super::request_id"))]
    pub request: CaseId,
}

impl Endpoint for ReadRequest {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/requests/{request}";
    type Reply = RequestView;
}

/// Everything the request page opens with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestView {
    pub case: RequestCase,
    pub department_name: String,
    pub offers: Vec<AvailableCommand>,
    /// Why this person cannot edit now; `None` means they can.
    pub locked: Option<Refusal>,
    /// What the reader may see: the department its live content, everybody else the latest reported version
    /// while the department is working on the next.
    pub document: Document,
    /// The frozen version `document` is, `None` when it is live.
    pub showing_version: Option<u32>,
    /// Number of the last operation in `document`; the stream continues after it.
    pub seq: u64,
    /// Hash of the form definition the content is judged by.
    pub definition: String,
    /// 政策版本文号.
    pub edition: String,
    /// What the definition takes from that edition.
    pub parameters: Parameters,
    pub today: Date,
    /// Frozen versions the reader may open, oldest first.
    pub versions: Vec<VersionLine>,
    /// What happened, oldest first; returns carry their reasons.
    pub history: Vec<HistoryLine>,
}

/// 版本: one frozen submit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionLine {
    pub version: u32,
    pub at: Timestamp,
    /// 提交人姓名.
    pub by: String,
    /// SM3 of the snapshot, hex.
    pub hash: String,
    /// 申报总额, 元.
    pub total: Option<String>,
}

/// 办理记录: one step of the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryLine {
    pub revision: u64,
    pub at: Timestamp,
    pub by: String,
    /// 岗位 of the person when they did it.
    pub role: crate::kernel::people::Role,
    pub verb: Verb,
    /// The stage it led to.
    pub stage: Stage,
    /// The version it was about, 0 when nothing was frozen yet.
    pub version: u32,
    /// Why, for returns and a withdrawal.
    pub reasons: Vec<Reason>,
}

/// A history as this person reads it: of another office only what that office has finished.
pub fn disclosed(history: Vec<HistoryLine>, actor: &Actor) -> Vec<HistoryLine> {
    let office = actor.role.office();
    if office == Office::Audit {
        return history;
    }
    let signed: Vec<(Office, u64)> = history
        .iter()
        .filter(|line| line.verb.is_signature())
        .map(|line| (line.role.office(), line.revision))
        .collect();
    let read = |mut line: HistoryLine| {
        let of = line.role.office();
        if of == office {
            return Some(line);
        }
        let is_signed = signed.iter().any(|(by, revision)| *by == of && *revision > line.revision);
        if line.verb.is_proposal() && !is_signed {
            return None;
        }
        if line.verb.is_internal_return() {
            line.reasons.clear();
        }
        Some(line)
    };
    history.into_iter().filter_map(read).collect()
}

/// The reasons a returned request is open for: those of every return since it was last reported.
pub fn reasons_in_force(history: &[HistoryLine]) -> Vec<Reason> {
    let reported = |line: &&HistoryLine| line.verb == Verb::DepartmentApprove;
    let since = history.iter().filter(reported).map(|line| line.revision).next_back().unwrap_or(0);
    let is_return = |line: &&HistoryLine| line.verb != Verb::Nudge && line.stage == Stage::Returned;
    let returns = history.iter().filter(|line| line.revision > since).filter(is_return);
    returns.flat_map(|line| line.reasons.iter().cloned()).collect()
}

/// A frozen version.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadVersion {
    #[validate(custom(function = "super::request_id"))]
    pub request: CaseId,
    #[serde(deserialize_with = "super::number")]
    pub version: u32,
}

impl Endpoint for ReadVersion {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/requests/{request}/versions/{version}";
    type Reply = FrozenVersion;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenVersion {
    pub line: VersionLine,
    pub definition: String,
    pub edition: String,
    /// What the definition takes from that edition.
    pub parameters: Parameters,
    pub document: Document,
    /// What was attached when it was frozen.
    #[serde(default)]
    pub attachments: Vec<FrozenAttachment>,
}

/// The form definition of this content hash: what an older document is opened with.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadDefinition {
    #[validate(length(equal = 64, message = "表单定义的摘要应为 64 位"))]
    pub hash: String,
}

impl Endpoint for ReadDefinition {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/definitions/{hash}";
    type Reply = crate::engine::definition::Definition;
}
