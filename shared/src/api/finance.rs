//! 财政审核与批复: what finance has before it, its batches, and what a department got line by line.

use super::requests::{HistoryLine, VersionLine};
use super::{Endpoint, Method};
use crate::cases::approval::{ApprovalBatch, Notice};
use crate::cases::authority::AvailableCommand;
use crate::cases::kernel::Stage;
use crate::cases::request::Approval;
use crate::cases::request::FinanceOpinion;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;
use crate::kernel::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use validator::Validate;

/// 财政审核总览 of a year.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadFinance {
    #[serde(deserialize_with = "super::number")]
    #[validate(range(min = 1901, max = 2998, message = "没有这个年度"))]
    pub fiscal_year: u16,
}

impl Endpoint for ReadFinance {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/finance/{fiscal_year}";
    type Reply = FinanceView;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinanceView {
    pub today: Date,
    pub fiscal_year: FiscalYear,
    /// Requests that have reached finance, by the departments' order.
    pub requests: Vec<FinanceLine>,
    pub batches: Vec<BatchLine>,
    /// Whether this person may begin a batch now.
    pub may_open: bool,
}

/// 一个部门的申请 before finance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinanceLine {
    pub request: CaseId,
    pub department: DepartmentId,
    pub name: String,
    pub stage: Stage,
    /// 申报数 · 省局核减 · 财政核减.
    pub amounts: Amounts,
    /// 上年度结算额, as the department wrote it.
    pub last_year: Option<Money>,
    /// 绩效目标审核等次.
    pub targets: Option<String>,
    pub opinion: Option<FinanceOpinion>,
    pub approval: Option<Approval>,
    /// Why it cannot be put into a batch now, `None` when it can.
    pub refusal: Option<Refusal>,
    /// 参考信息 (Art. 4, 14): last settlement, this year's execution, last evaluation.
    pub feeds: Vec<Feed>,
}

/// 申报数 · 省局核减 · 财政核减 · 批复数.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amounts {
    pub requested: Money,
    pub bureau_cut: Money,
    pub finance_cut: Money,
}

impl Amounts {
    /// 审核数 of the bureau.
    pub fn reviewed(self) -> Money {
        self.requested - self.bureau_cut
    }

    pub fn and(self, other: Amounts) -> Amounts {
        Amounts {
            requested: self.requested + other.requested,
            bureau_cut: self.bureau_cut + other.bureau_cut,
            finance_cut: self.finance_cut + other.finance_cut,
        }
    }

    /// 批复数: requested − Σ bureau cuts − Σ finance cuts.
    pub fn approved(self) -> Money {
        self.reviewed() - self.finance_cut
    }
}

/// 参考信息 from another part of the year's work; one without data says where it would come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    pub name: String,
    pub value: Option<String>,
    /// 来源.
    pub source: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchLine {
    pub batch: CaseId,
    pub number: Option<String>,
    pub stage: Stage,
    pub since: Timestamp,
}

/// One batch with its frozen notice.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadBatch {
    #[validate(custom(function = "super::request_id"))]
    pub batch: CaseId,
}

impl Endpoint for ReadBatch {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/batches/{batch}";
    type Reply = BatchView;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchView {
    pub today: Date,
    pub batch: ApprovalBatch,
    /// The latest frozen draft and what it says; `None` before the first.
    pub frozen: Option<(VersionLine, Notice)>,
    /// What may be put into it, and what may not and why; empty unless this person drafts it now.
    pub candidates: Vec<FinanceLine>,
    pub offers: Vec<AvailableCommand>,
    pub history: Vec<HistoryLine>,
}

/// 批复结果 of one request, line by line.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadResult {
    #[validate(custom(function = "super::request_id"))]
    pub request: CaseId,
}

impl Endpoint for ReadResult {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/requests/{request}/result";
    type Reply = ResultView;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultView {
    pub request: CaseId,
    pub department_name: String,
    pub fiscal_year: FiscalYear,
    pub stage: Stage,
    pub approval: Option<Approval>,
    /// The version that was answered.
    pub version: u32,
    /// In document order, category by category.
    pub lines: Vec<ResultLine>,
    pub total: Amounts,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultLine {
    /// Table key of the category.
    pub category: String,
    pub row: String,
    /// 名称.
    pub name: String,
    pub system_name: String,
    pub amounts: Amounts,
}
