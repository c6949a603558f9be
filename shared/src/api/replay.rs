//! 当时的判定: a frozen version judged again by the form and the edition it was frozen with, next to what was stored then.

use super::{Endpoint, Method};
use crate::kernel::ids::CaseId;
use serde::{Deserialize, Serialize};
use validator::Validate;

#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadReplay {
    #[validate(custom(function = "super::request_id"))]
    pub case: CaseId,
    #[serde(deserialize_with = "super::number")]
    pub version: u32,
}

impl Endpoint for ReadReplay {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/cases/{case}/versions/{version}/replay";
    type Reply = ReplayedVersion;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayedVersion {
    /// Title of the case.
    pub title: String,
    /// Hash of the form definition.
    pub definition: String,
    /// Name of the edition, for example `2022-51#1`.
    pub edition: String,
    /// Whether the outcome is what was stored.
    pub same: bool,
    /// Each difference in words.
    pub differences: Vec<String>,
    /// Figures and findings, the JSON that `omfund check` prints.
    pub result: String,
}
