//! What the checker answers: recomputed figures, and one finding per difference.

use super::table::UnreadPart;
use crate::kernel::money::shortest;
use rust_decimal::Decimal;
use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TableSeverity {
    Error,
    Warning,
    Info,
}

/// The parts of a table, in the order findings are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TablePart {
    Document,
    Funds,
    Indicators,
    Items,
}

/// One difference and where it stands; `row` counts from 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableFinding {
    pub code: &'static str,
    pub severity: TableSeverity,
    pub part: TablePart,
    pub row: Option<usize>,
    pub field: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub printed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<&'static str>,
}

impl TableFinding {
    pub fn new(code: &'static str, part: TablePart, row: Option<usize>, field: &str) -> TableFinding {
        let severity = match code {
            "TAB-14" | "TAB-26" | "TAB-27" | "TAB-32" | "TAB-43" => TableSeverity::Info,
            "TAB-01" | "TAB-02" | "TAB-03" | "TAB-04" | "TAB-05" | "TAB-06" | "TAB-07" | "TAB-09"
            | "TAB-10" | "TAB-11" | "TAB-12" | "TAB-13" | "TAB-16" | "TAB-17" | "TAB-28" | "TAB-40" => {
                TableSeverity::Error
            }
            _ => TableSeverity::Warning,
        };
        let field = field.to_string();
        TableFinding {
            code,
            severity,
            part,
            row,
            field,
            printed: None,
            expected: None,
            about: None,
            how: None,
        }
    }

    pub fn error(mut self) -> TableFinding {
        self.severity = TableSeverity::Error;
        self
    }

    /// The cell as printed.
    pub fn cell(mut self, cell: &Option<String>) -> TableFinding {
        self.printed = cell.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_string);
        self
    }

    pub fn printed(mut self, number: Decimal) -> TableFinding {
        self.printed = Some(shortest(number));
        self
    }

    pub fn expected(mut self, number: Decimal) -> TableFinding {
        self.expected = Some(shortest(number));
        self
    }

    pub fn expected_text(mut self, text: Option<String>) -> TableFinding {
        self.expected = text;
        self
    }

    pub fn about(mut self, about: &str) -> TableFinding {
        self.about = Some(about.to_string());
        self
    }

    pub fn how(mut self, how: &'static str) -> TableFinding {
        self.how = Some(how);
        self
    }
}

/// A figure with two decimals.
pub fn two_decimals(number: Decimal) -> String {
    format!("{:.2}", crate::kernel::money::half_up(number, 2))
}

/// One recomputed indicator.
#[derive(Clone, Debug, Serialize)]
pub struct ComputedRow {
    pub row: usize,
    pub operator: Option<&'static str>,
    pub target: Option<String>,
    pub actual: Option<String>,
    pub unit: Option<String>,
    pub met: Option<bool>,
    pub expected: Option<String>,
}

/// The recomputed figures of the whole table.
#[derive(Clone, Debug, Serialize)]
pub struct ComputedTable {
    pub rate: Option<String>,
    pub execution_score: Option<String>,
    pub weight_sum: Option<String>,
    pub score_sum: Option<String>,
    pub total_by_rule: Option<String>,
    pub grade_by_rule: Option<&'static str>,
    pub rows: Vec<ComputedRow>,
}

#[derive(Clone, Debug, Serialize)]
pub struct TableReport {
    pub id: String,
    pub doc_type: String,
    pub complete: bool,
    pub ocr: bool,
    pub computed: ComputedTable,
    pub findings: Vec<TableFinding>,
    /// What was not understood and so not judged.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<UnreadPart>,
    /// The further tables of the same file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<TableReport>,
    /// Sheets of the same file that hold no table.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<UnreadPart>,
}

impl TableReport {
    /// How many parts of the file were not understood.
    pub fn unread_parts(&self) -> usize {
        self.unread.len() + self.further.iter().map(TableReport::unread_parts).sum::<usize>()
    }
}
