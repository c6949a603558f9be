//! 流程用语: the commands people give to a case of any kind, and the request with the events that come of them.

use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::finding::Place;
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::money::Money;
use crate::kernel::people::Signature;
use serde::{Deserialize, Serialize};

pub use super::separate::Claim;
pub use super::stage::{Kind, Stage};
pub use super::verb::Verb;
pub use crate::cases::mid_term_plan::LaterYears;

/// 退回理由: one thing to put right, and where, if it has a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// What a person tells a case to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// 填报人提交: freezes a version.
    Submit {},
    DepartmentReturn {
        reasons: Vec<Reason>,
    },
    /// 部门负责人审核并报送.
    DepartmentApprove {},
    /// 受理.
    BureauTake {},
    BureauReturn {
        reasons: Vec<Reason>,
    },
    BureauPass {},
    /// 省局负责人确认: binds to the content and the review the leader read.
    BureauConfirm {
        content_hash: String,
        review_hash: String,
    },
    LeaderReturn {
        reasons: Vec<Reason>,
    },
    Withdraw {
        reason: String,
    },
    /// 财政退回: to the bureau, which puts it right or sends it on to the department.
    FinanceReturn {
        reasons: Vec<Reason>,
    },
    /// 财政审核员: 同意安排.
    FinancePass {},
    /// 财政审核员: 拟不予安排.
    FinanceObject {
        reason: String,
    },
    /// 财政负责人: 不予安排.
    FinanceReject {
        reason: String,
    },
    /// 冻结汇总: gathers what is accepted now.
    Compile {},
    /// 省局负责人确认整体预算: binds to the content the leader read.
    ConfirmCompilation {
        content_hash: String,
    },
    Recompile {
        reasons: Vec<Reason>,
    },
    /// 报送省财政厅: every included request goes with it. After the deadline only with a written reason (Art. 4).
    SubmitToFinance {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        late_reason: Option<String>,
    },
    /// 拟定批复: number, date and the requests it answers.
    DraftBatch {
        number: String,
        date: Date,
        requests: Vec<CaseId>,
    },
    /// 财政负责人签发: binds to the content the leader read.
    IssueBatch {
        content_hash: String,
    },
    ReturnBatch {
        reasons: Vec<Reason>,
    },
    DropBatch {},
    /// 编制后两年; the first is the annual request.
    PlanYears {
        later: Vec<LaterYears>,
    },
    /// 省局负责人确认规划: binds to the content the leader read.
    ConfirmPlan {
        content_hash: String,
    },
    /// 填写单独申请.
    FillClaim {
        claim: Claim,
    },
    /// 省局审核员拟意见: whether it lies outside central management, and the opinion's number.
    DraftOpinion {
        outside: bool,
        number: String,
        text: String,
    },
    /// 省局负责人签发意见.
    SignOpinion {},
    /// 财政审核员拟办理结果.
    DraftDecision {
        arrange: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
        text: String,
    },
    /// 财政负责人签发办理结果.
    SignDecision {},
    ReturnDecision {
        reasons: Vec<Reason>,
    },
}

impl Command {
    pub fn verb(&self) -> Verb {
        match self {
            Command::Submit {} => Verb::Submit,
            Command::DepartmentReturn { .. } => Verb::DepartmentReturn,
            Command::DepartmentApprove {} => Verb::DepartmentApprove,
            Command::BureauTake {} => Verb::BureauTake,
            Command::BureauReturn { .. } => Verb::BureauReturn,
            Command::BureauPass {} => Verb::BureauPass,
            Command::BureauConfirm { .. } => Verb::BureauConfirm,
            Command::LeaderReturn { .. } => Verb::LeaderReturn,
            Command::Withdraw { .. } => Verb::Withdraw,
            Command::FinanceReturn { .. } => Verb::FinanceReturn,
            Command::FinancePass {} => Verb::FinancePass,
            Command::FinanceObject { .. } => Verb::FinanceObject,
            Command::FinanceReject { .. } => Verb::FinanceReject,
            Command::Compile {} => Verb::Compile,
            Command::ConfirmCompilation { .. } => Verb::ConfirmCompilation,
            Command::Recompile { .. } => Verb::Recompile,
            Command::SubmitToFinance { .. } => Verb::SubmitToFinance,
            Command::DraftBatch { .. } => Verb::DraftBatch,
            Command::IssueBatch { .. } => Verb::IssueBatch,
            Command::ReturnBatch { .. } => Verb::ReturnBatch,
            Command::DropBatch {} => Verb::DropBatch,
            Command::PlanYears { .. } => Verb::PlanYears,
            Command::ConfirmPlan { .. } => Verb::ConfirmPlan,
            Command::FillClaim { .. } => Verb::FillClaim,
            Command::DraftOpinion { .. } => Verb::DraftOpinion,
            Command::SignOpinion {} => Verb::SignOpinion,
            Command::DraftDecision { .. } => Verb::DraftDecision,
            Command::SignDecision {} => Verb::SignDecision,
            Command::ReturnDecision { .. } => Verb::ReturnDecision,
        }
    }
}

