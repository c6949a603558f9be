//! 文书: an official document of an execution case as data. The kind says what stands in it when an act makes it, the server
//! adds who signed, stores it with the act and sets it; what is stored never changes.

use super::world::{ExecutionWorld, Setting};
use crate::kernel::calendar::Date;
use crate::kernel::capitals::in_capitals;
use crate::kernel::ids::{CaseId, DepartmentId, LineId, PackageRowId};
use crate::kernel::money::Money;
use crate::kernel::people::Office;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// One document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CasePaper {
    /// Stays the same whatever the title says.
    pub key: String,
    pub title: String,
    /// 制发机关.
    pub organ: Office,
    /// 文号 or 编号.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// 主送; a form that stays in the file has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    pub on: Date,
    pub parts: Vec<PaperPart>,
    /// 办理签署: the commands since the case was begun or begun anew.
    #[serde(default)]
    pub signed: Vec<PaperSignature>,
}

/// What a document is made of, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperPart {
    Paragraph(String),
    /// Labels with what stands under them.
    Facts(Vec<(String, String)>),
    Table(PaperTable),
}

/// A table; amounts are printed in 元.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperTable {
    pub heading: String,
    pub columns: Vec<PaperColumn>,
    pub rows: Vec<Vec<String>>,
    /// Whether the last row is the sums.
    pub has_total: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperColumn {
    pub label: String,
    pub is_number: bool,
}

/// Who gave a command, and what they wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperSignature {
    pub act: String,
    pub name: String,
    pub role: String,
    pub on: Date,
    #[serde(default)]
    pub text: String,
}

impl CasePaper {
    pub fn new(key: &str, title: impl Into<String>, organ: Office, on: Date) -> CasePaper {
        CasePaper {
            key: key.to_string(),
            title: title.into(),
            organ,
            number: None,
            to: None,
            on,
            parts: Vec::new(),
            signed: Vec::new(),
        }
    }

    pub fn numbered(self, number: &str) -> CasePaper {
        CasePaper { number: Some(number.to_string()).filter(|number| !number.is_empty()), ..self }
    }

    pub fn sent_to(self, to: impl Into<String>) -> CasePaper {
        CasePaper { to: Some(to.into()), ..self }
    }

    pub fn paragraph(mut self, text: impl Into<String>) -> CasePaper {
        self.parts.push(PaperPart::Paragraph(text.into()));
        self
    }

    /// Labels with values; what is empty is left out.
    pub fn facts(mut self, facts: Vec<(&str, String)>) -> CasePaper {
        let filled = facts.into_iter().filter(|(_, value)| !value.is_empty());
        self.parts.push(PaperPart::Facts(filled.map(|(label, value)| (label.to_string(), value)).collect()));
        self
    }

    pub fn table(mut self, table: PaperTable) -> CasePaper {
        self.parts.push(PaperPart::Table(table));
        self
    }
}

impl PaperTable {
    /// A table of these columns; a label that begins with `#` is of numbers.
    pub fn new(heading: &str, labels: &[&str], rows: Vec<Vec<String>>) -> PaperTable {
        let column = |label: &&str| PaperColumn {
            label: label.trim_start_matches('#').to_string(),
            is_number: label.starts_with('#'),
        };
        let columns = labels.iter().map(column).collect();
        PaperTable { heading: heading.to_string(), columns, rows, has_total: false }
    }

    /// The same with a row of sums below.
    pub fn with_total(mut self, total: Vec<String>) -> PaperTable {
        self.rows.push(total);
        PaperTable { has_total: true, ..self }
    }
}

/// `1,234.50 元（大写：壹仟贰佰叁拾肆元伍角整）`.
pub fn in_words(amount: Money) -> String {
    format!("{amount} 元（大写：{}）", in_capitals(amount))
}

/// A quantity without trailing zeros.
pub fn plain(quantity: Decimal) -> String {
    quantity.normalize().to_string()
}

impl ExecutionWorld {
    /// Name of a department, or its id where it is not known any more.
    pub fn department_name(&self, id: &DepartmentId) -> String {
        let Setting { departments, ended, .. } = &self.setting;
        departments.get(id).or_else(|| ended.get(id)).cloned().unwrap_or_else(|| id.to_string())
    }

    /// Name of a provider, or its id.
    pub fn provider_label(&self, id: &CaseId) -> String {
        self.provider(id).map_or_else(|| id.to_string(), |provider| provider.form.name.clone())
    }

    /// Department and name of a line.
    pub fn line_labels(&self, id: &LineId) -> [String; 2] {
        match self.line(id) {
            Some(line) => [self.department_name(&line.department), line.name.clone()],
            None => [String::new(), id.to_string()],
        }
    }

    /// Name of the line a row serves.
    pub fn row_label(&self, row: &PackageRowId) -> String {
        self.rows.get(row).map_or_else(|| row.to_string(), |line| self.line_labels(line)[1].clone())
    }
}

#[cfg(test)]
mod tests;
