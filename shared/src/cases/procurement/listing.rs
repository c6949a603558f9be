//! 一览栏目: what lists say of the kind besides what every case has.

use super::flow::Procurement;
use crate::cases::execution::listing::{PROVIDER, provider_name};
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};

pub const COLUMNS: &[Column] = &[
    Column::text("method", "采购方式"),
    Column::amount("budget", "采购预算"),
    PROVIDER,
    Column::amount("amount", "成交金额"),
];

pub fn cells(case: &Procurement, world: &ExecutionWorld) -> Vec<CellValue> {
    let award = case.award.as_ref();
    let price = award.map(|award| award.prices.iter().map(|price| price.price).sum());
    vec![
        CellValue::text(case.plan.method.label()),
        CellValue::Amount(case.plan.total()),
        provider_name(world, award.map(|award| &award.provider)),
        CellValue::amount(price),
    ]
}
