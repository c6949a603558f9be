//! 一览栏目 of a correction.

use super::flow::Correction;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};
use crate::cases::monitoring::Monitoring;

pub const COLUMNS: &[Column] = &[
    Column::text("subject", "对象"),
    Column::text("sources", "来源"),
    Column::text("deadline", "期限"),
    Column::text("fails", "未通过次数"),
];

pub fn cells(case: &Correction, world: &ExecutionWorld) -> Vec<CellValue> {
    let source = |id| world.find::<Monitoring>(id).map(Monitoring::period_and_side);
    let sources: Vec<String> = case.sources.iter().filter_map(source).collect();
    vec![
        CellValue::text(&case.subject_label(world)),
        CellValue::text(&sources.join("、")),
        CellValue::text(&case.deadline.to_string()),
        CellValue::text(&case.fails.to_string()),
    ]
}
