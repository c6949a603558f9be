//! What a person tells a request to do, and what the command is judged by.

use crate::cases::kernel::{NamedCommand, Reason, Verb};
use crate::kernel::finding::Finding;
use crate::kernel::refusal::Refusal;
use serde::{Deserialize, Serialize};

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
}

impl NamedCommand for Command {
    fn verb(&self) -> Verb {
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
        }
    }
}

/// What the engine found in the content the command is about.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub findings: Vec<Finding>,
    /// Warnings nobody has justified in writing.
    pub unjustified: Vec<Finding>,
    /// SM3 of the canonical snapshot.
    pub hash: String,
    pub reviewed: ReviewConclusion,
    /// What of Art. 10 keeps it from being reported: an evaluation that is missing or does not cover what is asked for.
    pub ex_ante: Option<Refusal>,
}

/// What an office's review of the content comes to.
#[derive(Clone, Debug, Default)]
pub struct ReviewConclusion {
    /// SM3 of the review as it stands.
    pub hash: String,
    /// Why the review cannot be passed yet.
    pub unfinished: Option<Refusal>,
    /// Remarks and cuts the department is still to deal with.
    pub open: usize,
}
