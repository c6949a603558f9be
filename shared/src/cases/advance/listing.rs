//! 一览栏目: what lists say of the kind besides what every case has.

use super::flow::{Advance, Grant};
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};

pub const COLUMNS: &[Column] = &[Column::amount("amount", "申请金额"), Column::amount("granted", "核定金额")];

pub fn cells(case: &Advance, _: &ExecutionWorld) -> Vec<CellValue> {
    let sum = |grants: &[Grant]| grants.iter().map(|grant| grant.amount).sum();
    let granted = (!case.granted.is_empty()).then(|| sum(&case.granted));
    vec![CellValue::Amount(sum(&case.lines)), CellValue::amount(granted)]
}
