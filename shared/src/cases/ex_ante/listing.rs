//! 一览栏目 of an evaluation before the budget.

use super::flow::ExAnte;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};
use crate::cases::performance::listing::{computed, typed_amount};

pub const COLUMNS: &[Column] = &[
    Column::text("object", "对象"),
    Column::amount("asked", "申请额"),
    Column::text("score", "得分"),
    Column::text("conclusion", "结论"),
    Column::amount("supported", "支持额"),
];

pub fn cells(case: &ExAnte, world: &ExecutionWorld) -> Vec<CellValue> {
    let (judged, header) = (case.judge(world), &case.content.header);
    vec![
        CellValue::text(&case.object()),
        typed_amount(header.text("amount")),
        computed(&judged, "score"),
        CellValue::text(header.text("conclusion")),
        typed_amount(header.text("supported_amount")),
    ]
}
