//! 单独申请 (Art. 5): those of a year this person may see, and one with everything its page needs.

use super::requests::HistoryLine;
use super::{Endpoint, Method};
use crate::cases::authority::AvailableCommand;
use crate::cases::kernel::Stage;
use crate::cases::separate::SeparateApplication;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::CaseId;
use crate::kernel::money::Money;
use crate::kernel::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use validator::Validate;

#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadSeparates {
    #[serde(deserialize_with = "super::number")]
    #[validate(range(min = 1901, max = 2998, message = "没有这个年度"))]
    pub fiscal_year: u16,
}

impl Endpoint for ReadSeparates {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/separates/{fiscal_year}";
    type Reply = SeparatesView;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeparatesView {
    pub fiscal_year: FiscalYear,
    /// Oldest first.
    pub lines: Vec<SeparateLine>,
    /// Whether this person may begin one now.
    pub may_open: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeparateLine {
    pub separate: CaseId,
    pub department_name: String,
    pub system: String,
    pub amount: Option<Money>,
    pub stage: Stage,
    /// 意见文号, once drafted.
    pub number: Option<String>,
    pub since: Timestamp,
}

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
    pub today: Date,
    pub separate: SeparateApplication,
    pub department_name: String,
    pub offers: Vec<AvailableCommand>,
    pub history: Vec<HistoryLine>,
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
