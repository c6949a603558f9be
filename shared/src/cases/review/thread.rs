//! 意见: one remark and everything said under it.

use super::anchor::Anchor;
use super::cut::Cut;
use crate::kernel::ids::ThreadId;
use crate::kernel::people::{Office, Signature};
use crate::kernel::words::words;
use crate::policy::art11_target_review::ScoreSheet;
use crate::policy::editions::Edition;
use crate::policy::grade::Grade;
use serde::{Deserialize, Serialize};

words! {
    /// 意见类别.
    Kind {
        /// 问询.
        Question "question" "问询",
        /// 须整改: passing waits for it.
        MustFix "must_fix" "须整改",
        Cut "cut" "核减",
    }
}

words! {
    /// 意见状态.
    State {
        Open "open" "待答复",
        Answered "answered" "已答复",
        Resolved "resolved" "已办结",
        Reopened "reopened" "重新提出",
    }
}

impl State {
    /// The department has something to say to it.
    pub fn waits_for_department(self) -> bool {
        matches!(self, State::Open | State::Reopened)
    }
}

/// A remark with its talk. What it was about then is kept with it; what is there now, the document says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thread {
    pub id: ThreadId,
    /// Whose review it belongs to: 省局 or 财政.
    pub office: Office,
    pub kind: Kind,
    pub anchor: Anchor,
    pub state: State,
    /// The frozen version it was raised on.
    pub version: u32,
    /// The cell's text or the row's name at that time; for a cut the row's name.
    pub then: Option<String>,
    /// Present exactly for kind cut.
    pub cut: Option<Cut>,
    /// Oldest first; the first is the remark itself. On the wire under its first name: hashes of reviews are taken of it.
    #[serde(rename = "said")]
    pub entries: Vec<ThreadEntry>,
}

/// One thing said or done in a thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThreadEntry {
    /// `YYYY-MM-DD HH:MM:SS`.
    pub at: String,
    pub by: Signature,
    pub office: Office,
    pub did: Did,
    pub text: String,
}

words! {
    /// What saying it did.
    Did {
        Raised "raised" "提出",
        Replied "replied" "补充",
        Answered "answered" "答复",
        Resolved "resolved" "解决",
        Reopened "reopened" "重新提出",
        Accepted "accepted" "接受核减",
        Contested "contested" "提出异议",
        Restated "restated" "调整核减",
        Upheld "upheld" "维持核减",
        Withdrew "withdrew" "撤销核减",
    }
}

/// 已阅: a person looked through a section as its content then was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Viewed {
    pub by: Signature,
    pub section: String,
    /// Hash of the section's content: another content is not viewed.
    pub hash: String,
    pub at: String,
}

/// 绩效目标审核: a score sheet, and the targets it was about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scored {
    pub office: Office,
    pub by: Signature,
    pub sheet: ScoreSheet,
    /// Hash of the targets' content: other targets are not scored.
    pub hash: String,
    pub at: String,
}

/// A review as it stands: the fold of its events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// In the order they were raised.
    pub threads: Vec<Thread>,
    pub viewed: Vec<Viewed>,
    /// At most one per office.
    pub scored: Vec<Scored>,
}

impl Review {
    pub fn thread(&self, id: &ThreadId) -> Option<&Thread> {
        self.threads.iter().find(|thread| thread.id == *id)
    }

    /// 绩效目标审核等次 a batch goes by: finance's, where it scored the very targets the bureau passed, else the bureau's.
    pub fn grade(&self, edition: &Edition) -> Option<Grade> {
        let bureau = self.scored_by(Office::Bureau)?;
        let finance = self.scored_by(Office::Finance).filter(|scored| scored.hash == bureau.hash);
        Some(finance.unwrap_or(bureau).sheet.grade(edition))
    }

    pub fn scored_by(&self, office: Office) -> Option<&Scored> {
        self.scored.iter().find(|scored| scored.office == office)
    }
}
