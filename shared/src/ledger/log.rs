//! 总账: the append-only log of transfers with its balances. One command's rows are written all or none.

use super::account::{AccountCode, LedgerAccount};
use super::balance::{Balance, Balances, apply};
use super::transfer::{Instruction, Leg, Origin, Transfer, TransferCode, TransferMode};
use crate::kernel::money::Money;
use std::collections::{BTreeMap, BTreeSet};

/// Why rows are not written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerFault {
    #[error("账户 {0} 余额不足")]
    Overdrawn(LedgerAccount),
    #[error("第 {0} 笔不是未办结的占用")]
    NotOpen(u64),
    #[error("第 {0} 笔不能冲回")]
    NotMirrored(u64),
    #[error("金额须为正数")]
    Negative,
}

/// Where a log ends: number and hash of its last row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChainEnd {
    pub number: u64,
    pub hash: String,
}

/// Posted amounts by debited account and code.
pub type Turnover = BTreeMap<(LedgerAccount, TransferCode), Money>;

/// The log as far as it is at hand: a store hands over balances, open reservations and the rows of one case, a script
/// all there is.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// In log order; those read from a store may leave out others.
    rows: Vec<Transfer>,
    end: ChainEnd,
    balances: Balances,
    /// Numbers of the reservations neither posted nor voided.
    open: Vec<u64>,
    /// Posted amounts by debited account and code: turnover of the money page.
    turnover: Turnover,
}

impl Ledger {
    /// A stored log: its end, its balances, every open reservation and whatever other rows the reader wants.
    pub fn resume(
        end: ChainEnd,
        balances: Balances,
        turnover: Turnover,
        open: Vec<Transfer>,
        others: Vec<Transfer>,
    ) -> Ledger {
        let mut ledger = Ledger { end, turnover, ..Ledger::default() };
        ledger.read_further(balances, open, others);
        ledger
    }

    /// Adds what was read later of the log this one resumes: accounts, open reservations and other rows. What is at hand
    /// already, or was written since, stays as it is.
    pub fn read_further(&mut self, balances: Balances, open: Vec<Transfer>, others: Vec<Transfer>) {
        for (account, balance) in balances {
            self.balances.entry(account).or_insert(balance);
        }
        let numbers: Vec<u64> = open.iter().map(|row| row.number).collect();
        let read = std::mem::take(&mut self.rows).into_iter().chain(open).chain(others);
        let by_number: BTreeMap<u64, Transfer> = read.map(|row| (row.number, row)).collect();
        let closed: BTreeSet<u64> = by_number.values().filter_map(|row| row.reservation).collect();
        self.rows = by_number.into_values().collect();
        self.open.extend(numbers.iter().filter(|number| !closed.contains(number)));
        self.open.sort_unstable();
        self.open.dedup();
    }

    /// The rows at hand, in log order.
    pub fn rows(&self) -> &[Transfer] {
        &self.rows
    }

    /// Number of the last row of the log, 0 when there is none.
    pub fn last_number(&self) -> u64 {
        self.end.number
    }

    pub fn balances(&self) -> &Balances {
        &self.balances
    }

    fn row(&self, number: u64) -> Option<&Transfer> {
        let at = self.rows.binary_search_by_key(&number, |row| row.number).ok()?;
        self.rows.get(at)
    }

    pub fn balance(&self, account: &LedgerAccount) -> Balance {
        self.balances.get(account).copied().unwrap_or_default()
    }

    pub fn posted(&self, account: &LedgerAccount) -> Money {
        self.balance(account).posted(account)
    }

    pub fn available(&self, account: &LedgerAccount) -> Money {
        self.balance(account).available(account)
    }

    /// Posted amounts that left `debit` under `code`.
    pub fn turnover(&self, debit: &LedgerAccount, code: TransferCode) -> Money {
        self.turnover.get(&(debit.clone(), code)).copied().unwrap_or_default()
    }

    /// Open reservations in log order.
    pub fn open(&self) -> impl Iterator<Item = &Transfer> {
        self.open.iter().filter_map(|number| self.row(*number))
    }

