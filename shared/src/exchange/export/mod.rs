//! 导出: a document as a workbook with live formulas. Here is where everything stands and what each formula says; the
//! server only writes it down, and [`crate::exchange::import::returned`] reads it back.

pub mod csv;
pub mod formula;
pub mod layout;
pub mod manifest;
