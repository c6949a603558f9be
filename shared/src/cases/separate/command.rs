//! What a person tells a separate request to do, and what the command is judged by.

use super::state::Claim;
use crate::cases::kernel::{NamedCommand, Reason, Verb};
use crate::kernel::money::Money;
use serde::{Deserialize, Serialize};

/// What a person tells a separate request to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// 填写单独申请.
    FillClaim {
        claim: Claim,
    },
    Submit {},
    DepartmentApprove {},
    DepartmentReturn {
        reasons: Vec<Reason>,
    },
    BureauReturn {
        reasons: Vec<Reason>,
    },
    LeaderReturn {
        reasons: Vec<Reason>,
    },
    ReturnDecision {
        reasons: Vec<Reason>,
    },
    Withdraw {
        reason: String,
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
}

impl NamedCommand for Command {
    fn verb(&self) -> Verb {
        match self {
            Command::FillClaim { .. } => Verb::FillClaim,
            Command::Submit {} => Verb::Submit,
            Command::DepartmentApprove {} => Verb::DepartmentApprove,
            Command::DepartmentReturn { .. } => Verb::DepartmentReturn,
            Command::BureauReturn { .. } => Verb::BureauReturn,
            Command::LeaderReturn { .. } => Verb::LeaderReturn,
            Command::ReturnDecision { .. } => Verb::ReturnDecision,
            Command::Withdraw { .. } => Verb::Withdraw,
            Command::DraftOpinion { .. } => Verb::DraftOpinion,
            Command::SignOpinion {} => Verb::SignOpinion,
            Command::DraftDecision { .. } => Verb::DraftDecision,
            Command::SignDecision {} => Verb::SignDecision,
        }
    }
}

/// What a command is judged by.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Another opinion carries the number already.
    pub number_taken: bool,
}
