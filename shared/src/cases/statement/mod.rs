//! 对账单: a bank or treasury statement as a workbook or csv brings it (money.md § 5.7): which column holds what, its rows as
//! they are matched, and every cell that cannot be read by its address.

use crate::exchange::import::header::{Proposal, propose_at};
use crate::exchange::import::normal::{CellKind, fold};
use crate::exchange::import::reading::{ImportReading, ReadRow, read as read_rows};
use crate::exchange::import::target::{ImportColumn, ImportTable};
use crate::exchange::import::workbook::{Workbook, address};
use crate::kernel::calendar::Date;
use crate::kernel::money::Money;
use crate::ledger::reconcile::{CashDirection, StatementRow};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Most rows of one statement.
pub const MOST_ROWS: usize = 20_000;

/// Rows searched for the headings.
const SEARCHED_ROWS: u32 = 50;

/// Columns: field, heading, whether every row has it, other headings.
const COLUMNS: [(&str, &str, bool, &str); 7] = [
    ("date", "日期", true, "交易日期 记账日期 入账日期 发生日期 业务日期"),
    ("direction", "收付", true, "收付标志 借贷 借贷标志 收支 方向"),
    ("amount", "金额", true, "交易金额 发生额 金额元"),
    ("voucher", "凭证号", false, "凭证号码 凭证编号 支付凭证号 票据号"),
    ("account", "对方账号", false, "对方账户 收付款账号 对手账号"),
    ("holder", "对方户名", false, "对方名称 对方单位 收付款人 对手户名"),
    ("summary", "摘要", false, "用途 附言 备注"),
];

/// A row of a statement as it is stored; texts that are not there are empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementLine {
    pub date: Date,
    pub direction: CashDirection,
    pub amount: Money,
    pub voucher: String,
    pub account: String,
    pub holder: String,
    pub summary: String,
}

/// A column of the sheet with what it is read as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementColumn {
    pub column: u32,
    pub heading: String,
    pub field: Option<String>,
}

/// A cell that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementFault {
    /// `明细!C7`.
    pub address: String,
    /// What stands in it.
    pub value: String,
    pub says: String,
}

/// What a file says; nothing is stored of one that has faults.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementReading {
    pub columns: Vec<StatementColumn>,
    pub lines: Vec<StatementLine>,
    pub faults: Vec<StatementFault>,
}

impl StatementLine {
    /// As it is matched.
    pub fn row(&self) -> StatementRow {
        let stated = |text: &str| (!text.is_empty()).then(|| text.to_string());
        StatementRow {
            date: self.date,
            direction: self.direction,
            amount: self.amount,
            voucher: stated(&self.voucher),
            account: stated(&self.account),
        }
    }
}

/// Fields of a statement with their labels, as the mapping offers them.
pub fn fields() -> impl Iterator<Item = (&'static str, &'static str)> {
    COLUMNS.into_iter().map(|(field, label, ..)| (field, label))
}

fn target() -> ImportTable {
    let columns = COLUMNS.into_iter().map(|(field, label, required, _)| ImportColumn {
        field: field.to_string(),
        label: label.to_string(),
        kind: match field {
            "date" => CellKind::Date,
            "amount" => CellKind::Money,
            _ => CellKind::Text,
        },
        required,
    });
    ImportTable { table: "statement".to_string(), columns: columns.collect() }
}

/// 收付 as banks and the treasury write it; theirs is the other side of the account: 贷 came in.
fn direction(text: &str) -> Option<CashDirection> {
    match fold(text).as_str() {
        "收" | "收入" | "收款" | "来账" | "贷" | "贷方" | "in" => Some(CashDirection::In),
        "付" | "支" | "付款" | "支出" | "付出" | "往账" | "借" | "借方" | "out" => {
            Some(CashDirection::Out)
        }
        _ => None,
    }
}

/// Reads the statement in a workbook. `chosen` are the columns a person mapped, by number; the others are as proposed.
pub fn read(workbook: &Workbook, chosen: &BTreeMap<u32, Option<String>>) -> StatementReading {
    let target = target();
    let found = header(workbook).and_then(|(sheet, row)| propose_at(workbook, sheet, row, &target));
    let Some(mut proposal) = found else {
        let name = workbook.sheets.first().map(|sheet| sheet.name.clone()).unwrap_or_default();
        let says = "找不到表头：应有“日期、收付、金额、凭证号、对方账号、对方户名、摘要”各列";
        let fault = StatementFault { address: format!("{name}!A1"), value: String::new(), says: says.into() };
        return StatementReading { faults: vec![fault], ..StatementReading::default() };
    };
    complete(&mut proposal);
    for (column, field) in chosen {
        proposal.assign(*column, field.as_deref());
    }
    let sheet = workbook.sheets.get(proposal.sheet).map(|sheet| sheet.name.as_str()).unwrap_or_default();
    let columns: Vec<StatementColumn> = proposal
        .mapping
        .iter()
        .map(|of| StatementColumn { column: of.column, heading: of.header.clone(), field: of.field.clone() })
        .collect();
    let mut faults: Vec<StatementFault> = missing_columns(&proposal, &target, sheet);
    if !faults.is_empty() {
        return StatementReading { columns, lines: Vec::new(), faults };
    }
    let reading = read_rows(workbook, &proposal, &target, &[]);
    faults.extend(unreadable(&reading));
    let rows = Rows { proposal: &proposal, sheet, faults };
    let (lines, mut faults) = rows.read(&reading);
    if lines.len() > MOST_ROWS {
        let says = format!("一份对账单最多 {MOST_ROWS} 行，请按月拆分");
        faults.push(StatementFault { address: format!("{sheet}!A1"), value: String::new(), says });
    }
    StatementReading { columns, lines, faults }
}

