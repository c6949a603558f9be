//! 审核: remarks, cuts and what a return opens. A review is the fold of what was done in it; who may do what is
//! asked of the authority table, and money never rounds away.
//!
//! Words: `anchor` (where a remark stands), `thread` (what was said there), `cut` (核减), `language` (acts and
//! events). Deciding: `decide`, and `batch` for acts that are not published yet. Answers: `sums` (申报数 · 审核数 ·
//! 核减数), `kept` (those sums by category and system, kept with a version), `opening` (what a return opens),
//! `standing` (what still stands in the way of passing).

pub mod anchor;
pub mod batch;
pub mod cut;
pub mod decide;
pub mod edit_scope;
pub mod language;
pub mod progress;
pub mod sums;
pub mod thread;
pub mod unchanged;
