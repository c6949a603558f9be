//! 一览: what the lists of the execution kinds have in common.

use super::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};
use crate::kernel::ids::CaseId;

/// 运维服务单位.
pub const PROVIDER: Column = Column::text("provider", "运维服务单位");
/// 合同.
pub const CONTRACT: Column = Column::text("contract", "合同");

/// Name of a provider.
pub fn provider_name(world: &ExecutionWorld, provider: Option<&CaseId>) -> CellValue {
    let provider = provider.and_then(|provider| world.provider(provider));
    provider.map_or(CellValue::Empty, |provider| CellValue::text(&provider.form.name))
}

/// Number of a contract and the name of its provider.
pub fn of_contract(world: &ExecutionWorld, contract: &CaseId) -> [CellValue; 2] {
    match world.contract(contract) {
        Some(of) => [CellValue::text(&of.number), provider_name(world, Some(&of.provider))],
        None => [CellValue::text(contract.as_str()), CellValue::Empty],
    }
}
