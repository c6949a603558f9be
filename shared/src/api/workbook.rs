//! 导入工作簿: the server reads an xlsx file and answers with its raw cells. Reading changes nothing.

use super::Upload;
use crate::cases::authority::Capability;
pub use crate::exchange::import::workbook::Workbook;
use serde::{Deserialize, Serialize};
use validator::Validate;

pub const PATH: &str = "/api/workbooks";

/// Largest file accepted, in bytes. The page checks it before sending: a browser does not read the reply of a server
/// that stopped reading.
pub const LARGEST: usize = 10 << 20;

/// 上传工作簿.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadWorkbook {}

impl Upload for ReadWorkbook {
    const PATH: &'static str = PATH;
    const REQUIRES: Option<Capability> = Some(Capability::ImportWorkbook);
    const LARGEST_FILE: usize = LARGEST;
    const TOO_LARGE: &'static str = "请删去图片和无关的工作表，或拆成几个文件后再导入。";
    type Reply = Workbook;
}
