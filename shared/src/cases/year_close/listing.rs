//! 一览栏目: what lists say of the kind besides what every case has.

use super::flow::YearClose;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};

pub const COLUMNS: &[Column] = &[Column::amount("amount", "结转下年")];

pub fn cells(case: &YearClose, _: &ExecutionWorld) -> Vec<CellValue> {
    vec![CellValue::Amount(case.carry.iter().map(|carry| carry.amount).sum())]
}
