//! 公开表格核对: recomputes a self-evaluation or target table a government published, and explains each difference.
//! It reads and judges values; files and pages are opened elsewhere.

mod cell;
mod funds;
mod grid;
mod reading;
mod report;
mod rows;
mod sums;
mod table;

pub use grid::grid_of_text;
pub use report::TableReport;

use crate::policy::scoring::ScoringParameters;
use reading::RowReading;
use report::{ComputedTable, TableFinding, two_decimals};
use sums::{ExecutionReading, TableSums};
use table::PublishedTable;

/// Checks a table in JSON.
///
/// # Errors
/// What cannot be read and where, in Chinese.
pub fn check_json(text: &str, parameters: &ScoringParameters) -> Result<TableReport, String> {
    Ok(check(&PublishedTable::from_json(text)?, parameters))
}

/// Checks a table in a grid of texts, named `id`.
///
/// # Errors
/// The grid holds no table; in Chinese, with what is looked for.
pub fn check_grid(
    id: &str,
    grid: &[Vec<String>],
    parameters: &ScoringParameters,
) -> Result<TableReport, String> {
    Ok(check(&grid::read(id, grid)?, parameters))
}

fn check(table: &PublishedTable, parameters: &ScoringParameters) -> TableReport {
    let rows = RowReading::all(table);
    let execution = ExecutionReading::read(table);
    let sums = TableSums::of(table, &rows, &execution);
    let mut findings = sums::findings(table, &rows, &execution, sums);
    findings.extend(funds::findings(table, &execution));
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
    }
}

#[cfg(test)]
mod tests;
