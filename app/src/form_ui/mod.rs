//! What is filled in: the document a page holds, and the grid and fields that show it.

pub mod grid;
pub mod sheet;
