//! 催报: the cases the bureau may nudge about, and nudging about many at once.

use super::{Endpoint, Method};
use crate::cases::authority::Capability;
use crate::cases::nudge::NudgeReason;
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::{CaseId, OpId};
use crate::kernel::people::Role;
use crate::kernel::refusal::Refusal;
use crate::kernel::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use validator::{Validate, ValidationError};

/// Most cases one sending names.
pub const MOST_NUDGED: usize = 100;

/// The drafts, returned and late cases that wait for somebody, as the bureau may see them.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadNudges {}

impl Endpoint for ReadNudges {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/nudges";
    const REQUIRES: Option<Capability> = Some(Capability::Nudge);
    type Reply = NudgeList;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NudgeList {
    /// Late ones first, then those that wait longest; at most [`MOST_NUDGE_LINES`].
    pub lines: Vec<NudgeLine>,
    /// How many there are.
    pub total: usize,
}

/// Most lines the list shows.
pub const MOST_NUDGE_LINES: usize = 500;

/// A case that may be nudged about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NudgeLine {
    pub case: CaseId,
    pub kind_label: String,
    pub title: String,
    pub department_name: Option<String>,
    pub fiscal_year: Option<FiscalYear>,
    pub stage_label: String,
    pub reason: NudgeReason,
    /// When it came to its stage.
    pub since: Timestamp,
    /// For whom it waits, by 岗位; no names of persons.
    pub waits_for: BTreeSet<Role>,
    /// How many times somebody was nudged about it.
    pub times: u32,
    pub last: Option<Timestamp>,
    /// Why nobody may be nudged about it now.
    pub refusal: Option<Refusal>,
}

/// 催报 about these cases, with one text, under an id the client makes.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct SendNudges {
    #[validate(custom(function = "super::op_id"))]
    pub operation: OpId,
    #[validate(
        length(min = 1, max = 100, message = "一次催报 1 至 100 件"),
        custom(function = "well_formed")
    )]
    pub cases: Vec<CaseId>,
    #[validate(length(min = 1, max = 200, message = "催报的话 1 至 200 字"))]
    pub text: String,
}

impl Endpoint for SendNudges {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/nudges";
    const REQUIRES: Option<Capability> = Some(Capability::Nudge);
    type Reply = NudgesSent;
}

fn well_formed(cases: &[CaseId]) -> Result<(), ValidationError> {
    cases.iter().try_for_each(super::request_id)
}

/// What became of each case, by its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NudgesSent {
    pub lines: Vec<NudgeSent>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NudgeSent {
    pub case: CaseId,
    /// How many people were notified.
    pub people: usize,
    /// Why nobody was.
    pub refusal: Option<Refusal>,
}
