//! 事实: what a kind knows of the rest of the world (money.md § 5.2). All are folds of the ledger and of the cases.

use super::kind::{CommandRow, ExecutionKind};
use super::parameters::MoneyParameters;
use super::registry::AnyExecutionCase;
use super::world::{ExecutionWorld, Party};
use crate::cases::sanction::{self, Measure, Sanction, TargetKind};
use crate::cases::{assessment, contract, payment, procurement, provider, settlement, user_evaluation};
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::{CaseId, DepartmentId, LineId, PackageRowId};
use crate::kernel::money::Money;
use crate::ledger::account::{AccountCode, LedgerAccount};
use crate::ledger::transfer::{Instruction, Transfer, TransferCode};
use crate::policy::editions::clock::{ClockSense, DayUnit};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::ops::Deref;

use super::effect::Effect;

/// 批复行: what money is approved for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovedLine {
    pub year: i32,
    pub department: DepartmentId,
    pub category: String,
    pub name: String,
    /// How often it was carried into a further year.
    pub carried: u32,
}

/// What a command is judged by: the world before it, the case, the person and the day.
pub struct Facts<'a> {
    pub world: &'a ExecutionWorld,
    pub case: &'a CaseId,
    pub by: &'a Party,
    pub today: Date,
}

impl Deref for Facts<'_> {
    type Target = ExecutionWorld;

    fn deref(&self) -> &ExecutionWorld {
        self.world
    }
}

/// 31 December of a year.
pub fn last_day(year: i32) -> Date {
    FiscalYear(year).last_day()
}

impl Facts<'_> {
    /// Whether the year is over.
    pub fn is_after(&self, year: i32) -> bool {
        self.today > last_day(year)
    }

    /// What ends every open reservation this case made, in log order.
    pub fn close_own(&self, close: impl Fn(&Transfer) -> Instruction) -> Vec<Effect> {
        self.reservations_of(self.case).map(close).map(Effect::Ledger).collect()
    }

    pub fn post_own(&self) -> Vec<Effect> {
        self.close_own(|row| Instruction::Post { reservation: row.number, amount: row.amount })
    }

    pub fn void_own(&self) -> Vec<Effect> {
        self.close_own(|row| Instruction::Void { reservation: row.number })
    }
}

/// Lines and rows, and what the ledger holds for them.
impl ExecutionWorld {
    pub fn parameters(&self) -> &MoneyParameters {
        &self.setting.parameters
    }

    pub fn line(&self, line: &LineId) -> Option<&ApprovedLine> {
        self.lines.get(line)
    }

    /// The line, if it is one of this year.
    pub fn line_of_year(&self, line: &LineId, year: i32) -> Option<&ApprovedLine> {
        self.line(line).filter(|line| line.year == year)
    }

    /// Lines of a year, of one department or of all, sorted as text.
    pub fn lines_of<'a>(
        &'a self,
        year: i32,
        department: Option<&'a DepartmentId>,
    ) -> impl Iterator<Item = &'a LineId> {
        let of = move |line: &ApprovedLine| {
            line.year == year && department.is_none_or(|department| line.department == *department)
        };
        self.lines.iter().filter(move |(_, line)| of(line)).map(|(id, _)| id)
    }

    /// The rows that serve a line.
    pub fn rows_of<'a>(&'a self, line: &'a LineId) -> impl Iterator<Item = &'a PackageRowId> {
        self.rows_by_line.get(line).into_iter().flatten()
    }

    pub fn posted(&self, code: AccountCode, line: &LineId) -> Money {
        self.ledger.posted(&LedgerAccount::of_line(code, line))
    }

    pub fn available(&self, code: AccountCode, line: &LineId) -> Money {
        self.ledger.available(&LedgerAccount::of_line(code, line))
    }

    pub fn row_posted(&self, code: AccountCode, row: &PackageRowId) -> Money {
        self.ledger.posted(&LedgerAccount::of_row(code, row))
    }

    pub fn row_available(&self, code: AccountCode, row: &PackageRowId) -> Money {
        self.ledger.available(&LedgerAccount::of_row(code, row))
    }

    /// Σ of a row account over the rows of a line.
    pub fn rows_posted(&self, code: AccountCode, line: &LineId) -> Money {
        self.rows_of(line).map(|row| self.row_posted(code, row)).sum()
    }

    /// What nothing waits for: money of the line no contract, package or open act needs.
    pub fn free(&self, line: &LineId) -> Money {
        let held = self.posted(AccountCode::Unadvanced, line) + self.posted(AccountCode::Unspent, line);
        let waiting = self.ledger.open().filter(|row| row.debit.key == line.as_str());
        let waiting = waiting.filter(|row| match row.debit.code {
            AccountCode::Uncontracted => {
                matches!(row.code, TransferCode::Commit | TransferCode::Supplement)
            }
            AccountCode::Unadvanced | AccountCode::Unspent => {
                matches!(row.code, TransferCode::Move | TransferCode::Reduce | TransferCode::Recover)
            }
            _ => false,
        });
        held - self.rows_posted(AccountCode::Payable, line) - waiting.map(|row| row.amount).sum()
    }

    /// Open reservations that debit or credit an account of one of these codes and keys.
    pub fn has_reservation_on(&self, codes: &[AccountCode], keys: &BTreeSet<&str>) -> bool {
        let touches =
            |account: &LedgerAccount| codes.contains(&account.code) && keys.contains(account.key.as_str());
        self.ledger.open().any(|row| touches(&row.debit) || touches(&row.credit))
    }

    /// Open reservations a case made, in log order.
    pub fn reservations_of<'a>(&'a self, case: &'a CaseId) -> impl Iterator<Item = &'a Transfer> {
        self.ledger.open().filter(move |row| row.origin.case == *case)
    }
}

