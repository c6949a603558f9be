//! 中期财政规划: three years of a fiscal year, as planned now or in an earlier version.

use super::requests::{HistoryLine, VersionLine};
use super::{Endpoint, Method};
use crate::cases::authority::{AvailableCommand, Capability};
use crate::cases::mid_term_plan::{MidTermPlan, Outlook};
use crate::kernel::calendar::{Date, FiscalYear};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use validator::Validate;

/// This version; without one what may be planned now, or the latest frozen.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadPlan {
    #[serde(deserialize_with = "super::number")]
    #[validate(range(min = 1901, max = 2998, message = "没有这个年度"))]
    pub fiscal_year: u16,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "super::number_if_given")]
    pub version: Option<u32>,
}

impl Endpoint for ReadPlan {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/plans/{fiscal_year}";
    const REQUIRES: Option<Capability> = Some(Capability::SeeConsolidation);
    type Reply = PlanView;
}

/// From which growth on a later year needs words, by the edition of the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanLimits {
    /// %.
    pub growth: Decimal,
    /// Fewest characters of the words.
    pub reason_min: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanView {
    pub today: Date,
    pub fiscal_year: FiscalYear,
    pub plan: Option<MidTermPlan>,
    /// The frozen version shown; `None` while `outlook` is what the annual requests come to now.
    pub frozen: Option<VersionLine>,
    pub outlook: Outlook,
    pub limits: PlanLimits,
    /// Versions kept, oldest first.
    pub versions: u32,
    pub offers: Vec<AvailableCommand>,
    /// Whether this person may begin one now.
    pub may_open: bool,
    pub history: Vec<HistoryLine>,
}
