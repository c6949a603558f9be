//! 征求意见: the department's comments and what became of each.

use super::flow::{Event, KeyEvaluation};
use super::tree::TREE;
use crate::cases::execution::facts::Facts;
use crate::cases::execution::judge::refuse_if;
use crate::kernel::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// One comment of the department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    pub id: String,
    pub text: String,
    /// The leaf it is about.
    pub leaf: Option<String>,
}

/// 采纳情况 of a comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub adopted: bool,
    pub reason: Option<String>,
}

impl KeyEvaluation {
    /// KEY-06: comments and consent come in time.
    pub fn require_in_time(&self, facts: &Facts) -> Result<(), Refusal> {
        let late = self.comment_due.is_some_and(|due| facts.today > due);
        refuse_if(late, 13, "KEY-06", "反馈期限已过，不再受理意见")
    }

    pub fn comment(&self, items: &[Comment], facts: &Facts) -> Result<Event, Refusal> {
        self.require_in_time(facts)?;
        let known = |leaf: &String| self.content.row(TREE, leaf).is_some();
        let unknown = items.iter().filter_map(|item| item.leaf.as_ref()).find(|leaf| !known(leaf));
        if let Some(leaf) = unknown {
            return Err(Refusal::under(13, "F-04", format!("没有指标“{leaf}”，请核对")));
        }
        Ok(Event::Commented { items: items.to_vec() })
    }

    pub fn answer(&self, item: &str, answer: Answer, facts: &Facts) -> Result<Event, Refusal> {
        if !self.comments.iter().any(|(comment, _)| comment.id == item) {
            return Err(Refusal::under(13, "F-04", format!("没有意见“{item}”，请核对")));
        }
        let edition = facts.edition();
        let explained = answer.reason.as_ref().is_some_and(|reason| edition.is_reason(reason));
        let says = format!("不采纳的意见须写明理由（不少于{}个字）", edition.reason_min);
        refuse_if(!answer.adopted && !explained, 13, "KEY-08", says)?;
        Ok(Event::Answered { item: item.to_string(), answer })
    }

    pub fn require_answered(&self) -> Result<(), Refusal> {
        let open = self.comments.iter().any(|(_, answer)| answer.is_none());
        refuse_if(open, 13, "KEY-09", "还有意见未答复，请逐条答复")
    }
}
