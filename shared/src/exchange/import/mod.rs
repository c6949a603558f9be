//! 导入: a department's own workbook or a clipboard turned into rows of a form, in pure code.
//!
//! The server only reads the container into [`workbook::Workbook`]; finding the header, mapping columns,
//! normalising values and building the one operation all happen here, in the browser as in the tests, so
//! that a person can correct the mapping and see the result before anything changes.

mod cell;
pub mod clipboard;
pub mod format;
mod grid;
pub mod header;
mod heading;
pub mod marked;
pub mod measured;
pub mod merge;
pub mod normal;
pub mod reading;
pub mod report;
pub mod returned;
mod row_words;
mod rows;
pub mod shown;
pub mod synonyms;
pub mod target;
pub mod units;
pub mod workbook;

#[cfg(test)]
mod sample;
