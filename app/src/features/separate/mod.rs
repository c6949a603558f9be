//! 单独申请 (Art. 5): `/separates/:year` lists them, `/separate/:id` is one from its claim to finance's decision.

mod claim;
mod list;
mod one;
mod sender;

pub use list::separates_page;
pub use one::separate_page;
