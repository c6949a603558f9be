//! 规则判断: refuses by the first broken rule; a warning (W) passes with a written reason and is kept.

use crate::kernel::refusal::Refusal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Refuses with the rule's code, article and sentence if it is broken.
pub fn refuse_if(broken: bool, article: u8, code: &str, says: impl Into<String>) -> Result<(), Refusal> {
    match broken {
        true => Err(Refusal::under(article, code, says)),
        false => Ok(()),
    }
}

/// Rules that pass with a reason (W in money.md).
const WARNINGS: [&str; 3] = ["PRC-07", "CON-04", "CON-08"];

/// Whether a refusal of this code passes with a reason.
pub fn is_warning(code: &str) -> bool {
    WARNINGS.contains(&code)
}

/// A warning that passed, with its reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedWarning {
    pub code: String,
    pub reason: String,
}

/// The reasons a command brings for warnings, and those that served.
pub struct Judge<'a> {
    reasons: &'a BTreeMap<String, String>,
    /// Fewest characters of a reason.
    least: usize,
    pub passed: Vec<PassedWarning>,
}

impl<'a> Judge<'a> {
    pub fn new(reasons: &'a BTreeMap<String, String>, least: usize) -> Judge<'a> {
        Judge { reasons, least, passed: Vec::new() }
    }

    /// A rule whose breach passes with a reason.
    pub fn warn_if(
        &mut self,
        broken: bool,
        article: u8,
        code: &str,
        says: impl Into<String>,
    ) -> Result<(), Refusal> {
        debug_assert!(is_warning(code), "{code} is listed as a warning");
        if !broken {
            return Ok(());
        }
        match self.reasons.get(code).filter(|reason| reason.chars().count() >= self.least) {
            Some(reason) => {
                self.passed.push(PassedWarning { code: code.to_string(), reason: reason.clone() });
                Ok(())
            }
            None => Err(Refusal::under(
                article,
                code,
                format!("{}，如属实请写明理由（不少于{}字）", says.into(), self.least),
            )),
        }
    }
}
