//! 一览栏目: what lists say of the kind besides what every case has.

use super::flow::Settlement;
use super::table::total;
use crate::cases::execution::listing::{CONTRACT, PROVIDER, of_contract};
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};

pub const COLUMNS: &[Column] =
    &[CONTRACT, PROVIDER, Column::amount("claimed", "送审金额"), Column::amount("amount", "结算金额")];

pub fn cells(case: &Settlement, world: &ExecutionWorld) -> Vec<CellValue> {
    let claimed = case.claims.iter().map(|claim| claim.claimed).sum();
    let settled = total(&case.table).map(|line| line.settled);
    let own = [CellValue::Amount(claimed), CellValue::amount(settled)];
    of_contract(world, &case.contract).into_iter().chain(own).collect()
}
