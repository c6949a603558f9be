//! 公开表格核对: recomputes a self-evaluation or target table a government published, and explains each difference.
//! It reads and judges values; files and pages are opened elsewhere.

mod cell;
mod explain;
mod funds;
mod grid;
mod reading;
mod report;
mod rows;
mod sentences;
mod sources;
mod spaced;
mod sums;
mod table;

pub use explain::{ExplainedFigure, ExplainedFinding, ExplainedRow, ExplainedTable, explain};
pub use grid::{grid_of_text, looks_like_a_table, read_tables};
pub use report::TableReport;
pub use table::{PublishedTable, UnreadPart};

use crate::policy::scoring::ScoringParameters;
use reading::RowReading;
use report::{ComputedTable, TableFinding, two_decimals};
use sums::{ExecutionReading, TableSums};

/// Recomputes a table and names each difference.
pub fn check(table: &PublishedTable, parameters: &ScoringParameters) -> TableReport {
    let rows = RowReading::all(table);
    let execution = ExecutionReading::read(table);
    let sums = TableSums::of(table, &rows, &execution);
    let mut findings = sums::findings(table, &rows, &execution, sums);
    findings.extend(funds::findings(table, &execution));
    findings.extend(sources::findings(table, &execution));
    findings.extend(rows::findings(table, &rows, &execution, parameters));
    findings.extend(funds::item_findings(table, &execution));
    let key = |finding: &TableFinding| {
        (finding.part, finding.row, finding.code, finding.field.clone(), finding.about.clone())
    };
    findings.sort_by_key(key);
    TableReport {
        id: table.id.clone(),
        doc_type: table.doc_type.clone(),
        complete: table.complete,
        ocr: table.ocr,
        computed: ComputedTable {
            rate: execution.rate.map(two_decimals),
            execution_score: execution.expected.map(two_decimals),
            weight_sum: sums.weights.map(two_decimals),
            score_sum: sums.scores.map(two_decimals),
            total_by_rule: sums.by_rule.map(two_decimals),
            grade_by_rule: sums.by_rule.and_then(sums::grade_of),
            rows: rows.iter().map(RowReading::computed).collect(),
        },
        findings,
        unread: table.unread.clone(),
        further: Vec::new(),
        skipped: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
