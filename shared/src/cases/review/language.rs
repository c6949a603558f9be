//! 审核用语: what a person does in a review, and the events that come of it.

use super::anchor::Anchor;
use super::cut::{CutLine, CutReason, HowMuch, Share};
use super::thread::{Did, Kind};
use crate::cases::kernel::Verb;
use crate::kernel::ids::{RowId, ThreadId};
use crate::kernel::money::Money;
use crate::kernel::people::{Office, Signature};
use crate::policy::art11_target_review::ScoreSheet;
use serde::{Deserialize, Serialize};

/// Longest text of one remark, in characters.
pub const LONGEST_TEXT: usize = 2000;

/// One act of one person. A batch of acts is published together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum Act {
    /// 提出意见: a question or something that must be fixed.
    Raise { thread: ThreadId, anchor: Anchor, kind: Kind, text: String },
    /// 核减 of one line or, as one act, of many.
    Cut {
        lines: Vec<CutLine>,
        how_much: HowMuch,
        /// What the lines' cuts come to, as the reviewer saw it before confirming.
        total: Money,
        reason: CutReason,
        article: u8,
        text: String,
    },
    /// Something said in a thread, with what it does.
    Say { thread: ThreadId, step: Step, text: String },
    /// 已阅.
    View { section: String },
    /// 绩效目标评分.
    Score { sheet: ScoreSheet },
}

/// What saying something does to its thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// By the office, the state stays.
    Reply,
    /// By the department.
    Answer,
    Resolve,
    Reopen,
    /// By the department, of a cut.
    Accept,
    Contest,
    /// By the office, of a cut: another amount.
    Restate(Money),
    Uphold,
    Withdraw,
}

impl Step {
    pub fn did(self) -> Did {
        match self {
            Step::Reply => Did::Replied,
            Step::Answer => Did::Answered,
            Step::Resolve => Did::Resolved,
            Step::Reopen => Did::Reopened,
            Step::Accept => Did::Accepted,
            Step::Contest => Did::Contested,
            Step::Restate(_) => Did::Restated,
            Step::Uphold => Did::Upheld,
            Step::Withdraw => Did::Withdrew,
        }
    }

    /// Steps that mean nothing without words.
    pub fn needs_text(self) -> bool {
        matches!(self, Step::Reply | Step::Answer | Step::Reopen | Step::Contest)
    }

    pub fn of_cut(self) -> bool {
        matches!(self, Step::Accept | Step::Contest | Step::Restate(_) | Step::Uphold | Step::Withdraw)
    }
}

impl Act {
    /// The leave it needs: departments answer, offices review.
    pub fn verb(&self) -> Verb {
        match self {
            Act::Say { step: Step::Answer | Step::Accept | Step::Contest, .. } => Verb::Answer,
            _ => Verb::Review,
        }
    }
}

/// What happened in a review; its events in order are its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Raised {
        thread: ThreadId,
        anchor: Anchor,
        kind: Kind,
        then: Option<String>,
        text: String,
    },
    CutMade {
        cuts: Vec<CutMade>,
        share: Option<Share>,
        reason: CutReason,
        article: u8,
        text: String,
    },
    /// Stored under the name it had first.
    #[serde(rename = "said")]
    Replied {
        thread: ThreadId,
        step: Step,
        text: String,
        /// For a step of the office on a cut: what the line asks for at the time.
        stated_for: Option<Money>,
    },
    Viewed {
        section: String,
        hash: String,
    },
    Scored {
        sheet: ScoreSheet,
        hash: String,
    },
}

/// One line of a [`Event::CutMade`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CutMade {
    pub thread: ThreadId,
    pub table: String,
    pub row: RowId,
    /// The line's name then.
    pub name: String,
    pub amount: Money,
    pub stated_for: Money,
}

/// Who did something, when, and on which frozen version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// `YYYY-MM-DD HH:MM:SS`.
    pub at: String,
    pub by: Signature,
    pub office: Office,
    pub version: u32,
}
