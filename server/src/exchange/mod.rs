//! Workbooks in and out, official documents as PDF.

pub mod account_book;
pub mod export;
pub mod print;
pub mod published;
pub mod statement;
mod table_file;
pub mod workbook;
