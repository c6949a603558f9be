//! 导出与打印: a request as a workbook with live formulas or as the official PDF. Everyone who may read a content may save
//! it, and the file has exactly what they may read.

pub mod audit_file;
mod case_list;
mod cell_text;
mod content;
pub mod evaluation;
pub mod route;
mod workbook;

pub use cell_text::write_text;
pub use content::ExportContent;
