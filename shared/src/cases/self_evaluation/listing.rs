//! 一览栏目 of a self-evaluation.

use super::flow::SelfEvaluation;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};
use crate::cases::performance::judgement::printed;
use crate::cases::performance::listing::computed;

pub const COLUMNS: &[Column] = &[
    Column::text("rate", "执行率%"),
    Column::text("total", "自评分"),
    Column::text("final", "复核分"),
    Column::text("grade", "等次"),
    Column::text("unmet", "未达标数"),
    Column::text("late", "迟报天数"),
];

pub fn cells(case: &SelfEvaluation, world: &ExecutionWorld) -> Vec<CellValue> {
    let judged = case.judge(world);
    let reported = case.reported_result();
    let grade = reported.map(|of| CellValue::text(of.grade.label()));
    let late = case.late_days(world).map(|days| days.to_string());
    vec![
        computed(&judged, "rate"),
        computed(&judged, "total"),
        CellValue::text(&reported.map(|of| printed(of.score)).unwrap_or_default()),
        grade.unwrap_or_else(|| computed(&judged, "grade")),
        computed(&judged, "unmet"),
        CellValue::text(&late.unwrap_or_default()),
    ]
}
