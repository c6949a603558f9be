//! 演示内容: 省水利厅's request as it stands, and for the other departments one made from it that is ready to
//! submit: complete, balanced, every warning justified.

use super::people::{DEPARTMENTS, Progress, Sample};
use crate::kernel::failure::Failure;
use rust_decimal::Decimal;
use shared::engine::document::{Document, RANK_STEP, Row};
use shared::engine::findings::{JUSTIFICATION, JUSTIFICATIONS, JUSTIFIED_FINDING, justification_row};
use shared::engine::op::{CellAt, Change, HEADER_ROW, Op};
use shared::forms::{budget_request, case, performance_targets};
use shared::kernel::calendar::{Date, FiscalYear};
use shared::kernel::finding::{Place, Severity};
use shared::kernel::ids::{OpId, RowId};
use shared::policy::editions::Edition;
use std::collections::BTreeMap;

/// 省水利厅's request as the department filled it.
const WATER: &str = include_str!("../../../../tests/cases/water-2024/request.json");

/// The fiscal year the worked content was filled in for.
pub const WORKED: FiscalYear = FiscalYear(2024);

/// 测算依据 of a line that needs one.
const BASIS: &str = "按上年度合同结算价和三家供应商报价综合测算。";

/// What the department's filler typed.
pub struct FilledContent {
    /// One operation for the content, one for the written justifications.
    pub ops: Vec<Op>,
    /// Whether it may be submitted under the edition of its year, whose numbers are not those it was made for.
    pub is_complete: bool,
}

/// The content of a department's request for a year.
pub fn operations(sample: &Sample, edition: &Edition, year: FiscalYear) -> Result<FilledContent, Failure> {
    let mut document = read()?;
    move_to(&mut document, year);
    if sample.progress > Progress::Filling {
        adapt(&mut document, sample);
        put_right(&mut document, edition)?;
        balance(&mut document, sample, edition)?;
    }
    let content = Op { id: OpId::new(format!("demo-{}-{}", sample.id, year.0)), changes: typed(&document) };
    let mut ops = vec![content];
    if sample.progress > Progress::Filling {
        let changes = justified(&document, edition)?;
        if !changes.is_empty() {
            ops.push(Op { id: OpId::new(format!("demo-{}-{}-reasons", sample.id, year.0)), changes });
        }
    }
    let session = case::open_under(&document, edition).map_err(anyhow::Error::from)?;
    let is_complete = session.findings().iter().all(|finding| finding.severity != Severity::Error);
    Ok(FilledContent { ops, is_complete })
}

/// Moves every day by as many years as the year lies after the worked one.
fn move_to(document: &mut Document, year: FiscalYear) {
    let years = year.0 - WORKED.0;
    document.fiscal_year = year;
    for text in document.tables.values_mut().flatten().flat_map(|row| row.cells.values_mut()) {
        let Some(day) = Date::parse(text) else { continue };
        let moved = Date::new(day.year() + years, day.month(), day.day());
        *text = moved.unwrap_or(FiscalYear(day.year() + years).last_day()).to_string();
    }
}

/// Where the department stands in the list: each differs by it.
fn place(sample: &Sample) -> usize {
    DEPARTMENTS.iter().position(|listed| listed.id == sample.id).unwrap_or_default()
}

fn read() -> Result<Document, Failure> {
    let value = serde_json::from_str(WATER)?;
    Ok(case::read_case(&value).map_err(anyhow::Error::from)?)
}

/// Another department's names, and a part of the hardware so that each total is its own.
fn adapt(document: &mut Document, sample: &Sample) {
    let (every, left_out) = match place(sample) {
        place @ 0..8 => (8, place + 1),
        place => (place - 6, 0),
    };
    if let Some(hardware) = document.tables.get_mut("hardware") {
        let mut n = 0;
        hardware.retain(|_| {
            n += 1;
            n % every != left_out
        });
    }
    for row in document.tables.get_mut("systems").into_iter().flatten() {
        if let Some(code) = row.cells.get_mut("code") {
            *code = code.replace('水', sample.mark);
        }
    }
    let name = format!("{}信息系统运行维护", sample.name);
    type_into(document, budget_request::FORM, "credit_code", sample.credit_code);
    type_into(document, budget_request::FORM, "contact", sample.people[0]);
    type_into(document, performance_targets::FORM, "project_name", &name);
    type_into(document, performance_targets::FORM, "leader", sample.people[1]);
}

