//! 读取账号工作簿: the cells of the two sheets into rows of text. The headings must be those of the template, so that a
//! column that somebody moved is never read as another.

use super::{AccountBook, AccountEntry, BookFault, BookSheet, DepartmentEntry, MOST_ROWS};
use crate::exchange::import::workbook::{Workbook, WorkbookCellKind, Worksheet};
use std::collections::BTreeMap;

/// The texts of a row by column, and the row's number from 1.
type Line = (u32, Vec<String>);

/// # Errors
/// Every cell that cannot be read.
pub fn read(workbook: &Workbook) -> Result<AccountBook, Vec<BookFault>> {
    let mut faults = Vec::new();
    let departments = lines(workbook, BookSheet::Departments, &mut faults);
    let accounts = lines(workbook, BookSheet::Accounts, &mut faults);
    if departments.len() + accounts.len() > MOST_ROWS {
        let message = format!("两张表合计超过 {MOST_ROWS} 行，请拆成几个文件分批导入。");
        faults.push(BookFault::new(BookSheet::Accounts.cell(1, 0), "ACT-17", message));
    }
    if departments.is_empty() && accounts.is_empty() && faults.is_empty() {
        let message = "没有可导入的行，请从第 2 行起填写。";
        faults.push(BookFault::new(BookSheet::Accounts.cell(2, 0), "ACT-17", message));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(AccountBook {
        departments: departments.into_iter().map(department).collect(),
        accounts: accounts.into_iter().map(account).collect(),
    })
}

fn department((line, texts): Line) -> DepartmentEntry {
    let mut texts = texts.into_iter();
    let mut next = || texts.next().unwrap_or_default();
    DepartmentEntry { line, id: next(), name: next(), credit_code: next(), position: next() }
}

fn account((line, texts): Line) -> AccountEntry {
    let mut texts = texts.into_iter();
    let mut next = || texts.next().unwrap_or_default();
    AccountEntry {
        line,
        account: next(),
        name: next(),
        person: next(),
        role: next(),
        department: next(),
        mail: next(),
        phone: next(),
    }
}

/// The rows of a sheet below its headings; empty rows between them count for nothing.
fn lines(workbook: &Workbook, sheet: BookSheet, faults: &mut Vec<BookFault>) -> Vec<Line> {
    let Some(found) = workbook.sheets.iter().find(|found| found.name.trim() == sheet.label()) else {
        let message = format!("没有名为“{}”的工作表，请下载模板填写。", sheet.label());
        faults.push(BookFault::new(sheet.cell(1, 0), "ACT-17", message));
        return Vec::new();
    };
    let before = faults.len();
    require_headings(found, sheet, faults);
    if faults.len() > before {
        return Vec::new();
    }
    let width = sheet.columns().len();
    let mut rows: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for cell in found.cells.iter().filter(|cell| cell.row > 0) {
        let line = cell.row.saturating_add(1);
        let text = cell.text.trim();
        match (usize::try_from(cell.column), cell.kind) {
            (Ok(column), WorkbookCellKind::Text | WorkbookCellKind::Number) if column < width => {
                let texts = rows.entry(line).or_insert_with(|| vec![String::new(); width]);
                if let Some(place) = texts.get_mut(column) {
                    *place = text.to_string();
                }
            }
            (Ok(column), _) if column < width => {
                let message = "这一格不是文字也不是数字，请改为文本格式后重新填写。";
                faults.push(BookFault::new(sheet.cell(line, cell.column), "ACT-17", message));
            }
            _ if text.is_empty() => {}
            _ => {
                let message = "模板没有这一列，请删去。";
                faults.push(BookFault::new(sheet.cell(line, cell.column), "ACT-17", message));
            }
        }
    }
    rows.into_iter().filter(|(_, texts)| texts.iter().any(|text| !text.is_empty())).collect()
}

fn require_headings(found: &Worksheet, sheet: BookSheet, faults: &mut Vec<BookFault>) {
    for (at, column) in (0_u32..).zip(sheet.columns()) {
        let cell = found.cells.iter().find(|cell| cell.row == 0 && cell.column == at);
        let text = cell.map(|cell| cell.text.trim().trim_end_matches(['*', '＊'])).unwrap_or_default();
        if text.trim() != column.label {
            let message = format!("第 1 行这一格应为“{}”，请使用下载的模板，不调整列的次序。", column.label);
            faults.push(BookFault::new(sheet.cell(1, at), "ACT-17", message));
        }
    }
}
