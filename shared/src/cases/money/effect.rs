//! 效果: what an event of a money kind causes outside its case, carried out in the same transaction.

use super::facts::ApprovedLine;
use crate::cases::{contract, procurement, sanction};
use crate::kernel::ids::{CaseId, LineId, PackageRowId};
use crate::kernel::money::Money;
use crate::ledger::reconcile::CashDirection;
use crate::ledger::transfer::{Instruction, Leg};

#[derive(Clone, Debug)]
pub enum Effect {
    /// Writes to the ledger; the instructions of a command are written all or none.
    Ledger(Instruction),
    /// A line money can be spent on.
    OpenLine(LineId, ApprovedLine),
    /// A row of a package and the one line it serves.
    OpenRow(PackageRowId, LineId),
    /// Money into or out of the bureau's account; an amount of 0 is none.
    Movement {
        voucher: String,
        direction: CashDirection,
        amount: Money,
        account: Option<String>,
    },
    MoveProcurement(CaseId, procurement::Event),
    MoveContract(CaseId, contract::Event),
    MoveSanction(CaseId, sanction::Event),
    /// 关账: nothing but sanctions touches the year from now on.
    CloseYear(i32),
}

impl Effect {
    pub fn transfer(leg: Leg) -> Effect {
        Effect::Ledger(Instruction::Transfer(leg))
    }

    pub fn reserve(leg: Leg) -> Effect {
        Effect::Ledger(Instruction::Reserve(leg))
    }
}
