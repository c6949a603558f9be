//! 流程用语: the stages of a request, the commands people give it and the events that come of them.

use crate::calendar::{Date, FiscalYear};
use crate::finding::Place;
use crate::ids::{DepartmentId, RequestId};
use crate::people::Signature;
use serde::{Deserialize, Serialize};

/// 办理状态 (spec § 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Draft,
    DepartmentCheck,
    Submitted,
    BureauReview,
    Returned,
    BureauConfirm,
    Accepted,
    Consolidated,
    FinanceReview,
    FinanceReturned,
    Approved,
    Rejected,
    Withdrawn,
}

impl Stage {
    pub const ALL: [Stage; 13] = [
        Stage::Draft,
        Stage::DepartmentCheck,
        Stage::Submitted,
        Stage::BureauReview,
        Stage::Returned,
        Stage::BureauConfirm,
        Stage::Accepted,
        Stage::Consolidated,
        Stage::FinanceReview,
        Stage::FinanceReturned,
        Stage::Approved,
        Stage::Rejected,
        Stage::Withdrawn,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Stage::Draft => "填报中",
            Stage::DepartmentCheck => "部门审核",
            Stage::Submitted => "已报送",
            Stage::BureauReview => "省局审核",
            Stage::Returned => "退回补正",
            Stage::BureauConfirm => "待省局负责人确认",
            Stage::Accepted => "审核通过",
            Stage::Consolidated => "已汇总",
            Stage::FinanceReview => "财政审核",
            Stage::FinanceReturned => "财政退回",
            Stage::Approved => "已批复",
            Stage::Rejected => "不予安排",
            Stage::Withdrawn => "已撤回",
        }
    }

    /// The word on the wire, in rows and in golden tables.
    pub fn word(self) -> &'static str {
        match self {
            Stage::Draft => "draft",
            Stage::DepartmentCheck => "department_check",
            Stage::Submitted => "submitted",
            Stage::BureauReview => "bureau_review",
            Stage::Returned => "returned",
            Stage::BureauConfirm => "bureau_confirm",
            Stage::Accepted => "accepted",
            Stage::Consolidated => "consolidated",
            Stage::FinanceReview => "finance_review",
            Stage::FinanceReturned => "finance_returned",
            Stage::Approved => "approved",
            Stage::Rejected => "rejected",
            Stage::Withdrawn => "withdrawn",
        }
    }

    /// The department is still working on it: nobody outside sees what is not yet reported.
    pub fn with_department(self) -> bool {
        matches!(self, Stage::Draft | Stage::DepartmentCheck | Stage::Returned)
    }
}

/// What can be done to a request; `Read` and `Edit` are acts without a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    Read,
    Edit,
    Submit,
    DepartmentReturn,
    DepartmentApprove,
    BureauTake,
    BureauReturn,
    BureauPass,
    BureauConfirm,
    LeaderReturn,
    Withdraw,
}

impl Verb {
    /// What the button says.
    pub fn label(self) -> &'static str {
        match self {
            Verb::Read => "查看",
            Verb::Edit => "填报",
            Verb::Submit => "提交部门审核",
            Verb::DepartmentReturn => "退回填报人",
            Verb::DepartmentApprove => "审核并报送省局",
            Verb::BureauTake => "受理",
            Verb::BureauReturn => "退回补正",
            Verb::BureauPass => "审核通过，提请确认",
            Verb::BureauConfirm => "确认审核通过",
            Verb::LeaderReturn => "退回审核员",
            Verb::Withdraw => "撤回申请",
        }
    }

    /// The word on the wire and in `data-command`.
    pub fn word(self) -> &'static str {
        match self {
            Verb::Read => "read",
            Verb::Edit => "edit",
            Verb::Submit => "submit",
            Verb::DepartmentReturn => "department_return",
            Verb::DepartmentApprove => "department_approve",
            Verb::BureauTake => "bureau_take",
            Verb::BureauReturn => "bureau_return",
            Verb::BureauPass => "bureau_pass",
            Verb::BureauConfirm => "bureau_confirm",
            Verb::LeaderReturn => "leader_return",
            Verb::Withdraw => "withdraw",
        }
    }

    /// Whether the command carries reasons a person has to write.
    pub fn needs_reason(self) -> bool {
        matches!(self, Verb::DepartmentReturn | Verb::BureauReturn | Verb::LeaderReturn | Verb::Withdraw)
    }
}

/// 退回理由: one thing to put right, and where, if it has a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// What a person tells a request to do.
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
    /// 省局负责人确认: binds to the content the leader read.
    BureauConfirm {
        content_hash: String,
    },
    LeaderReturn {
        reasons: Vec<Reason>,
    },
    Withdraw {
        reason: String,
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
        by: Signature,
    },
    Confirmed {
        content_hash: String,
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
}

/// 案卷: one request as the workflow sees it. The forms' content is not in it, only its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub id: RequestId,
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
    /// 延期申报: the late window of this department and year.
    pub late_until: Option<Date>,
}

impl Case {
    /// A new request, nothing filled yet.
    pub fn new(id: RequestId, department: DepartmentId, fiscal_year: FiscalYear) -> Case {
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
            late_until: None,
        }
    }
}
