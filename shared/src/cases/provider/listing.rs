//! 一览栏目: what lists say of the kind besides what every case has.

use super::flow::Provider;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};

pub const COLUMNS: &[Column] =
    &[Column::text("credit_code", "统一社会信用代码"), Column::text("contact", "联系人")];

pub fn cells(case: &Provider, _: &ExecutionWorld) -> Vec<CellValue> {
    vec![CellValue::text(&case.form.credit_code), CellValue::text(&case.form.contact)]
}
