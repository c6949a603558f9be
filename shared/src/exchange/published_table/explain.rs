//! 说明: a checked table as a page shows it: every indicator with how its score is computed, every finding as a sentence that says
//! what to do. The codes and figures are the report's.

use super::reading::{RowComparison, RowReading};
use super::report::{TableFinding, TablePart, TableReport, TableSeverity, two_decimals};
use super::sentences::{field_label, sentence};
use super::sums::ExecutionReading;
use super::table::{PublishedTable, UnreadPart};
use crate::kernel::money::shortest;
use serde::{Deserialize, Serialize};

/// A published table, recomputed and explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedTable {
    pub name: String,
    /// 绩效自评表, 绩效目标表 or 预算明细.
    pub kind: String,
    /// The table has all its rows; sums are judged only then.
    pub complete: bool,
    /// Read from a picture: any finding may be a reading error.
    pub ocr: bool,
    pub figures: Vec<ExplainedFigure>,
    pub rows: Vec<ExplainedRow>,
    pub findings: Vec<ExplainedFinding>,
    /// What was not understood and so not judged.
    #[serde(default)]
    pub unread: Vec<UnreadPart>,
    /// The further tables of the same file.
    #[serde(default)]
    pub further: Vec<ExplainedTable>,
    /// Sheets of the same file that hold no table.
    #[serde(default)]
    pub skipped: Vec<UnreadPart>,
}

/// A recomputed figure of the whole table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedFigure {
    pub key: String,
    pub label: String,
    /// `None` where a figure it needs is missing.
    pub value: Option<String>,
    pub how: String,
}

/// An indicator as printed, with what its score is by rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedRow {
    /// Counted from 0, as findings name it.
    pub row: usize,
    pub level: String,
    pub name: String,
    pub target: String,
    pub actual: String,
    pub weight: String,
    pub score: String,
    pub met: Option<bool>,
    pub expected: Option<String>,
    pub how: String,
}

/// A finding in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedFinding {
    pub code: String,
    /// `error`, `warning` or `info`.
    pub severity: String,
    /// The indicator it is at, where it is at one.
    pub row: Option<usize>,
    pub place: String,
    pub printed: Option<String>,
    pub expected: Option<String>,
    pub sentence: String,
}

/// Explains the report of a table.
pub fn explain(table: &PublishedTable, report: &TableReport) -> ExplainedTable {
    let rows = RowReading::all(table);
    let kind = match table.doc_type.as_str() {
        "self_evaluation_table" => "绩效自评表",
        "target_table" => "绩效目标表",
        _ => "预算明细",
    };
    ExplainedTable {
        name: table.id.clone(),
        kind: kind.to_string(),
        complete: report.complete,
        ocr: report.ocr,
        figures: figures(report, &ExecutionReading::read(table)),
        rows: rows.iter().map(explained_row).collect(),
        findings: report.findings.iter().map(|finding| explained_finding(table, finding)).collect(),
        unread: report.unread.clone(),
        further: Vec::new(),
        skipped: report.skipped.clone(),
    }
}

fn figures(report: &TableReport, execution: &ExecutionReading) -> Vec<ExplainedFigure> {
    let computed = &report.computed;
    let figure = |key: &str, label: &str, value: &Option<String>, how: String| ExplainedFigure {
        key: key.to_string(),
        label: label.to_string(),
        value: value.clone(),
        how,
    };
    let (rate, score) = match (execution.budget, execution.executed) {
        (Some(budget), Some(executed)) => {
            let (a, b) = (shortest(budget), shortest(executed));
            let weight = execution.weight.map_or_else(|| "分值".to_string(), shortest);
            (format!("{b} × 100 ÷ {a}"), format!("{weight} × min({a}, {b}) ÷ {a}"))
        }
        _ => ("需要资金总额的预算数和执行数".to_string(), "需要资金总额的预算数和执行数".to_string()),
    };
    let grade = computed.grade_by_rule.map(str::to_string);
    vec![
        figure("rate", "预算执行率（%）", &computed.rate, rate),
        figure("execution_score", "执行率得分", &computed.execution_score, score),
        figure("weight_sum", "分值合计", &computed.weight_sum, "各行分值与执行率分值之和".into()),
        figure("score_sum", "得分合计", &computed.score_sum, "各行所印得分与执行率所印得分之和".into()),
        figure(
            "total_by_rule",
            "按规则总分",
            &computed.total_by_rule,
            "能计算的行按比例计分，其余取所印得分".into(),
        ),
        figure("grade_by_rule", "按规则等次", &grade, "90 分及以上优，80 良，60 中，以下差".into()),
    ]
}

