//! What comes from other programs and goes out to them: workbooks, the clipboard.

pub mod account_book;
pub mod export;
pub mod import;
pub mod published_table;
pub mod take_over;
