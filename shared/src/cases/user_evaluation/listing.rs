//! 一览栏目: what lists say of the kind besides what every case has.

use super::flow::UserEvaluation;
use crate::cases::execution::listing::{CONTRACT, PROVIDER, of_contract};
use crate::cases::execution::parameters::printed;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};

pub const COLUMNS: &[Column] =
    &[CONTRACT, PROVIDER, Column::text("period", "评价期"), Column::text("score", "评价得分")];

pub fn cells(case: &UserEvaluation, world: &ExecutionWorld) -> Vec<CellValue> {
    let period = case.period.map(|period| period.label()).unwrap_or_default();
    let score = case.score(world.parameters()).map(printed).unwrap_or_default();
    let own = [CellValue::text(period), CellValue::text(&score)];
    of_contract(world, &case.contract).into_iter().chain(own).collect()
}
