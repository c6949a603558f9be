//! 一览栏目 of a monitoring form.

use super::flow::Monitoring;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};
use crate::cases::performance::listing::computed;

pub const COLUMNS: &[Column] = &[
    Column::text("period", "期间"),
    Column::text("side", "监控方"),
    Column::text("rate", "执行率%"),
    Column::text("gap", "序时差"),
    Column::text("lamp", "总体灯"),
    Column::text("lamps", "红黄蓝绿"),
    Column::text("late", "迟报天数"),
];

pub fn cells(case: &Monitoring, world: &ExecutionWorld) -> Vec<CellValue> {
    let judged = case.lamps(world);
    let late = case.late_days(world).map(|days| days.to_string());
    vec![
        CellValue::text(&case.period),
        CellValue::text(case.side.label()),
        computed(&judged, "execution_rate"),
        computed(&judged, "gap"),
        computed(&judged, "overall_lamp"),
        CellValue::text(&case.lamp_counts(world)),
        CellValue::text(&late.unwrap_or_default()),
    ]
}
