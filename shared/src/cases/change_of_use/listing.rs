//! 一览栏目: what lists say of the kind besides what every case has.

use super::flow::ChangeOfUse;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};

pub const COLUMNS: &[Column] = &[Column::text("nature", "性质"), Column::amount("amount", "调整金额")];

pub fn cells(case: &ChangeOfUse, _: &ExecutionWorld) -> Vec<CellValue> {
    let form = case.form.as_ref();
    let amount = form.map(|form| form.moves.iter().map(|of| of.amount).sum());
    let nature = form.map(|form| form.nature.label()).unwrap_or_default();
    vec![CellValue::text(nature), CellValue::amount(amount)]
}
