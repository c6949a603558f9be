//! 表单: what a kind of case has to say of the form people fill in, and when a form may leave its author.

use crate::engine::document::Document;
use crate::kernel::finding::{Finding, Severity};
use crate::kernel::refusal::Refusal;

/// What the engine found in the content a submit freezes.
#[derive(Clone, Debug, Default)]
pub struct FormFacts {
    pub findings: Vec<Finding>,
    /// Warnings nobody has justified in writing.
    pub unjustified: Vec<Finding>,
    /// SM3 of the canonical snapshot.
    pub hash: String,
    /// What was typed; `None` for a command that freezes no form.
    pub document: Option<Document>,
}

/// Leaving the draft needs zero errors and a written justification for each warning.
///
/// # Errors
/// `findings.errors` or `findings.unjustified`, which the server answers with the findings themselves.
pub fn require_complete(article: u8, findings: &[Finding], unjustified: &[Finding]) -> Result<(), Refusal> {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    if errors > 0 {
        let message = format!("还有 {errors} 处错误未改正，改正后才能提交");
        return Err(Refusal::under(article, "findings.errors", message));
    }
    match unjustified.len() {
        0 => Ok(()),
        count => {
            let message = format!("还有 {count} 条提醒没有写明理由，逐条说明后才能提交");
            Err(Refusal::under(article, "findings.unjustified", message))
        }
    }
}
