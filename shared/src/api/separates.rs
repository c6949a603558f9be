//! 单独申请 (Art. 5): what its banner needs beyond the general case page (`cases`).

use super::{Endpoint, Method};
use crate::cases::separate::SeparateApplication;
use crate::kernel::ids::CaseId;
use serde::{Deserialize, Serialize};
use validator::Validate;

#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadSeparate {
    #[validate(custom(function = "super::request_id"))]
    pub separate: CaseId,
}

impl Endpoint for ReadSeparate {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/separate-requests/{separate}";
    type Reply = SeparateView;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeparateView {
    pub separate: SeparateApplication,
    pub department_name: String,
    /// Where it goes on when it lies within central management.
    pub onward: Option<Onward>,
}

/// 转为运维服务申请.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Onward {
    /// The department's request of the year is there already.
    Open(CaseId),
    /// It can be begun.
    Begin,
}
