//! 一览栏目 of what a result means for a later budget.

use super::flow::Application;
use crate::cases::execution::labels::word_label;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};
use crate::cases::performance::listing::computed_amount;

pub const COLUMNS: &[Column] = &[
    Column::text("apply_year", "适用年度"),
    Column::text("grade", "等次"),
    Column::text("source", "来源"),
    Column::text("open", "未完成整改"),
    Column::amount("proposed", "拟调减"),
    Column::amount("decided", "决定"),
];

pub fn cells(case: &Application, world: &ExecutionWorld) -> Vec<CellValue> {
    let (judged, header) = (case.judge(world), &case.content.header);
    vec![
        CellValue::text(&case.apply_year.to_string()),
        CellValue::text(header.text("grade")),
        CellValue::text(word_label(header.text("source"))),
        CellValue::text(header.text("open_corrections")),
        computed_amount(&judged, "proposed"),
        CellValue::amount(case.cut),
    ]
}
