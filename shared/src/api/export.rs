//! 导出与打印: where the files of a request are fetched; a page leads there by a link. `?version=` names a frozen
//! version, without one it is what the person sees.

use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::CaseId;

/// Every table with live formulas (`.xlsx`).
pub const WORKBOOK: &str = "/api/requests/{request}/workbook";

/// The official document (`.pdf`).
pub const PRINT: &str = "/api/requests/{request}/print";

/// 审核意见书 (`.pdf`).
pub const REVIEW: &str = "/api/requests/{request}/review/print";
/// 批复通知 as far as it answers this request, for its own department too (`.pdf`).
pub const APPROVAL: &str = "/api/requests/{request}/approval/print";
/// 整体预算 (`.pdf`); `?number=` names one compilation of the year.
pub const WHOLE: &str = "/api/consolidations/{fiscal_year}/print";
/// 单独申请审核意见, once it is signed (`.pdf`).
pub const OPINION: &str = "/api/separate-requests/{separate}/opinion/print";
/// 批复通知 (`.pdf`).
pub const BATCH: &str = "/api/batches/{batch}/print";

/// The address of one of the files of a request.
pub fn path(file: &str, request: &CaseId, version: Option<u32>) -> String {
    let path = file.replace("{request}", &super::escaped(request.as_str()));
    version.map(|version| format!("{path}?version={version}")).unwrap_or(path)
}

/// The address of a year's whole budget.
pub fn whole_path(year: FiscalYear, number: Option<u32>) -> String {
    let path = WHOLE.replace("{fiscal_year}", &year.0.to_string());
    number.map(|number| format!("{path}?number={number}")).unwrap_or(path)
}

/// The address of the bureau's opinion on a separate request.
pub fn opinion_path(separate: &CaseId) -> String {
    OPINION.replace("{separate}", &super::escaped(separate.as_str()))
}

/// The address of a batch's notice.
pub fn batch_path(batch: &CaseId) -> String {
    BATCH.replace("{batch}", &super::escaped(batch.as_str()))
}
