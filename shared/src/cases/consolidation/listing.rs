//! 整体预算一览: the columns of a compilation in lists.

use super::flow::Consolidation;
use crate::cases::kernel::{CellValue, Column};

pub const COLUMNS: &[Column] = &[Column::text("reported_on", "报送日期")];

/// One per column.
pub fn cells(case: &Consolidation) -> Vec<CellValue> {
    let reported_on = case.reported_on.map(|day| day.to_string()).unwrap_or_default();
    vec![CellValue::text(&reported_on)]
}