/// Cases of one kind, and what follows from them.
impl ExecutionWorld {
    pub fn of_kind<K: ExecutionKind>(&self) -> impl Iterator<Item = (&CaseId, &K)>
    where
        for<'a> &'a K: TryFrom<&'a AnyExecutionCase>,
    {
        self.cases.iter().filter_map(|(id, entry)| Some((id, <&K>::try_from(&entry.case).ok()?)))
    }

    pub fn find<K: ExecutionKind>(&self, id: &CaseId) -> Option<&K>
    where
        for<'a> &'a K: TryFrom<&'a AnyExecutionCase>,
    {
        <&K>::try_from(&self.cases.get(id)?.case).ok()
    }

    pub fn contract(&self, id: &CaseId) -> Option<&contract::Contract> {
        self.find(id)
    }

    pub fn package(&self, id: &CaseId) -> Option<&procurement::Procurement> {
        self.find(id)
    }

    pub fn provider(&self, id: &CaseId) -> Option<&provider::Provider> {
        self.find(id)
    }

    pub fn is_provider_active(&self, id: &CaseId) -> bool {
        self.provider(id).is_some_and(|provider| provider.stage == provider::Stage::Active)
    }

    /// The contract that holds a package, also while it is returned.
    pub fn contract_of(&self, package: &CaseId) -> Option<(&CaseId, &contract::Contract)> {
        self.of_kind::<contract::Contract>().find(|(_, contract)| contract.package == *package)
    }

    /// The one settlement of a contract.
    pub fn settlement_of(&self, contract: &CaseId) -> Option<&settlement::Settlement> {
        let mut all = self.of_kind::<settlement::Settlement>();
        all.find(|(_, settlement)| settlement.contract == *contract).map(|(_, settlement)| settlement)
    }

    /// Whether finance has verified the settlement of a contract, or settled it.
    pub fn is_verified(&self, contract: &CaseId) -> bool {
        self.settlement_of(contract).is_some_and(|settlement| {
            matches!(settlement.stage, settlement::Stage::Verified | settlement::Stage::Settled)
        })
    }

    /// Payments applied for or paid.
    pub fn live_payments(&self) -> impl Iterator<Item = (&CaseId, &payment::Payment)> {
        self.of_kind::<payment::Payment>()
            .filter(|(_, payment)| matches!(payment.stage, payment::Stage::Applied | payment::Stage::Paid))
    }

    pub fn assessments_of(
        &self,
        contract: &CaseId,
    ) -> impl Iterator<Item = (&CaseId, &assessment::Assessment)> {
        self.of_kind::<assessment::Assessment>().filter(move |(_, of)| of.contract == *contract)
    }

    pub fn evaluations_of(
        &self,
        contract: &CaseId,
    ) -> impl Iterator<Item = (&CaseId, &user_evaluation::UserEvaluation)> {
        self.of_kind::<user_evaluation::UserEvaluation>().filter(move |(_, of)| of.contract == *contract)
    }

    /// Departments whose lines a contract serves.
    pub fn departments_of(&self, contract: &contract::Contract) -> BTreeSet<&DepartmentId> {
        let lines = contract.rows.iter().filter_map(|row| self.line(&row.line));
        lines.map(|line| &line.department).collect()
    }

    /// Contracts that serve a line and are not returned.
    pub fn contracts_serving<'a>(
        &'a self,
        line: &'a LineId,
    ) -> impl Iterator<Item = (&'a CaseId, &'a contract::Contract)> {
        self.of_kind::<contract::Contract>().filter(move |(_, contract)| {
            contract.stage != contract::Stage::Returned && contract.rows.iter().any(|row| row.line == *line)
        })
    }

    /// Effective suspensions of these targets, by case.
    pub fn suspensions(&self, targets: &[(TargetKind, &str)]) -> Vec<&CaseId> {
        let effective = self.of_kind::<Sanction>().filter(|(_, of)| {
            of.measure == Measure::Suspend
                && of.stage == sanction::Stage::Effective
                && targets.contains(&(of.target_kind, of.target.as_str()))
        });
        effective.map(|(id, _)| id).collect()
    }

    /// The suspension of a line or of its department.
    pub fn line_suspended(&self, line: &LineId) -> Option<&CaseId> {
        let mut targets = vec![(TargetKind::Line, line.as_str())];
        if let Some(line) = self.line(line) {
            targets.push((TargetKind::Department, line.department.as_str()));
        }
        self.suspensions(&targets).first().copied()
    }

    /// Σ effective cuts of a department's year.
    pub fn sanction_cut(&self, department: &DepartmentId, year: i32) -> Money {
        let cuts = self.of_kind::<Sanction>().filter(|(_, sanction)| sanction.cuts(department, year));
        cuts.filter_map(|(_, sanction)| sanction.amount).sum()
    }

    /// A day so many working days later.
    pub fn workdays_after(&self, day: Date, n: u32) -> Date {
        let reached = self.setting.calendar.clock(day, n, DayUnit::Workday, ClockSense::AtLeast);
        reached.map_or(last_day(2999), |reached| reached.day)
    }

    /// A day so many calendar days later.
    pub fn days_after(&self, day: Date, n: u32) -> Date {
        day.plus_days(i64::from(n)).unwrap_or(last_day(2999))
    }
}

/// The row of a verb in a kind's table.
pub fn command_row<K: ExecutionKind>(verb: &str) -> Option<&'static CommandRow<K::Stage>> {
    K::COMMANDS.iter().find(|row| row.verb == verb)
}
