//! 单独申请一览: its columns and its label in lists.

use super::state::SeparateApplication;
use crate::cases::kernel::{CellValue, Column};

pub const COLUMNS: &[Column] = &[
    Column::text("system", "系统名称"),
    Column::amount("amount", "申请金额"),
    Column::amount("arranged", "安排金额"),
];

/// 第5条, as the list says it.
pub const NOTE: &str = "原则上不再单独安排运维资金；确需单独申请的，先由省局出具不属于集中运维管理范畴的意见，再由省财政厅办理（依据《办法》第五条）。";

/// One per column; an unsigned decision is finance's own, see `read_by`.
pub fn cells(case: &SeparateApplication) -> Vec<CellValue> {
    let arranged = case.decision.as_ref().and_then(|decision| decision.amount);
    vec![
        CellValue::text(&case.claim.system),
        CellValue::amount(case.claim.amount),
        CellValue::amount(arranged),
    ]
}

/// `单独申请：水资源平台`.
pub fn label(case: &SeparateApplication) -> String {
    match case.claim.system.trim() {
        "" => "单独申请".to_string(),
        system => format!("单独申请：{system}"),
    }
}
