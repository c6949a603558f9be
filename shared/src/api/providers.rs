//! 运维服务单位的台账: its contracts, how it was assessed over time, what it was paid.

use super::{Endpoint, Method};
use crate::kernel::calendar::Date;
use crate::kernel::ids::CaseId;
use crate::kernel::money::Money;
use serde::{Deserialize, Serialize};
use validator::Validate;

#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadProvider {
    #[validate(custom(function = "super::request_id"))]
    pub provider: CaseId,
}

impl Endpoint for ReadProvider {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/providers/{provider}";
    type Reply = ProviderView;
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderView {
    /// By year and number.
    pub contracts: Vec<ProviderContract>,
    /// Final assessments, the earliest period first.
    pub scores: Vec<ProviderScore>,
    /// The earliest first.
    pub payments: Vec<ProviderPayment>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderContract {
    pub case: CaseId,
    pub number: String,
    pub year: i32,
    pub stage_label: String,
    /// As signed and supplemented.
    pub amount: Money,
    pub paid: Money,
    pub payable: Money,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderScore {
    pub case: CaseId,
    pub contract_number: String,
    /// `2024 二季度`.
    pub period: String,
    /// Two decimals.
    pub score: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderPayment {
    pub case: CaseId,
    pub contract_number: String,
    pub term: i64,
    pub amount: Money,
    pub stage_label: String,
    /// Day it came to its stage.
    pub on: Date,
}
