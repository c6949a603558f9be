//! 一览栏目: what lists say of the kind besides what every case has.

use super::flow::Contract;
use crate::cases::execution::listing::{PROVIDER, provider_name};
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};

pub const COLUMNS: &[Column] =
    &[PROVIDER, Column::amount("amount", "合同金额"), Column::text("end", "服务截止")];

pub fn cells(case: &Contract, world: &ExecutionWorld) -> Vec<CellValue> {
    vec![
        provider_name(world, Some(&case.provider)),
        CellValue::Amount(case.signed_amount() + case.added_amount()),
        CellValue::text(&case.end.to_string()),
    ]
}