/// A heading for comparing.
fn bare(text: &str) -> String {
    fold(text).chars().filter(|c| !matches!(c, '(' | ')' | ':' | '*') && !c.is_whitespace()).collect()
}

/// The field a heading names.
fn field_of(heading: &str) -> Option<&'static str> {
    let heading = bare(heading);
    let named = |(_, label, _, others): &(&str, &str, bool, &str)| {
        std::iter::once(*label).chain(others.split(' ')).any(|name| bare(name) == heading)
    };
    COLUMNS.iter().find(|column| named(column)).map(|(field, ..)| *field)
}

/// Sheet and row that name most fields, at least two.
fn header(workbook: &Workbook) -> Option<(usize, u32)> {
    let mut named: BTreeMap<(usize, u32), BTreeSet<&str>> = BTreeMap::new();
    for (sheet, of) in workbook.sheets.iter().enumerate() {
        for cell in of.cells.iter().filter(|cell| cell.row < SEARCHED_ROWS) {
            let field = field_of(&cell.text);
            named.entry((sheet, cell.row)).or_default().extend(field);
        }
    }
    let likely = named.into_iter().filter(|(_, fields)| fields.len() >= 2);
    // Of equals the first.
    likely.rev().max_by_key(|(_, fields)| fields.len()).map(|(place, _)| place)
}

/// Maps the headings that only statements have.
fn complete(proposal: &mut Proposal) {
    let named: Vec<(u32, &str)> = proposal
        .mapping
        .iter()
        .filter(|of| of.field.is_none() && !of.hidden)
        .filter_map(|of| Some((of.column, field_of(&of.header)?)))
        .collect();
    for (column, field) in named {
        let is_free = !proposal.mapping.iter().any(|of| of.field.as_deref() == Some(field));
        if is_free {
            proposal.assign(column, Some(field));
        }
    }
}

fn missing_columns(proposal: &Proposal, target: &ImportTable, sheet: &str) -> Vec<StatementFault> {
    let missing = proposal.missing(target).into_iter().map(|column| StatementFault {
        address: format!("{sheet}!{}", address(proposal.header_row, 0)),
        value: String::new(),
        says: format!("没有“{}”一列，请指定哪一列是它", column.label),
    });
    missing.collect()
}

/// What the reader of workbooks could not read, or could read in two ways.
fn unreadable(reading: &ImportReading) -> impl Iterator<Item = StatementFault> {
    let refused = reading.refused.iter().map(|cell| StatementFault {
        address: cell.address.clone(),
        value: cell.value.clone(),
        says: cell.reason.to_string(),
    });
    let doubts = reading.unanswered().map(|doubt| StatementFault {
        address: doubt.address.clone(),
        value: doubt.value.clone(),
        says: format!("{}，请在文件中写明后重新导入", doubt.question),
    });
    refused.chain(doubts).collect::<Vec<_>>().into_iter()
}

/// The rows of a statement as they are taken from what was read.
struct Rows<'a> {
    proposal: &'a Proposal,
    sheet: &'a str,
    faults: Vec<StatementFault>,
}

impl Rows<'_> {
    fn read(mut self, reading: &ImportReading) -> (Vec<StatementLine>, Vec<StatementFault>) {
        let lines = reading.rows.iter().filter_map(|row| self.line(row)).collect();
        (lines, self.faults)
    }

    /// Where a field of a row stands, also where the cell is empty.
    fn place(&self, row: &ReadRow, field: &str) -> String {
        row.places.get(field).cloned().unwrap_or_else(|| {
            let of_field = self.proposal.mapping.iter().find(|of| of.field.as_deref() == Some(field));
            let column = of_field.map_or(0, |of| of.column);
            format!("{}!{}", self.sheet, address(row.row, column))
        })
    }

    /// The value of a cell; a fault where it is none, unless the cell is refused already.
    fn value<T>(
        &mut self,
        row: &ReadRow,
        field: &str,
        says: &str,
        value: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = row.cells.get(field).map(String::as_str).unwrap_or_default();
        let found = value(text);
        let address = self.place(row, field);
        if found.is_none() && !self.faults.iter().any(|fault| fault.address == address) {
            self.faults.push(StatementFault { address, value: text.to_string(), says: says.to_string() });
        }
        found
    }

    fn line(&mut self, row: &ReadRow) -> Option<StatementLine> {
        let text = |field: &str| row.cells.get(field).map(|text| text.trim().to_string()).unwrap_or_default();
        let positive = |text: &str| {
            let yuan = text.parse().ok()?;
            Money::from_yuan(yuan).filter(|amount| amount.is_positive() && *amount <= Money::LARGEST_FIELD)
        };
        let date = self.value(row, "date", "没有日期，应如 2024-01-31", Date::parse);
        let way = self.value(row, "direction", "应为“收”或“付”（借为付，贷为收）", direction);
        let amount = self.value(row, "amount", "应为大于 0 的金额，最多两位小数", positive);
        Some(StatementLine {
            date: date?,
            direction: way?,
            amount: amount?,
            voucher: text("voucher"),
            account: text("account"),
            holder: text("holder"),
            summary: text("summary"),
        })
    }
}

#[cfg(test)]
mod tests;
