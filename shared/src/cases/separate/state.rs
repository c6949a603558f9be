//! 单独申请: what is asked for, the bureau's opinion, finance's decision, and what happened.

use crate::cases::kernel::{Reason, Stage};
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::money::Money;
use crate::kernel::people::{Actor, Office, Signature};
use serde::{Deserialize, Serialize};

/// Most characters of a written part.
pub const LONGEST: usize = 1000;

/// 申请内容.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// 系统名称.
    pub system: String,
    /// 申请金额.
    pub amount: Option<Money>,
    /// 申请事由.
    pub reason: String,
    /// 不属于集中运维的理由.
    pub why_outside: String,
}

/// 省局审核意见.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opinion {
    /// 不属于集中运维管理范畴.
    pub outside: bool,
    /// 意见文号.
    pub number: String,
    pub text: String,
    pub drafted_by: Signature,
    /// Present once it is the bureau's opinion.
    pub signed: Option<Signed>,
}

/// 财政办理结果.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    pub arrange: bool,
    /// 安排金额.
    pub amount: Option<Money>,
    pub text: String,
    pub drafted_by: Signature,
    pub signed: Option<Signed>,
}

/// 签发.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    pub by: Signature,
    pub on: Date,
}

/// 单独申请案.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeparateApplication {
    pub id: CaseId,
    pub department: DepartmentId,
    pub fiscal_year: FiscalYear,
    pub stage: Stage,
    pub revision: u64,
    pub claim: Claim,
    pub filled_by: Option<Signature>,
    /// 部门负责人 who reported it.
    pub approved_by: Option<Signature>,
    pub opinion: Option<Opinion>,
    pub decision: Option<Decision>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    Filled { claim: Claim, by: Signature },
    Submitted { by: Signature },
    Reported { by: Signature },
    OpinionDrafted { opinion: Opinion },
    OpinionSigned { signed: Signed },
    DecisionDrafted { decision: Decision },
    DecisionSigned { signed: Signed },
    SentBack { to: Stage, reasons: Vec<Reason>, by: Signature },
    Withdrawn { reason: String, by: Signature },
}

impl SeparateApplication {
    pub fn new(id: CaseId, department: DepartmentId, fiscal_year: FiscalYear) -> SeparateApplication {
        SeparateApplication {
            id,
            department,
            fiscal_year,
            stage: Stage::Draft,
            revision: 0,
            claim: Claim::default(),
            filled_by: None,
            approved_by: None,
            opinion: None,
            decision: None,
        }
    }

    /// 意见文号, while there is one.
    pub fn number(&self) -> Option<&str> {
        self.opinion.as_ref().map(|opinion| opinion.number.as_str())
    }

    /// As this person reads it: what an office has only drafted is its own until it is signed.
    pub fn read_by(mut self, actor: &Actor) -> SeparateApplication {
        let office = actor.role.office();
        let own = |of: Office| office == of || office == Office::Audit;
        self.opinion = self.opinion.filter(|opinion| opinion.signed.is_some() || own(Office::Bureau));
        self.decision = self.decision.filter(|decision| decision.signed.is_some() || own(Office::Finance));
        self
    }

    /// How many signed papers are frozen.
    pub fn version(&self) -> u32 {
        let opinion = self.opinion.as_ref().is_some_and(|opinion| opinion.signed.is_some());
        let decision = self.decision.as_ref().is_some_and(|decision| decision.signed.is_some());
        u32::from(opinion) + u32::from(decision)
    }

    /// The bureau has said over its leader's name that it lies outside central management.
    pub(super) fn outside(&self) -> bool {
        self.opinion.as_ref().is_some_and(|opinion| opinion.outside && opinion.signed.is_some())
    }
}
