//! 单独申请案: one separate request as the workflow sees it, and what has happened to it.

use crate::cases::kernel::{Reason, Stage};
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::money::Money;
use crate::kernel::people::Signature;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// 申请内容, as the form last frozen says it: what lists, titles and papers show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
pub struct Signed {
    pub by: Signature,
    pub on: Date,
}

/// 单独申请案.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeparateApplication {
    pub id: CaseId,
    pub department: DepartmentId,
    pub fiscal_year: FiscalYear,
    pub stage: Stage,
    pub revision: u64,
    #[serde(default)]
    pub claim: Claim,
    /// The latest frozen version of the form, 0 when none; cases older than the form have none.
    #[serde(default)]
    pub form_version: u32,
    /// The latest version frozen, of the form or of a signed paper: both count on in one sequence. Cases from before count
    /// from what they have.
    #[serde(default)]
    pub frozen_version: u32,
    /// The version the department last reported.
    #[serde(default)]
    pub reported_version: u32,
    /// SM3 of the latest frozen version of the form.
    #[serde(default)]
    pub content_hash: Option<String>,
    pub filled_by: Option<Signature>,
    /// 部门负责人 who reported it.
    pub approved_by: Option<Signature>,
    pub opinion: Option<Opinion>,
    pub decision: Option<Decision>,
    /// Departments split from the one it was begun in: they read it once it is concluded. Never stored, as the register of
    /// departments says it.
    #[serde(default, skip_serializing)]
    pub readers: BTreeSet<DepartmentId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The claim as it was written before it was a form; only in older histories.
    Filled {
        claim: Claim,
        by: Signature,
    },
    /// The form was frozen; `claim` and `content_hash` are absent in histories older than the form.
    Submitted {
        #[serde(default)]
        claim: Option<Claim>,
        #[serde(default)]
        content_hash: Option<String>,
        by: Signature,
    },
    Reported {
        by: Signature,
    },
    OpinionDrafted {
        opinion: Opinion,
    },
    OpinionSigned {
        signed: Signed,
    },
    DecisionDrafted {
        decision: Decision,
    },
    DecisionSigned {
        signed: Signed,
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

impl SeparateApplication {
    pub fn new(id: CaseId, department: DepartmentId, fiscal_year: FiscalYear) -> SeparateApplication {
        SeparateApplication {
            id,
            department,
            fiscal_year,
            stage: Stage::Draft,
            revision: 0,
            claim: Claim::default(),
            form_version: 0,
            frozen_version: 0,
            reported_version: 0,
            content_hash: None,
            filled_by: None,
            approved_by: None,
            opinion: None,
            decision: None,
            readers: BTreeSet::new(),
        }
    }

    /// 意见文号, while there is one.
    pub fn number(&self) -> Option<&str> {
        self.opinion.as_ref().map(|opinion| opinion.number.as_str())
    }

    /// How many signed papers are frozen.
    fn signed_papers(&self) -> u32 {
        let opinion = self.opinion.as_ref().is_some_and(|opinion| opinion.signed.is_some());
        let decision = self.decision.as_ref().is_some_and(|decision| decision.signed.is_some());
        u32::from(opinion) + u32::from(decision)
    }

    /// The number that the next version gets.
    pub(super) fn next_version(&self) -> u32 {
        self.frozen_version.max(self.form_version).max(self.signed_papers()).saturating_add(1)
    }

    /// The bureau has said over its leader's name that it lies outside central management.
    pub(super) fn outside(&self) -> bool {
        self.opinion.as_ref().is_some_and(|opinion| opinion.outside && opinion.signed.is_some())
    }
}
