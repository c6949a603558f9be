//! 校验结果: what a rule found. One type for the red cell, the summary, the 422 body and the headless check.

use serde::{Deserialize, Serialize};

/// 严重程度.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// 错误: blocks leaving the draft.
    Error,
    /// 提醒: passes with a written justification.
    Warning,
}

impl Severity {
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// Where a finding is anchored. `table` is `None` for a header field and for the form as a whole;
/// `row` is `None` for a table as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    pub form: String,
    pub table: Option<String>,
    pub row: Option<String>,
    pub field: Option<String>,
}

/// One rule broken at one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Rule code of the form's definition, for example `B-05`.
    pub rule: String,
    pub severity: Severity,
    /// 依据条款: article of the measures.
    pub article: u8,
    #[serde(flatten)]
    pub place: Place,
    /// What the finding is about where the place alone does not say it, for example `产出`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// What is wrong and what to do, in Chinese.
    pub message: String,
}

impl Finding {
    /// The order of every list of findings: form, table, row, field, rule, severity, about (absent = empty).
    pub fn sort_key(&self) -> (&str, &str, &str, &str, &str, &str, &str) {
        (
            &self.place.form,
            self.place.table.as_deref().unwrap_or(""),
            self.place.row.as_deref().unwrap_or(""),
            self.place.field.as_deref().unwrap_or(""),
            &self.rule,
            self.severity.word(),
            self.about.as_deref().unwrap_or(""),
        )
    }

    /// Identifies the finding for as long as it stands: the key a written justification is kept under.
    pub fn key(&self) -> String {
        let (form, table, row, field, rule, _, about) = self.sort_key();
        let table = if table.is_empty() { form } else { table };
        [rule, table, row, field, about].join("|")
    }
}