/// What happened; the events of a case are its history and its audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// The content was frozen as `version`.
    Frozen {
        version: u32,
        content_hash: String,
        by: Signature,
    },
    /// 部门报送.
    Reported {
        version: u32,
        by: Signature,
    },
    Taken {
        by: Signature,
    },
    Passed {
        review_hash: String,
        by: Signature,
    },
    Confirmed {
        content_hash: String,
        review_hash: String,
        by: Signature,
    },
    SentBack {
        to: Stage,
        reasons: Vec<Reason>,
        by: Signature,
    },
    Withdrawn {
        reason: String,
        by: Signature,
    },
    /// 已汇总: gathered into the bureau's whole budget.
    Consolidated {
        compilation: CaseId,
        by: Signature,
    },
    /// The whole was reported to finance, this request with it.
    SentToFinance {
        compilation: CaseId,
        by: Signature,
    },
    FinanceOpined {
        opinion: FinanceOpinion,
    },
    Rejected {
        reason: String,
        by: Signature,
    },
    /// 批复下达: budget and targets together (Art. 11).
    Approved {
        approval: Approval,
        by: Signature,
    },
}

/// 财政审核意见.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinanceOpinion {
    /// 安排, or 不予安排.
    pub arrange: bool,
    /// Why not; empty when it is to be arranged.
    pub reason: String,
    pub by: Signature,
}

/// 批复结果 of one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    pub batch: CaseId,
    /// 文号.
    pub number: String,
    pub date: Date,
    /// 批复数: requested − Σ bureau cuts − Σ finance cuts.
    pub amount: Money,
}

/// 案卷: one request as the workflow sees it. The forms' content is not in it, only its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub id: CaseId,
    pub department: DepartmentId,
    pub fiscal_year: FiscalYear,
    pub stage: Stage,
    /// Counts transitions: a command names the revision its author saw.
    pub revision: u64,
    /// The latest frozen version, 0 when none.
    pub version: u32,
    /// The latest version that reached the bureau, 0 when none.
    pub reported_version: u32,
    /// Hash of the latest frozen version.
    pub content_hash: Option<String>,
    pub filled_by: Option<Signature>,
    pub approved_by: Option<Signature>,
    pub taken_by: Option<Signature>,
    pub reviewed_by: Option<Signature>,
    pub confirmed_by: Option<Signature>,
    /// Hash of the bureau's review as it was passed.
    #[serde(default)]
    pub review_hash: Option<String>,
    /// Hash of the content that was confirmed.
    #[serde(default)]
    pub confirmed_hash: Option<String>,
    pub finance_opinion: Option<FinanceOpinion>,
    pub approval: Option<Approval>,
    /// 延期申报: the late window of this department and year.
    pub late_until: Option<Date>,
}

impl Case {
    /// Whether the bureau leader's confirmation is of the content as it is now; `None` while there is none. A later
    /// version voids it.
    pub fn confirmation_stands(&self) -> Option<bool> {
        self.confirmed_hash.as_ref().map(|hash| Some(hash) == self.content_hash.as_ref())
    }

    /// A new request, nothing filled yet.
    pub fn new(id: CaseId, department: DepartmentId, fiscal_year: FiscalYear) -> Case {
        Case {
            id,
            department,
            fiscal_year,
            stage: Stage::Draft,
            revision: 0,
            version: 0,
            reported_version: 0,
            content_hash: None,
            filled_by: None,
            approved_by: None,
            taken_by: None,
            reviewed_by: None,
            confirmed_by: None,
            review_hash: None,
            confirmed_hash: None,
            finance_opinion: None,
            approval: None,
            late_until: None,
        }
    }
}