/// 换版: what another edition than the worked one asks for: no rate above its cap, a written basis from its threshold on,
/// its weights of the targets.
fn put_right(document: &mut Document, edition: &Edition) -> Result<(), Failure> {
    let session = case::open_under(document, edition).map_err(anyhow::Error::from)?;
    for finding in session.findings() {
        let Place { table: Some(table), row: Some(row), .. } = finding.place else { continue };
        let rows = document.tables.get_mut(&table).into_iter().flatten();
        let Some(line) = rows.into_iter().find(|line| line.id.as_str() == row) else { continue };
        if matches!(finding.rule.as_str(), "B-05" | "B-10") {
            let cap = line.cells.get("kind").and_then(|kind| edition.parameters.rate_cap.get(kind)?.as_ref());
            if let Some(cap) = cap.filter(|_| finding.rule == "B-05") {
                line.cells.insert("rate".to_string(), cap.to_string());
            }
            line.cells.insert("basis".to_string(), BASIS.to_string());
        }
    }
    weigh(document, edition);
    Ok(())
}

/// The first target of each part takes what its part lacks or has too much.
fn weigh(document: &mut Document, edition: &Edition) {
    let targets = document.tables.entry(performance_targets::INDICATORS.to_string()).or_default();
    let weight = |line: &Row| line.cells.get("weight").and_then(|text| text.parse::<Decimal>().ok());
    for (part, share) in &edition.parameters.share_with_cost {
        let mut of_part: Vec<&mut Row> =
            targets.iter_mut().filter(|line| line.cells.get("level1") == Some(part)).collect();
        let sum: Decimal = of_part.iter().filter_map(|line| weight(line)).sum();
        if let Some(first) = of_part.first_mut() {
            let own = weight(first).unwrap_or_default();
            first.cells.insert("weight".to_string(), (own + share - sum).normalize().to_string());
        }
    }
}

/// 平衡: the targets' funds are the request's total, and last year's settlement lies near it.
fn balance(document: &mut Document, sample: &Sample, edition: &Edition) -> Result<(), Failure> {
    let session = case::open_under(document, edition).map_err(anyhow::Error::from)?;
    let total =
        session.header(budget_request::FORM, "total").map(|cell| session.text(cell)).unwrap_or_default();
    let whole: i64 = total.split('.').next().unwrap_or("0").parse().unwrap_or(0);
    let (now, last) = match place(sample) {
        8 => (50, 49),
        9 => (40, 41),
        10 => (100, 94),
        11 => (30, 28),
        _ => (21, 20),
    };
    type_into(document, performance_targets::FORM, "fiscal", &total);
    type_into(document, budget_request::FORM, "last_year_settled", &format!("{}.00", whole / now * last));
    Ok(())
}

fn type_into(document: &mut Document, form: &str, field: &str, text: &str) {
    for header in document.tables.get_mut(form).into_iter().flatten() {
        header.cells.insert(field.to_string(), text.to_string());
    }
}

/// The changes that type a document into an empty one.
fn typed(document: &Document) -> Vec<Change> {
    let mut changes = Vec::new();
    for (table, rows) in &document.tables {
        for row in rows {
            if row.id.as_str() == HEADER_ROW {
                changes.extend(row.cells.iter().map(|(field, text)| Change::Set {
                    at: CellAt {
                        table: table.as_str().into(),
                        row: row.id.clone(),
                        field: field.as_str().into(),
                    },
                    from: None,
                    to: Some(text.as_str().into()),
                }));
            } else {
                let (table, row) = (table.clone(), row.clone());
                changes.push(Change::InsertRow { table, row: row.id, rank: row.rank, cells: row.cells });
            }
        }
    }
    changes
}

fn justified(document: &Document, edition: &Edition) -> Result<Vec<Change>, Failure> {
    let session = case::open_under(document, edition).map_err(anyhow::Error::from)?;
    let reason = |rule: &str| match rule {
        "B-04" => "设备全年在保，列入清单仅供核对，不申请费用。",
        "B-07" => "等级测评已于本年度完成，下一周期再行申报。",
        _ => "已核对，情况属实，按实际需要申报。",
    };
    let row = |(n, finding): (usize, shared::kernel::finding::Finding)| {
        let cells = BTreeMap::from([
            (JUSTIFIED_FINDING.to_string(), finding.key()),
            (JUSTIFICATION.to_string(), reason(&finding.rule).to_string()),
        ]);
        let row: RowId = justification_row(&finding);
        let rank = RANK_STEP.saturating_mul(n as i64 + 1);
        Change::InsertRow { table: JUSTIFICATIONS.to_string(), row, rank, cells }
    };
    Ok(session.unjustified().into_iter().enumerate().map(row).collect())
}
