//! Why a workbook is not read, in Chinese, with what to do about it.

use super::limits;
use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkbookRefusal {
    /// Not a zip container: CSV, HTML saved as .xls, a picture.
    NotAWorkbook,
    /// The old binary format, or any format under a password.
    OldOrLocked,
    /// .xlsb.
    Binary,
    /// .ods.
    OpenDocument,
    TooLarge,
    TooManyParts,
    TooManySheets,
    /// Inflates to more than is sane.
    Inflates,
    /// Cut off, or not what it claims to be inside.
    Damaged,
    /// A document type definition or an entity of its own.
    Entities,
    TooManyCells,
    TooManyMerges,
    TooMuchText,
    /// A cell far outside any list, by its address with the sheet's name.
    TooFar(String),
    TookTooLong,
}

impl fmt::Display for WorkbookRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            WorkbookRefusal::NotAWorkbook => {
                "这不是 .xlsx 工作簿。CSV、网页等格式请先用表格软件打开并另存为 .xlsx，或复制其中的行直接粘贴到表格里。"
            }
            WorkbookRefusal::OldOrLocked => {
                "这是旧的 .xls 格式，或者加了密码。请用表格软件打开，去掉密码，另存为 .xlsx 后再导入。"
            }
            WorkbookRefusal::Binary => "这是 .xlsb 二进制工作簿。请用表格软件打开并另存为 .xlsx 后再导入。",
            WorkbookRefusal::OpenDocument => "这是 .ods 格式。请用表格软件打开并另存为 .xlsx 后再导入。",
            WorkbookRefusal::TooLarge => {
                return write!(
                    f,
                    "文件超过 {} MB。请删去图片和无关的工作表，或拆成几个文件后再导入。",
                    limits::CONTAINER / (1 << 20)
                );
            }
            WorkbookRefusal::TooManyParts => {
                return write!(
                    f,
                    "文件内部的部件超过 {} 个。请删去图片、图表和无关的工作表后再导入。",
                    limits::PARTS
                );
            }
            WorkbookRefusal::TooManySheets => {
                return write!(f, "工作表超过 {} 张。请只保留要导入的工作表。", limits::SHEETS);
            }
            WorkbookRefusal::Inflates => {
                "文件解压后异常庞大，不像正常的台账，已拒绝读取。请把需要的行复制到新的工作簿中再导入。"
            }
            WorkbookRefusal::Damaged => "文件不完整或已损坏。请用表格软件打开确认，重新保存后再导入。",
            WorkbookRefusal::Entities => {
                "文件内部含有外部定义，可能有危险，已拒绝读取。请用表格软件打开并另存为 .xlsx 后再导入。"
            }
            WorkbookRefusal::TooManyCells => {
                return write!(f, "单元格超过 {} 个。请只保留要导入的行和列。", limits::CELLS);
            }
            WorkbookRefusal::TooManyMerges => {
                return write!(f, "合并单元格超过 {} 处。请取消多余的合并后再导入。", limits::MERGES);
            }
            WorkbookRefusal::TooMuchText => "文字过多，不像正常的台账。请只保留要导入的行和列。",
            WorkbookRefusal::TooFar(address) => {
                return write!(
                    f,
                    "单元格 {address} 超出可读取的范围（{} 行、{} 列）。请删除台账以外的内容后再导入。",
                    limits::ROWS,
                    limits::COLUMNS
                );
            }
            WorkbookRefusal::TookTooLong => "读取时间过长，已停止。请只保留要导入的工作表后重试。",
        };
        f.write_str(text)
    }
}

impl std::error::Error for WorkbookRefusal {}
