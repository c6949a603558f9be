//! 一览栏目: what lists say of the kind besides what every case has.

use super::flow::Payment;
use crate::cases::execution::listing::{CONTRACT, PROVIDER, of_contract};
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};

pub const COLUMNS: &[Column] =
    &[CONTRACT, PROVIDER, Column::text("term", "付款期次"), Column::amount("amount", "金额")];

pub fn cells(case: &Payment, world: &ExecutionWorld) -> Vec<CellValue> {
    let own = [CellValue::text(&format!("第 {} 期", case.term)), CellValue::Amount(case.total())];
    of_contract(world, &case.contract).into_iter().chain(own).collect()
}
