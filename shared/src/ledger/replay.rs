//! 账务重放: holds a log against the laws row by row, in the order it was written. Rows are handed over a few at a time, so that
//! a log of any length is verified in the room of its accounts and amounts.

use super::account::{AccountCode, LedgerAccount};
use super::balance::{Balance, Balances};
use super::transfer::{Transfer, TransferCode, TransferMode};
use super::verify::{Books, LawBreach, breach};
use crate::kernel::ids::{LineId, PackageRowId};
use crate::kernel::money::Money;
use std::collections::{HashMap, HashSet};

/// Place of an account in [`Replay::accounts`].
type At = usize;

/// An account of the log with what the laws need of it, looked up once and not for every row.
#[derive(Debug)]
pub(super) struct ReplayedAccount {
    pub account: LedgerAccount,
    pub balance: Balance,
    /// `None` for a key no case knows.
    pub year: Option<i32>,
    /// The line whose waiting contracts the account changes, and whether it adds to them.
    waits: Option<(usize, bool)>,
}

/// What a later row may refer to.
#[derive(Clone, Copy, Debug)]
struct Movement {
    number: u64,
    debit: At,
    credit: At,
    amount: Money,
}

/// The log so far: the laws that hold after every row (L2, L3, L5, L7, L9, L11), and the fold that the others are judged on.
#[derive(Debug, Default)]
pub struct Replay {
    pub(super) books: Books,
    pub(super) accounts: Vec<ReplayedAccount>,
    index: HashMap<LedgerAccount, At>,
    lines: HashMap<LineId, usize>,
    /// Σ 2200 of each line's rows less 1100 and 1200.
    waiting: Vec<Money>,
    /// Lines the command at hand has touched.
    touched: Vec<usize>,
    open: HashMap<u64, (TransferCode, Movement)>,
    /// Posted rows in log order: another may take one back.
    posted: Vec<Movement>,
    mirrored: HashSet<u64>,
    /// Rows that take paid money back: the account they debit, number and amount.
    recovered: Vec<(At, u64, Money)>,
    last: Option<Transfer>,
    /// The first breach of each law.
    pub(super) breaches: Vec<LawBreach>,
}

impl Replay {
    pub fn new(books: Books) -> Replay {
        Replay {
            lines: books.lines.keys().enumerate().map(|(at, line)| (line.clone(), at)).collect(),
            waiting: vec![Money::ZERO; books.lines.len()],
            books,
            ..Replay::default()
        }
    }

    /// Takes the rows that follow those before.
    pub fn rows(&mut self, rows: &[Transfer]) {
        let before = self.last.take();
        let mut before = before.as_ref();
        for row in rows {
            if let Some(last) = before.filter(|last| last.group != row.group) {
                self.end_command(last);
            }
            self.chain(before, row);
            self.row(row);
            before = Some(row);
        }
        self.last = before.cloned();
    }

    pub(super) fn end_log(&mut self) {
        if let Some(last) = self.last.take() {
            self.end_command(&last);
        }
    }

    pub(super) fn report(&mut self, law: &'static str, at: impl ToString) {
        if self.breaches.iter().all(|found| found.law != law) {
            self.breaches.push(breach(law, at));
        }
    }

    /// L7: numbers without gaps, hashes in a chain.
    fn chain(&mut self, before: Option<&Transfer>, row: &Transfer) {
        let (number, hash) = before.map_or((0, ""), |before| (before.number, before.hash.as_str()));
        if row.number != number + 1 || row.hash != row.chained(hash) {
            self.report("L7", row.place());
        }
    }

    fn account(&mut self, account: &LedgerAccount) -> At {
        if let Some(at) = self.index.get(account) {
            return *at;
        }
        let line = |line: &LineId| self.lines.get(line).copied();
        let waits = match account.code {
            AccountCode::Unadvanced | AccountCode::Unspent => {
                line(&LineId::new(account.key.as_str())).map(|line| (line, false))
            }
            AccountCode::Payable => {
                let served = self.books.rows.get(&PackageRowId::new(account.key.as_str()));
                served.and_then(line).map(|line| (line, true))
            }
            _ => None,
        };
        let year = self.books.year_of(account);
        self.accounts.push(ReplayedAccount {
            account: account.clone(),
            balance: Balance::default(),
            year,
            waits,
        });
        self.index.insert(account.clone(), self.accounts.len() - 1);
        self.accounts.len() - 1
    }

