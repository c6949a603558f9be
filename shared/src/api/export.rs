//! 导出与打印: where the files of a request are fetched; a page leads there by a link. `?version=` names a frozen
//! version, without one it is what the person sees.

use crate::ids::RequestId;

/// Every table with live formulas (`.xlsx`).
pub const WORKBOOK: &str = "/api/requests/{request}/workbook";

/// The official document (`.pdf`).
pub const PRINT: &str = "/api/requests/{request}/print";

/// The address of one of the files of a request.
pub fn path(file: &str, request: &RequestId, version: Option<u32>) -> String {
    let path = file.replace("{request}", &super::escaped(request.as_str()));
    version.map(|version| format!("{path}?version={version}")).unwrap_or(path)
}
