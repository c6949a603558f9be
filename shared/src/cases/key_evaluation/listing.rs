//! 一览栏目 of a key evaluation.

use super::flow::KeyEvaluation;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};
use crate::cases::performance::listing::computed;

pub const COLUMNS: &[Column] = &[
    Column::text("organizer", "组织方"),
    Column::text("institution", "机构"),
    Column::text("score", "得分"),
    Column::text("grade", "等次"),
    Column::text("adopted", "意见采纳"),
];

pub fn cells(case: &KeyEvaluation, world: &ExecutionWorld) -> Vec<CellValue> {
    let judged = case.judge(world);
    let answers = case.comments.iter().filter_map(|(_, answer)| answer.as_ref());
    let (adopted, all) = (answers.filter(|answer| answer.adopted).count(), case.comments.len());
    let adopted = if all == 0 { String::new() } else { format!("{adopted}/{all}") };
    vec![
        CellValue::text(case.organizer.label()),
        CellValue::text(case.institution.as_deref().unwrap_or_default()),
        computed(&judged, "total"),
        computed(&judged, "grade"),
        CellValue::text(&adopted),
    ]
}
