//! 效果: what an event of an execution kind causes outside its case, carried out in the same transaction.

use super::facts::ApprovedLine;
use super::registry::AnyExecutionCase;
use crate::cases::{application, contract, correction, procurement, sanction};
use crate::kernel::ids::{CaseId, DepartmentId, LineId, PackageRowId};
use crate::kernel::money::Money;
use crate::ledger::reconcile::CashDirection;
use crate::ledger::transfer::{Instruction, Leg};
use crate::policy::grade::Grade;
use serde_json::Value;

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
    /// A case nobody opens by hand.
    OpenCase(CaseId, Box<AnyExecutionCase>),
    /// 并入: a red lamp names a correction that is open already.
    MoveCorrection(CaseId, correction::Event),
    /// 更新: a later result reaches an application nobody has submitted.
    MoveApplication(CaseId, application::Event),
    /// 等次 of an evaluated request.
    GradeResult {
        request: CaseId,
        grade: Grade,
    },
    /// 暂停拨付: a task for finance's reviewer to propose the sanction.
    ProposeSuspension(CaseId),
    /// 恢复拨付: a task to lift that sanction.
    LiftSuspension(CaseId),
    /// 信息公开: a task to disclose what was issued.
    Disclose(CaseId),
    /// 调减: what finance cut from a later year's budget.
    CutBudget {
        department: DepartmentId,
        year: i32,
        amount: Money,
    },
    /// What the answer to the command says besides the stage.
    Reply(&'static str, Value),
}

impl Effect {
    pub fn transfer(leg: Leg) -> Effect {
        Effect::Ledger(Instruction::Transfer(leg))
    }

    /// The effect as an answer names it; none for what shows in the balances or the stages.
    pub fn text(&self) -> Option<String> {
        Some(match self {
            Effect::OpenCase(id, case) => format!("open:{}:{id}", case.kind().word()),
            Effect::MoveCorrection(id, _) => format!("join:{id}"),
            Effect::MoveApplication(id, _) => format!("refresh:{id}"),
            Effect::GradeResult { request, grade } => format!("grade:{request}:{}", grade.label()),
            Effect::ProposeSuspension(request) => format!("sanction:暂停拨付:{request}"),
            Effect::LiftSuspension(request) => format!("lift:{request}"),
            Effect::Disclose(case) => format!("disclose:{case}"),
            Effect::CutBudget { department, year, amount } => {
                format!("cut:{department}:{year}:{:.2}", amount.yuan())
            }
            Effect::Ledger(_)
            | Effect::OpenLine(..)
            | Effect::OpenRow(..)
            | Effect::Movement { .. }
            | Effect::MoveProcurement(..)
            | Effect::MoveContract(..)
            | Effect::MoveSanction(..)
            | Effect::CloseYear(_)
            | Effect::Reply(..) => return None,
        })
    }

    pub fn reserve(leg: Leg) -> Effect {
        Effect::Ledger(Instruction::Reserve(leg))
    }
}