fn explained_row(row: &RowReading<'_>) -> ExplainedRow {
    let text = |cell: &Option<String>| cell.as_deref().map(str::trim).unwrap_or_default().to_string();
    let level = match (row.l1.as_str(), row.l2.as_str()) {
        (l1, "") => l1.to_string(),
        (l1, l2) => format!("{l1} · {l2}"),
    };
    ExplainedRow {
        row: row.index,
        level,
        name: row.name.to_string(),
        target: text(&row.printed.target),
        actual: text(&row.printed.actual),
        weight: text(&row.printed.weight),
        score: text(&row.printed.score),
        met: row.met,
        expected: row.expected.map(two_decimals),
        how: how_scored(row),
    }
}

/// How the score of a row follows from its numbers, or why it does not.
fn how_scored(row: &RowReading<'_>) -> String {
    let Some(numbers) = row.compared else { return why_not_judged(row).to_string() };
    let (target, actual) = (shortest(numbers.target), shortest(numbers.actual));
    let comparison = match numbers.comparison {
        RowComparison::By(comparison) => comparison,
        RowComparison::EqualOnly if row.met.is_none() => {
            return "成本、控制率一类的指标没有写明方向，完成值与指标值不等时不判定".to_string();
        }
        RowComparison::EqualOnly => return format!("完成 {actual} = 指标 {target}，达标，得满分"),
    };
    let sign = comparison.as_str();
    if row.met == Some(true) {
        return format!("要求 {sign} {target}，完成 {actual}，达标，得满分");
    }
    let Some((weight, expected)) = row.weight.zip(row.expected) else {
        return format!("要求 {sign} {target}，完成 {actual}，未达标；没有分值，不计分");
    };
    let (weight, expected) = (shortest(weight), two_decimals(expected));
    let share = match comparison.is_reverse() {
        true => format!("(2 × {target} − {actual}) ÷ {target}"),
        false => format!("{actual} ÷ {target}"),
    };
    format!(
        "要求 {sign} {target}，完成 {actual}，未达标：{weight} × {share}，按比例得 {expected}（不低于 0）"
    )
}

fn why_not_judged(row: &RowReading<'_>) -> &'static str {
    if row.is_by_words {
        return match row.met {
            Some(true) => "指标值与完成值文字相同，达标",
            _ => "文字指标，由人判定",
        };
    }
    if row.opposes_direction {
        return "指标值的符号与名称的方向相反，不计算";
    }
    if row.target_over_percent || row.actual_over_percent {
        return "比率超过 100%，不计算";
    }
    match (&row.target, &row.actual) {
        (_, Some(actual)) if actual.is_inequality() => "完成值写成了范围，不计算",
        (Some(_), Some(_)) => "两个数的单位不能比较，不计算",
        _ => "指标值和完成值不都是数，不计算",
    }
}

fn explained_finding(table: &PublishedTable, finding: &TableFinding) -> ExplainedFinding {
    let severity = match finding.severity {
        TableSeverity::Error => "error",
        TableSeverity::Warning => "warning",
        TableSeverity::Info => "info",
    };
    ExplainedFinding {
        code: finding.code.to_string(),
        severity: severity.to_string(),
        row: finding.row.filter(|_| finding.part == TablePart::Indicators),
        place: place(table, finding),
        printed: finding.printed.clone(),
        expected: finding.expected.clone(),
        sentence: sentence(finding),
    }
}

/// Where a finding is, as a person looks for it.
fn place(table: &PublishedTable, finding: &TableFinding) -> String {
    let label = field_label(&finding.field);
    let name_of = |text: Option<&String>| text.map(|text| text.trim().to_string()).unwrap_or_default();
    let (part, name) = match (finding.part, finding.row) {
        (TablePart::Document, _) => return label.to_string(),
        (TablePart::Funds, Some(row)) => {
            let line = table.funds.get(row).map(|line| match line.line.as_str() {
                "total" => "资金总额".to_string(),
                line => line.to_string(),
            });
            ("资金", line.unwrap_or_default())
        }
        (TablePart::Indicators, Some(row)) => {
            let name = name_of(table.indicators.get(row).and_then(|row| row.l3.as_ref()));
            return format!("指标第 {} 行“{name}” {label}", row + 1);
        }
        (TablePart::Items, Some(row)) => {
            ("明细", name_of(table.items.get(row).and_then(|row| row.name.as_ref())))
        }
        (TablePart::Funds, None) => return format!("资金 {label}"),
        (TablePart::Indicators, None) => return format!("指标 {label}"),
        (TablePart::Items, None) => return format!("明细 {label}"),
    };
    format!("{part}“{name}” {label}")
}
