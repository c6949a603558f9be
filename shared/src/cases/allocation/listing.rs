//! 一览栏目: what lists say of the kind besides what every case has.

use super::flow::Allocation;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};
use crate::kernel::money::Money;

pub const COLUMNS: &[Column] = &[Column::amount("requested", "申报数"), Column::amount("amount", "批复数")];

pub fn cells(case: &Allocation, _: &ExecutionWorld) -> Vec<CellValue> {
    let form = case.form.as_ref();
    let approved = form.map(|form| form.lines.iter().map(|line| line.amount).sum::<Money>());
    vec![CellValue::amount(form.map(|form| form.requested)), CellValue::amount(approved)]
}
