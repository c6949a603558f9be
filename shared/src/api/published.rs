//! 公开绩效表核对: a published table is sent, recomputed and explained. Nothing of it is stored. The installation may open it to
//! people who have not signed in.

use super::{Access, Endpoint, Method, Upload};
pub use crate::exchange::published_table::ExplainedTable;
use serde::{Deserialize, Serialize};
use validator::Validate;

/// Whether visitors may use the checker.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadTableChecker {}

impl Endpoint for ReadTableChecker {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/table-checks";
    const ACCESS: Access = Access::Open;
    type Reply = TableChecker;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableChecker {
    pub is_public: bool,
}

/// 核对: JSON of ours, a workbook, HTML or rows of text in UTF-8, UTF-16 or GB 18030.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct CheckTable {
    /// Name of the file, or what a pasted table is called. Its ending says what it is.
    #[validate(length(min = 1, max = 120, message = "文件名应为 1 至 120 个字"))]
    pub name: String,
}

impl Upload for CheckTable {
    const PATH: &'static str = "/api/table-checks";
    const ACCESS: Access = Access::Public;
    const LARGEST_FILE: usize = 2 << 20;
    const TOO_LARGE: &'static str = "请只留下要核对的那一张表。";
    type Reply = ExplainedTable;
}
