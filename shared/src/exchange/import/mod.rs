//! 导入: a department's own workbook or a clipboard turned into rows of a form, in pure code.
//!
//! The server only reads the container into [`workbook::Workbook`]; finding the header, mapping columns,
//! normalising values and building the one operation all happen here, in the browser as in the tests, so
//! that a person can correct the mapping and see the result before anything changes.

mod blocks;
mod cell;
pub mod clipboard;
mod counted;
mod doubts;
pub mod format;
mod grid;
pub mod header;
mod heading;
mod line_facts;
mod line_units;
pub mod marked;
pub mod measured;
pub mod merge;
pub mod normal;
mod proposal;
pub mod reading;
mod regions;
pub mod report;
pub mod returned;
mod row_words;
mod rows;
pub mod shown;
mod siblings;
mod stated;
mod sums;
mod surroundings;
pub mod synonyms;
pub mod target;
pub mod units;
pub mod workbook;

#[cfg(test)]
mod sample;
