//! 审核: reading a review, acting in it, keeping what is not yet published, and remembering the last look.

use super::{Endpoint, Method, ValueLimits};
use crate::cases::authority::Capability;
use crate::cases::review::decide::MOST_LINES;
use crate::cases::review::language::Act;
use crate::cases::review::progress::ReviewProgress;
use crate::cases::review::thread::Review;
use crate::kernel::ids::{CaseId, OpId};
use crate::kernel::refusal::Refusal;
use crate::kernel::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

/// Most acts published together.
pub const MOST_ACTS: u64 = 500;
/// Most that one person has pending on one case, in bytes of JSON.
pub const LARGEST_PENDING: usize = 4 * 1024 * 1024;
/// One act may cut every line of a request.
const LIMITS: ValueLimits = ValueLimits { entries: MOST_LINES, ..ValueLimits::USUAL };

#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadReview {
    #[validate(custom(function = "super::request_id"))]
    pub request: CaseId,
}

impl Endpoint for ReadReview {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/requests/{request}/review";
    type Reply = ReviewView;
}

/// A review as one person sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewView {
    /// Number of the latest entry of the review, 0 when none.
    pub seq: u64,
    /// What is published.
    pub review: Review,
    /// This person's own acts that nobody else sees yet, oldest first.
    pub pending: Vec<Pending>,
    /// Why this person cannot review now; `None` means they can.
    pub may_review: Option<Refusal>,
    /// Why this person cannot answer now; `None` means they can.
    pub may_answer: Option<Refusal>,
    /// How far this person's review has come; `None` for whoever does not review.
    pub progress: Option<ReviewProgress>,
    /// What is in the way of passing, as the server would say it; `None` when nothing is, or for whoever does not review.
    pub unfinished: Option<Refusal>,
    /// SM3 of the bureau's review: what the leader's confirmation binds to.
    pub hash: String,
    /// When this person last said they had seen everything.
    pub look: Option<LastViewed>,
}

/// An act kept for later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    pub id: OpId,
    pub act: Act,
}

/// 上次查看.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastViewed {
    pub version: u32,
    /// Number of the review's latest entry then.
    pub seq: u64,
    /// `None` only in the browser, which has just sent [`RememberLook`].
    pub at: Option<Timestamp>,
}

/// 发布: acts of one person, done together or not at all.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct SendReview {
    #[validate(custom(function = "super::request_id"))]
    pub request: CaseId,
    /// Made by the client; sent again it answers the same and does nothing twice.
    #[validate(custom(function = "super::op_id"))]
    pub operation: OpId,
    #[validate(length(min = 1, max = "MOST_ACTS", message = "一次发送 1 至 500 项"))]
    pub acts: Vec<Act>,
    /// Kept acts that are published with this and are kept no longer.
    #[serde(default)]
    #[validate(length(max = "MOST_ACTS", message = "一次发送至多 500 项"), custom(function = "well_formed"))]
    pub published: Vec<OpId>,
}

fn well_formed(ids: &[OpId]) -> Result<(), ValidationError> {
    ids.iter().try_for_each(super::op_id)
}

impl Endpoint for SendReview {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/requests/{request}/review";
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    const LARGEST_BODY: usize = 8 * 1024 * 1024;
    const LIMITS: ValueLimits = LIMITS;
    type Reply = Published;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Number the entry got.
    pub seq: u64,
}

/// 暂存: keeps an act where only its author sees it, under an id of its own; again under the same id it replaces it,
/// without an act it forgets it.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct KeepPending {
    #[validate(custom(function = "super::request_id"))]
    pub request: CaseId,
    #[validate(custom(function = "super::op_id"))]
    pub id: OpId,
    pub act: Option<Act>,
}

impl Endpoint for KeepPending {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/requests/{request}/pending";
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    const LARGEST_BODY: usize = LARGEST_PENDING;
    const LIMITS: ValueLimits = LIMITS;
    type Reply = ();
}

/// 关闭: everything up to this version and this entry of the review has been seen.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct RememberLook {
    #[validate(custom(function = "super::request_id"))]
    pub request: CaseId,
    pub version: u32,
    pub seq: u64,
}

impl Endpoint for RememberLook {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/requests/{request}/look";
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    type Reply = ();
}
