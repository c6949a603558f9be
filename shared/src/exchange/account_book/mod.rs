//! 账号导入工作簿: departments and accounts as rows of a workbook, what is wrong with them by the address of the cell, and
//! what they change. Nothing here stores anything.

mod plan;
mod read;
#[cfg(test)]
mod tests;

pub use plan::{BookPlan, KnownAccount, KnownDepartment, Roster, plan};
pub use read::read;

use crate::exchange::import::workbook::address;
use crate::kernel::words::words;
use serde::{Deserialize, Serialize};

/// Most rows of both sheets together.
pub const MOST_ROWS: usize = 2_000;

/// A column of a sheet as the template has it.
#[derive(Clone, Copy, Debug)]
pub struct BookColumn {
    pub label: &'static str,
    pub is_required: bool,
    /// Width in characters.
    pub width: u16,
    pub hint: &'static str,
}

const fn column(label: &'static str, is_required: bool, width: u16, hint: &'static str) -> BookColumn {
    BookColumn { label, is_required, width, hint }
}

words! {
    /// 工作表 of the workbook; the label is the name on its tab.
    BookSheet {
        Departments "departments" "部门",
        Accounts "accounts" "账号",
    }
}

impl BookSheet {
    pub fn columns(self) -> &'static [BookColumn] {
        match self {
            BookSheet::Departments => &DEPARTMENT_COLUMNS,
            BookSheet::Accounts => &ACCOUNT_COLUMNS,
        }
    }

    /// `账号!C5`, of a row that counts from 1 and a column that counts from 0.
    pub fn cell(self, line: u32, column: u32) -> String {
        format!("{}!{}", self.label(), address(line.saturating_sub(1), column))
    }
}

const DEPARTMENT_COLUMNS: [BookColumn; 4] = [
    column("编号", true, 16, "登记后不变；只用字母、数字和 . _ -，如 water"),
    column("名称", true, 32, "规范全称，如 省水利厅"),
    column("信用代码", false, 24, "18 位统一社会信用代码，可不填"),
    column("排序", false, 10, "在各处列表中的次序，正整数，可不填"),
];

const ACCOUNT_COLUMNS: [BookColumn; 7] = [
    column("账号", true, 20, "登录用；只用字母、数字和 . _ -，如 wangfang"),
    column("姓名", true, 14, "2 至 20 个字"),
    column("人员编号", true, 18, "一人一号，用于核对不相容岗位；2 至 32 个字母、数字或 . _ -"),
    column("岗位", true, 18, "从下拉列表中选择"),
    column("部门编号", false, 16, "部门岗位必填，其他岗位不填"),
    column("邮箱", false, 28, "接收提醒，可不填"),
    column("手机", false, 18, "可不填"),
];

/// The rows of an uploaded workbook as they were typed, trimmed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountBook {
    pub departments: Vec<DepartmentEntry>,
    pub accounts: Vec<AccountEntry>,
}

/// A row of the sheet 部门.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepartmentEntry {
    /// Counts from 1, as the spreadsheet numbers its rows.
    pub line: u32,
    pub id: String,
    pub name: String,
    pub credit_code: String,
    pub position: String,
}

/// A row of the sheet 账号.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountEntry {
    /// Counts from 1, as the spreadsheet numbers its rows.
    pub line: u32,
    pub account: String,
    pub name: String,
    pub person: String,
    /// 岗位 as people call it.
    pub role: String,
    pub department: String,
    pub mail: String,
    pub phone: String,
}

/// Something in the workbook that cannot be taken over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookFault {
    /// `账号!C5`.
    pub cell: String,
    /// ACT-01 … ACT-17.
    pub code: String,
    /// What is wrong and what to do about it.
    pub message: String,
}

impl BookFault {
    fn new(cell: String, code: &str, message: impl Into<String>) -> BookFault {
        BookFault { cell, code: code.to_string(), message: message.into() }
    }
}

words! {
    /// What becomes of a row.
    RowOutcome {
        New "new" "新增",
        Same "same" "已有",
        Changed "changed" "变更",
        Faulty "faulty" "错误",
    }
}

/// A row of the preview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreviewRow {
    pub sheet: BookSheet,
    /// Counts from 1.
    pub line: u32,
    /// The department's or the account's id, and its name.
    pub id: String,
    pub name: String,
    pub outcome: RowOutcome,
    /// What is new or what changes, for example `岗位：省局审核员 → 省局负责人`.
    pub detail: String,
    pub faults: Vec<BookFault>,
}
