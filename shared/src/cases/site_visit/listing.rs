//! 一览栏目 of a site visit.

use super::flow::SiteVisit;
use super::manifest::ManifestState;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};

pub const COLUMNS: &[Column] = &[
    Column::text("unit", "单位"),
    Column::text("evaluators", "评价人员"),
    Column::text("window", "窗口"),
    Column::text("received", "收到"),
    Column::text("missing", "缺附件"),
    Column::text("parked", "待处理"),
];

pub fn cells(case: &SiteVisit, _: &ExecutionWorld) -> Vec<CellValue> {
    let count = |count: usize| match count {
        0 => CellValue::Empty,
        count => CellValue::text(&count.to_string()),
    };
    let missing = case.manifests.iter().map(|of| of.manifest.missing(&case.blobs)).sum();
    let parked = case.manifests.iter().filter(|of| of.state == ManifestState::Parked).count();
    vec![
        CellValue::text(&case.unit),
        CellValue::text(&format!("{} 人", case.evaluators.len())),
        CellValue::text(&format!("{} 至 {}", case.from, case.to)),
        count(case.manifests.len()),
        count(missing),
        count(parked),
    ]
}
