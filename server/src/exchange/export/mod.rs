//! 导出与打印: a request carried away, as a workbook with live formulas or as the official PDF. Whoever may read a
//! content may carry it away, and gets exactly what they may read.

mod case_list;
mod content;
mod route;
mod workbook;

pub use content::ExportContent;
pub use route::routes;