    /// Writes one command's rows.
    ///
    /// # Errors
    /// A credit-normal account would fall below its reservations, or an instruction names a row it cannot. Nothing is
    /// written then.
    pub fn write(&mut self, instructions: &[Instruction], origin: &Origin) -> Result<(), LedgerFault> {
        let group = self.next_number(0);
        let mut planned: Vec<Transfer> = Vec::new();
        let mut touched = Balances::new();
        for instruction in instructions {
            let Some((leg, mode, reservation, mirrors)) = self.planned(instruction, &planned)? else {
                continue;
            };
            let row = Transfer {
                number: self.next_number(planned.len()),
                group,
                code: leg.code,
                mode,
                debit: leg.debit,
                credit: leg.credit,
                amount: leg.amount,
                reservation,
                mirrors,
                origin: origin.clone(),
                hash: String::new(),
            };
            let reserved = reservation.and_then(|number| self.row(number)).map(|row| row.amount);
            for account in [&row.debit, &row.credit] {
                touched.entry(account.clone()).or_insert_with(|| self.balance(account));
            }
            apply(&mut touched, &row, reserved.unwrap_or_default());
            let below =
                touched.get(&row.debit).is_some_and(|debit| debit.available(&row.debit).is_negative());
            if below && !row.debit.code.is_source() {
                return Err(LedgerFault::Overdrawn(row.debit));
            }
            planned.push(row);
        }
        for row in planned {
            self.append(row);
        }
        Ok(())
    }

    fn next_number(&self, ahead: usize) -> u64 {
        self.end.number.saturating_add(u64::try_from(ahead).unwrap_or(u64::MAX)).saturating_add(1)
    }

    /// The leg an instruction stands for; `None` when it writes nothing.
    #[allow(clippy::type_complexity)]
    fn planned(
        &self,
        instruction: &Instruction,
        before: &[Transfer],
    ) -> Result<Option<(Leg, TransferMode, Option<u64>, Option<u64>)>, LedgerFault> {
        let leg_of =
            |row: &Transfer, amount| Leg::new(row.code, row.debit.clone(), row.credit.clone(), amount);
        let reservation = |number: u64| {
            let closed = before.iter().any(|row| row.reservation == Some(number));
            let row = self.row(number).filter(|_| !closed && self.open.contains(&number));
            row.ok_or(LedgerFault::NotOpen(number))
        };
        Ok(match instruction {
            Instruction::Transfer(leg) | Instruction::Reserve(leg) if leg.amount.is_negative() => {
                return Err(LedgerFault::Negative);
            }
            Instruction::Transfer(leg) | Instruction::Reserve(leg) if leg.amount == Money::ZERO => None,
            Instruction::Transfer(leg) => Some((leg.clone(), TransferMode::Posted, None, None)),
            Instruction::Reserve(leg) => Some((leg.clone(), TransferMode::Pending, None, None)),
            Instruction::Post { reservation: number, amount } if amount.is_positive() => {
                let row = reservation(*number)?;
                if *amount > row.amount {
                    return Err(LedgerFault::Overdrawn(row.debit.clone()));
                }
                Some((leg_of(row, *amount), TransferMode::Post, Some(*number), None))
            }
            Instruction::Post { reservation: number, .. } | Instruction::Void { reservation: number } => {
                let row = reservation(*number)?;
                Some((leg_of(row, row.amount), TransferMode::Void, Some(*number), None))
            }
            Instruction::Mirror { of, code } => {
                let mirrored = self.rows.iter().chain(before).any(|row| row.mirrors == Some(*of));
                let row = self.row(*of).filter(|row| row.is_posted() && !mirrored);
                let row = row.ok_or(LedgerFault::NotMirrored(*of))?;
                let leg = Leg::new(*code, row.credit.clone(), row.debit.clone(), row.amount);
                Some((leg, TransferMode::Posted, None, Some(*of)))
            }
        })
    }

    /// Appends a row that [`Ledger::write`] has checked.
    fn append(&mut self, mut row: Transfer) {
        let reserved = row.reservation.and_then(|number| self.row(number)).map(|row| row.amount);
        let reserved = reserved.unwrap_or_default();
        assert!(row.amount.is_positive(), "L2: the amount of a transfer is a positive number of fen");
        assert!(row.reservation.is_none() || row.amount <= reserved, "L5: posted within the reservation");
        row.hash = row.chained(&self.end.hash);
        self.end = ChainEnd { number: row.number, hash: row.hash.clone() };
        apply(&mut self.balances, &row, reserved);
        let available = self.available(&row.debit);
        assert!(row.debit.code.is_source() || !available.is_negative(), "L3: no account is overdrawn");
        match row.mode {
            TransferMode::Pending => self.open.push(row.number),
            TransferMode::Post | TransferMode::Void => {
                let before = self.open.len();
                self.open.retain(|number| Some(*number) != row.reservation);
                assert!(self.open.len() + 1 == before, "L5: a reservation is closed once");
            }
            TransferMode::Posted => {}
        }
        if row.is_posted() {
            *self.turnover.entry((row.debit.clone(), row.code)).or_default() += row.amount;
        }
        self.rows.push(row);
    }

    /// Posted balance of 1200 over all lines: what the bureau's bank account should hold.
    pub fn cash(&self) -> Money {
        let unspent = self.balances.iter().filter(|(account, _)| account.code == AccountCode::Unspent);
        unspent.map(|(account, balance)| balance.posted(account)).sum()
    }
}
