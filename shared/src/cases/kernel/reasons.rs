//! 理由: what a person writes when a case is returned, withdrawn or refused, and its limits.

use crate::kernel::finding::Place;
use crate::kernel::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// Most reasons one return may list.
pub const MOST_REASONS: usize = 200;
/// Longest reason, in characters.
pub const LONGEST_REASON: usize = 1000;

/// 退回理由: one thing to put right, and where, if it has a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

impl Reason {
    /// A reason about the case as a whole.
    pub fn of(text: impl Into<String>) -> Reason {
        Reason { text: text.into(), place: None }
    }
}

/// Trims one written reason; refuses an empty or an overlong one.
pub fn require_text(text: &str) -> Result<String, Refusal> {
    let reasons = require_reasons(&[Reason::of(text)])?;
    Ok(reasons.into_iter().map(|reason| reason.text).collect())
}

/// Trims the reasons of a return; refuses none, too many, an empty or an overlong one.
pub fn require_reasons(reasons: &[Reason]) -> Result<Vec<Reason>, Refusal> {
    if reasons.is_empty() || reasons.len() > MOST_REASONS {
        return Err(Refusal::new("reasons.count", format!("请写明理由，1 至 {MOST_REASONS} 条。")));
    }
    let trimmed = |r: &Reason| Reason { text: r.text.trim().to_string(), place: r.place.clone() };
    let reasons: Vec<Reason> = reasons.iter().map(trimmed).collect();
    match reasons.iter().position(|r| r.text.is_empty() || r.text.chars().count() > LONGEST_REASON) {
        None => Ok(reasons),
        Some(i) => {
            Err(Refusal::new("reasons.text", format!("第 {} 条理由应为 1 至 {LONGEST_REASON} 个字。", i + 1)))
        }
    }
}
