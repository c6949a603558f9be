//! 不予办理: why an act is not done, said to the person who tried. One type for a disabled button, the reply of
//! the server and the audit trail.

use super::citation::grounds;
use serde::{Deserialize, Serialize};

/// The answer no, with its reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// Lasting name of the reason, for example `window.closed`.
    pub code: String,
    /// What is in the way and what to do, in Chinese.
    pub message: String,
    /// 依据条款: article of the measures, where one says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<u8>,
}

impl Refusal {
    pub fn new(code: &str, message: impl Into<String>) -> Refusal {
        Refusal { code: code.to_string(), message: message.into(), article: None }
    }

    /// Names the article and says it in the message too.
    pub fn under(article: u8, code: &str, message: impl Into<String>) -> Refusal {
        let message = format!("{}（{}）", message.into(), grounds(article));
        Refusal { code: code.to_string(), message, article: Some(article) }
    }
}
