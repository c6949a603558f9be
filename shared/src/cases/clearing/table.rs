//! 清算表: advanced, settled and the difference of each line of a department's year.

use crate::cases::contract;
use crate::cases::execution::world::ExecutionWorld;
use crate::kernel::ids::{DepartmentId, LineId};
use crate::kernel::money::Money;
use crate::ledger::account::AccountCode;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClearedLine {
    pub line: LineId,
    /// What the bureau has had.
    pub advanced: Money,
    pub settled: Money,
    pub paid: Money,
}

impl ClearedLine {
    /// 应补(+)、应退(−).
    pub fn difference(&self) -> Money {
        self.settled - self.advanced
    }
}

/// The table as it is now, lines sorted as text.
pub fn table(world: &ExecutionWorld, year: i32, department: &DepartmentId) -> Vec<ClearedLine> {
    world.lines_of(year, Some(department)).map(|line| cleared(world, line)).collect()
}

fn cleared(world: &ExecutionWorld, line: &LineId) -> ClearedLine {
    let paid = world.rows_posted(AccountCode::Paid, line);
    let due_back = world.rows_posted(AccountCode::RefundDue, line);
    let contracts = world.contracts_serving(line);
    let settled = contracts.filter(|(_, contract)| contract.stage == contract::Stage::Settled);
    let rows = settled.flat_map(|(_, contract)| &contract.rows).filter(|row| row.line == *line);
    let settled = rows
        .map(|row| {
            world.row_posted(AccountCode::Paid, &row.row) + world.row_posted(AccountCode::Payable, &row.row)
        })
        .sum();
    let advanced = world.posted(AccountCode::Unspent, line) + paid + due_back;
    ClearedLine { line: line.clone(), advanced, settled, paid }
}

/// Σ 补 and Σ 退.
pub fn supply_and_return(lines: &[ClearedLine]) -> (Money, Money) {
    let differences = || lines.iter().map(ClearedLine::difference);
    let supply = differences().map(|difference| difference.max(Money::ZERO)).sum();
    let returned = differences().map(|difference| (-difference).max(Money::ZERO)).sum();
    (supply, returned)
}

/// Whether a contract serving one of these lines is neither returned nor settled.
pub fn unsettled<'a>(world: &ExecutionWorld, mut lines: impl Iterator<Item = &'a LineId>) -> bool {
    lines.any(|line| {
        world.contracts_serving(line).any(|(_, contract)| contract.stage != contract::Stage::Settled)
    })
}
