//! 运维服务申请: one request as the workflow sees it, and what has happened to it. The forms' content is not in it, only
//! its hash.

use crate::cases::kernel::{Reason, Stage};
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::money::Money;
use crate::kernel::people::Signature;
use crate::policy::art04_calendar::{self, Window};
use crate::policy::editions::Edition;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What happened; the events of a case are its history and its audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
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
pub struct FinanceOpinion {
    /// 安排, or 不予安排.
    pub arrange: bool,
    /// Why not; empty when it is to be arranged.
    pub reason: String,
    pub by: Signature,
}

/// 批复结果 of one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
pub struct RequestCase {
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
    /// 申报窗口 of the year by its edition; read anew with the case, `None` where no edition judges the year.
    #[serde(default)]
    pub window: Option<Window>,
    /// Departments split from the one it was begun in: they read it once it is concluded. Never stored, as the register of
    /// departments says it.
    #[serde(default, skip_serializing)]
    pub readers: BTreeSet<DepartmentId>,
}

impl RequestCase {
    /// Whether the bureau leader's confirmation is of the content as it is now; `None` while there is none. A later
    /// version voids it.
    pub fn confirmation_stands(&self) -> Option<bool> {
        self.confirmed_hash.as_ref().map(|hash| Some(hash) == self.content_hash.as_ref())
    }

    /// The same request with the window that the edition of its year gives.
    pub fn under(self, edition: Option<&Edition>) -> RequestCase {
        let window = edition.map(|edition| art04_calendar::window(edition, self.fiscal_year));
        RequestCase { window, ..self }
    }

    /// A new request, nothing filled yet.
    pub fn new(id: CaseId, department: DepartmentId, fiscal_year: FiscalYear) -> RequestCase {
        RequestCase {
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
            window: None,
            readers: BTreeSet::new(),
        }
    }
}
