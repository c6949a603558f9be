//! 申请一览: the columns of a request in lists.

use super::state::RequestCase;
use crate::cases::kernel::{CellValue, Column};

pub const COLUMNS: &[Column] = &[Column::text("approval", "批复文号"), Column::amount("approved", "批复数")];

/// One per column.
pub fn cells(case: &RequestCase) -> Vec<CellValue> {
    let approval = case.approval.as_ref();
    vec![
        approval.map(|approval| CellValue::text(&approval.number)).unwrap_or_default(),
        CellValue::amount(approval.map(|approval| approval.amount)),
    ]
}
