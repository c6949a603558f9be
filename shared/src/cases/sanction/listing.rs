//! 一览栏目: what lists say of the kind besides what every case has.

use super::flow::Sanction;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};

pub const COLUMNS: &[Column] = &[
    Column::text("measure", "处理措施"),
    Column::text("target", "处理对象"),
    Column::amount("amount", "金额"),
    Column::text("deadline", "期限"),
];

pub fn cells(case: &Sanction, _: &ExecutionWorld) -> Vec<CellValue> {
    vec![
        CellValue::text(case.measure.label()),
        CellValue::text(&format!("{} {}", case.target_kind.label(), case.target)),
        CellValue::amount(case.amount),
        CellValue::text(&case.deadline.map(|day| day.to_string()).unwrap_or_default()),
    ]
}
