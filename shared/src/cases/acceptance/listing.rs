//! 一览栏目: what lists say of the kind besides what every case has.

use super::flow::Acceptance;
use crate::cases::execution::listing::{CONTRACT, PROVIDER, of_contract};
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};

pub const COLUMNS: &[Column] =
    &[CONTRACT, PROVIDER, Column::text("nature", "验收性质"), Column::text("to", "验收截至")];

pub fn cells(case: &Acceptance, world: &ExecutionWorld) -> Vec<CellValue> {
    let form = case.form.as_ref();
    let own = form.map(|form| [form.nature.label().to_string(), form.to.to_string()]).unwrap_or_default();
    of_contract(world, &case.contract).into_iter().chain(own.map(|text| CellValue::text(&text))).collect()
}
