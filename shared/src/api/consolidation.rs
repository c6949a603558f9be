//! 整体预算: the bureau's compilation of a year, with what is frozen or what would be.

use super::requests::{HistoryLine, VersionLine};
use super::{Endpoint, Method};
use crate::cases::authority::AvailableCommand;
use crate::cases::consolidation::Consolidation;
use crate::cases::consolidation::budget::ConsolidatedBudget;
use crate::cases::kernel::Stage;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::CaseId;
use serde::{Deserialize, Serialize};
use validator::Validate;

/// The compilation of this number; without one the latest this person may see.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadConsolidation {
    #[serde(deserialize_with = "super::number")]
    #[validate(range(min = 1901, max = 2998, message = "没有这个年度"))]
    pub fiscal_year: u16,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "super::number_if_given")]
    pub number: Option<u32>,
}

impl Endpoint for ReadConsolidation {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/consolidations/{fiscal_year}";
    type Reply = ConsolidationView;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsolidationView {
    pub today: Date,
    pub fiscal_year: FiscalYear,
    /// 汇总报送截止 (Art. 4).
    pub deadline: Date,
    /// The compilation shown; `None` while none was begun.
    pub compilation: Option<Consolidation>,
    /// Its frozen version, `None` while `whole` is what would be frozen now.
    pub frozen: Option<VersionLine>,
    pub whole: ConsolidatedBudget,
    pub offers: Vec<AvailableCommand>,
    /// Whether this person may begin the next one now.
    pub may_open: bool,
    /// 历次汇总 this person may see, oldest first.
    pub numbers: Vec<CompilationLine>,
    pub history: Vec<HistoryLine>,
}

/// 历次汇总.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompilationLine {
    pub compilation: CaseId,
    pub number: u32,
    pub stage: Stage,
    pub reported_on: Option<Date>,
}
