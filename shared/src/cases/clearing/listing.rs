//! 一览栏目: what lists say of the kind besides what every case has.

use super::flow::Clearing;
use super::table::supply_and_return;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};

pub const COLUMNS: &[Column] = &[Column::amount("supply", "应补"), Column::amount("return", "应退")];

pub fn cells(case: &Clearing, _: &ExecutionWorld) -> Vec<CellValue> {
    let (supply, returned) = supply_and_return(&case.lines);
    vec![CellValue::Amount(supply), CellValue::Amount(returned)]
}