    fn row(&mut self, row: &Transfer) {
        if !row.amount.is_positive() {
            self.report("L2", row.place());
        }
        let origin = &row.origin;
        if origin.case.as_str().is_empty() || origin.command.is_empty() || origin.version.len() != 64 {
            self.report("L9", row.place());
        }
        let (debit, credit) = (self.account(&row.debit), self.account(&row.credit));
        let movement = Movement { number: row.number, debit, credit, amount: row.amount };
        let reserved = self.close(row, movement);
        self.accounts[debit].balance.debit(row, reserved);
        self.accounts[credit].balance.credit(row);
        let overdrawn = [debit, credit].into_iter().any(|at| {
            let ReplayedAccount { account, balance, .. } = &self.accounts[at];
            balance.available(account).is_negative() && !account.code.is_source()
        });
        if overdrawn {
            self.report("L3", row.place());
        }
        if row.code == TransferCode::Recover {
            if row.is_posted() && row.debit.code == AccountCode::Paid {
                self.recovered.push((debit, row.number, row.amount));
            }
        } else if self.is_closed(debit, row.number) || self.is_closed(credit, row.number) {
            self.report("L11", row.place());
        }
        if row.is_posted() {
            self.posted.push(movement);
            self.shift(debit, -row.amount);
            self.shift(credit, row.amount);
        }
    }

    /// Whether the year of the account was closed before the row with this number.
    fn is_closed(&self, account: At, number: u64) -> bool {
        let year = self.accounts[account].year;
        year.and_then(|year| self.books.closed.get(&year)).is_some_and(|last| number > *last)
    }

    /// Checks what a row refers to; the amount of the reservation it closes.
    fn close(&mut self, row: &Transfer, movement: Movement) -> Money {
        let Movement { debit, credit, amount, .. } = movement;
        let mut sound = true;
        let mut reserved = Money::ZERO;
        match row.mode {
            TransferMode::Pending => {
                self.open.insert(row.number, (row.code, movement));
            }
            TransferMode::Post | TransferMode::Void => {
                let before = row.reservation.and_then(|number| self.open.remove(&number));
                reserved = before.map_or(Money::ZERO, |(_, before)| before.amount);
                sound = before.is_some_and(|(code, before)| {
                    let alike = (code, before.debit, before.credit) == (row.code, debit, credit);
                    let whole = row.mode == TransferMode::Post || amount == before.amount;
                    alike && whole && amount <= before.amount
                });
            }
            TransferMode::Posted => {}
        }
        if let Some(of) = row.mirrors {
            let original = self.posted.binary_search_by_key(&of, |before| before.number).ok();
            sound &= self.mirrored.insert(of)
                && original.and_then(|at| self.posted.get(at)).is_some_and(|original| {
                    (original.debit, original.credit, original.amount) == (credit, debit, amount)
                });
        }
        if !sound {
            self.report("L5", row.place());
        }
        reserved
    }

    fn shift(&mut self, account: At, by: Money) {
        if let Some((line, adds)) = self.accounts[account].waits {
            self.waiting[line] += if adds { by } else { -by };
            self.touched.push(line);
        }
    }

    /// What contracts wait for is there, at the end of every command.
    fn end_command(&mut self, last: &Transfer) {
        if self.touched.iter().any(|line| self.waiting[*line].is_positive()) {
            self.report("L3", last.place());
        }
        self.touched.clear();
    }

    /// What was taken back of a paid account after the row with this number.
    pub(super) fn recovered_since(&self, paid: &LedgerAccount, after: u64) -> Money {
        let account = self.index.get(paid);
        let since = self.recovered.iter().filter(|(at, number, _)| account == Some(at) && *number > after);
        since.map(|(_, _, amount)| *amount).sum()
    }

    /// The balances the log comes to.
    pub(super) fn balances(&self) -> Balances {
        self.accounts.iter().map(|of| (of.account.clone(), of.balance)).collect()
    }
}
