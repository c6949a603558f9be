//! 绩效自评 (Art. 13): scored by the department, reviewed by the bureau, reported to finance.

mod flow;
pub mod form;
mod listing;
mod paper;
mod sheet;
mod sheet_reading;

pub use flow::{Command, Event, SelfEvaluation, Stage};
pub use sheet::{EvaluationSheet, SheetCell, SheetCellKind, SheetPlace};
pub use sheet_reading::{SheetChange, SheetFault, SheetImport, read_sheet};

#[cfg(test)]
mod sheet_tests;
