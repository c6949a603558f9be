//! 账务核验: the laws of the ledger (money.md § 5.3), checked against a whole log. Reads only; each breach names the first
//! transfer, line, row or case that breaks the law.

use super::account::{AccountCode, AccountKey, LedgerAccount};
use super::balance::{Balances, apply};
use super::reconcile::{CashMovement, net};
use super::transfer::{Transfer, TransferCode, TransferMode};
use crate::kernel::ids::{LineId, PackageRowId, PersonId};
use crate::kernel::money::Money;
use std::collections::{BTreeMap, BTreeSet};

/// A law and the first place that breaks it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LawBreach {
    pub law: &'static str,
    pub at: String,
}

/// What a row was settled at, and the number of the last transfer before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettledRow {
    pub row: PackageRowId,
    pub settled: Money,
    pub after: u64,
}

/// Two signatures that two persons must have given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignaturePair {
    pub place: String,
    pub first: PersonId,
    pub second: PersonId,
}

/// Everything the laws are about: the log, and of the cases what the log does not say.
#[derive(Clone, Debug, Default)]
pub struct Books<'a> {
    pub log: &'a [Transfer],
    /// Balances as stored beside the log.
    pub stored: Balances,
    pub lines: BTreeMap<LineId, i32>,
    pub rows: BTreeMap<PackageRowId, LineId>,
    /// Closed years with the number of the last transfer of their closing.
    pub closed: BTreeMap<i32, u64>,
    pub settled: Vec<SettledRow>,
    /// Contract and term of every live payment that is not the final one, with its case.
    pub live_payments: Vec<(String, i64, String)>,
    pub signatures: Vec<SignaturePair>,
    pub movements: &'a [CashMovement],
}

/// Every broken law once, in the order of the laws.
pub fn verify(books: &Books) -> Vec<LawBreach> {
    let mut breaches = Replay::of(books).breaches;
    let fold = fold(books.log);
    breaches.extend(books.years_balance(&fold));
    breaches.extend(books.one_live_payment());
    breaches.extend(books.settled_rows(&fold));
    breaches.extend(books.chain());
    breaches.extend(books.two_persons());
    breaches.extend(books.stored_balances(&fold));
    breaches.extend(books.closed_years(&fold));
    breaches.extend(books.cash(&fold));
    let mut seen = BTreeSet::new();
    breaches.retain(|breach| seen.insert(breach.law));
    breaches.sort_by_key(|breach| breach.law[1..].parse().unwrap_or(u8::MAX));
    breaches
}

fn breach(law: &'static str, at: impl ToString) -> LawBreach {
    LawBreach { law, at: at.to_string() }
}

fn numbered(row: &Transfer) -> String {
    format!("第 {} 笔（{} {}）", row.number, row.origin.case, row.code.label())
}

/// Balances as the log alone gives them.
pub fn fold(log: &[Transfer]) -> Balances {
    let mut balances = Balances::new();
    let amounts: BTreeMap<u64, Money> = log.iter().map(|row| (row.number, row.amount)).collect();
    for row in log {
        let reserved = row.reservation.and_then(|number| amounts.get(&number)).copied();
        apply(&mut balances, row, reserved.unwrap_or_default());
    }
    balances
}

fn posted(balances: &Balances, account: &LedgerAccount) -> Money {
    balances.get(account).map_or(Money::ZERO, |balance| balance.posted(account))
}

/// The laws that hold after every row: L2, L3, L5, L9.
struct Replay<'a> {
    books: &'a Books<'a>,
    balances: Balances,
    /// Σ 2200 of each line's rows less 1100 and 1200.
    waiting: BTreeMap<&'a LineId, Money>,
    /// Lines the command at hand has touched.
    touched: Vec<&'a LineId>,
    open: BTreeMap<u64, &'a Transfer>,
    mirrored: BTreeSet<u64>,
    breaches: Vec<LawBreach>,
}

impl<'a> Replay<'a> {
    fn of(books: &'a Books<'a>) -> Replay<'a> {
        let mut replay = Replay {
            books,
            balances: Balances::new(),
            waiting: BTreeMap::new(),
            touched: Vec::new(),
            open: BTreeMap::new(),
            mirrored: BTreeSet::new(),
            breaches: Vec::new(),
        };
        for (at, row) in books.log.iter().enumerate() {
            replay.row(row);
            if books.log.get(at + 1).is_none_or(|next| next.group != row.group) {
                replay.lines(row);
            }
        }
        replay
    }

    fn row(&mut self, row: &'a Transfer) {
        if !row.amount.is_positive() {
            self.breaches.push(breach("L2", numbered(row)));
        }
        let origin = &row.origin;
        if origin.case.as_str().is_empty() || origin.command.is_empty() || origin.version.len() != 64 {
            self.breaches.push(breach("L9", numbered(row)));
        }
        let reserved = self.close(row);
        apply(&mut self.balances, row, reserved);
        let overdrawn = |account: &LedgerAccount| {
            let below = self.balances.get(account).is_some_and(|b| b.available(account).is_negative());
            below && !account.code.is_source()
        };
        if overdrawn(&row.debit) || overdrawn(&row.credit) {
            self.breaches.push(breach("L3", numbered(row)));
        }
        if row.is_posted() {
            self.shift(&row.debit, -row.amount);
            self.shift(&row.credit, row.amount);
        }
    }

    /// Checks what a row refers to; the amount of the reservation it closes.
    fn close(&mut self, row: &'a Transfer) -> Money {
        let mut sound = true;
        let mut reserved = Money::ZERO;
        match row.mode {
            TransferMode::Pending => {
                self.open.insert(row.number, row);
            }
            TransferMode::Post | TransferMode::Void => {
                let before = row.reservation.and_then(|number| self.open.remove(&number));
                reserved = before.map_or(Money::ZERO, |before| before.amount);
                sound = before.is_some_and(|before| {
                    let alike =
                        (before.code, &before.debit, &before.credit) == (row.code, &row.debit, &row.credit);
                    let whole = row.mode == TransferMode::Post || row.amount == before.amount;
                    alike && whole && row.amount <= before.amount
                });
            }
            TransferMode::Posted => {}
        }
        if let Some(of) = row.mirrors {
            let original = self.books.log.iter().find(|original| original.number == of);
            sound &= self.mirrored.insert(of)
                && original.is_some_and(|original| {
                    (&original.debit, &original.credit) == (&row.credit, &row.debit)
                        && original.amount == row.amount
                });
        }
        if !sound {
            self.breaches.push(breach("L5", numbered(row)));
        }
        reserved
    }

    fn shift(&mut self, account: &LedgerAccount, by: Money) {
        match account.code {
            AccountCode::Unadvanced | AccountCode::Unspent => {
                let line = self.books.lines.get_key_value(&LineId::new(account.key.as_str()));
                if let Some((line, _)) = line {
                    *self.waiting.entry(line).or_default() -= by;
                    self.touched.push(line);
                }
            }
            AccountCode::Payable => {
                let row = self.books.rows.get(&PackageRowId::new(account.key.as_str()));
                if let Some(line) = row {
                    *self.waiting.entry(line).or_default() += by;
                    self.touched.push(line);
                }
            }
            _ => {}
        }
    }

    /// What contracts wait for is there, at the end of every command.
    fn lines(&mut self, last: &Transfer) {
        let touched = std::mem::take(&mut self.touched);
        if touched.iter().any(|line| self.waiting.get(line).is_some_and(|waiting| waiting.is_positive())) {
            self.breaches.push(breach("L3", numbered(last)));
        }
    }
}

impl Books<'_> {
    /// Year of an account; `None` for a key no case knows.
    fn year_of(&self, account: &LedgerAccount) -> Option<i32> {
        match account.code.key() {
            AccountKey::Year => account.key.parse().ok(),
            AccountKey::Line => self.lines.get(&LineId::new(account.key.as_str())).copied(),
            AccountKey::Row => {
                let line = self.rows.get(&PackageRowId::new(account.key.as_str()))?;
                self.lines.get(line).copied()
            }
        }
    }

    /// L1: each chain comes from its source.
    fn years_balance(&self, fold: &Balances) -> Option<LawBreach> {
        let mut sums: BTreeMap<i32, (Money, Money)> = BTreeMap::new();
        for (account, balance) in fold {
            let Some(year) = self.year_of(account) else {
                return Some(breach("L1", account));
            };
            let amount = match account.code.is_source() {
                true => -balance.posted(account),
                false => balance.posted(account),
            };
            let (funds, commitments) = sums.entry(year).or_default();
            match account.code {
                AccountCode::ContractSource | AccountCode::Uncontracted | AccountCode::Payable => {
                    *commitments += amount;
                }
                _ => *funds += amount,
            }
        }
        let zero = (Money::ZERO, Money::ZERO);
        sums.iter().find(|(_, sums)| **sums != zero).map(|(year, _)| breach("L1", format!("{year} 年度")))
    }

    /// L4.
    fn one_live_payment(&self) -> Option<LawBreach> {
        let mut seen = BTreeSet::new();
        let again = self.live_payments.iter().find(|(contract, term, _)| !seen.insert((contract, term)));
        again.map(|(_, _, case)| breach("L4", case))
    }

    /// L6: what was settled is paid, payable or taken back since.
    fn settled_rows(&self, fold: &Balances) -> Option<LawBreach> {
        let broken = self.settled.iter().find(|settled| {
            let (paid, payable) = (
                LedgerAccount::of_row(AccountCode::Paid, &settled.row),
                LedgerAccount::of_row(AccountCode::Payable, &settled.row),
            );
            let taken = self.log.iter().filter(|row| {
                row.number > settled.after
                    && row.code == TransferCode::Recover
                    && row.is_posted()
                    && row.debit == paid
            });
            let taken: Money = taken.map(|row| row.amount).sum();
            settled.settled != posted(fold, &paid) + posted(fold, &payable) + taken
        });
        broken.map(|settled| breach("L6", &settled.row))
    }

    /// L7: numbers without gaps, hashes in a chain.
    fn chain(&self) -> Option<LawBreach> {
        let mut previous = "";
        for (at, row) in self.log.iter().enumerate() {
            let numbered_right = usize::try_from(row.number).is_ok_and(|number| number == at + 1);
            if !numbered_right || row.hash != row.chained(previous) {
                return Some(breach("L7", numbered(row)));
            }
            previous = &row.hash;
        }
        None
    }

    /// L8.
    fn two_persons(&self) -> Option<LawBreach> {
        let alike = self.signatures.iter().find(|pair| pair.first == pair.second);
        alike.map(|pair| breach("L8", &pair.place))
    }

    /// L10.
    fn stored_balances(&self, fold: &Balances) -> Option<LawBreach> {
        let accounts = fold.keys().chain(self.stored.keys());
        let mut differing = accounts.filter(|account| fold.get(account) != self.stored.get(account));
        differing.next().map(|account| breach("L10", account))
    }

    /// L11: a closed year is level, and only money is taken back in it.
    fn closed_years(&self, fold: &Balances) -> Option<LawBreach> {
        let level = [
            AccountCode::Unadvanced,
            AccountCode::Unspent,
            AccountCode::RefundDue,
            AccountCode::Uncontracted,
            AccountCode::Payable,
        ];
        let closed = |account: &LedgerAccount| self.closed.get(&self.year_of(account)?);
        let later = self.log.iter().find(|row| {
            let in_closed = |account| closed(account).is_some_and(|last| row.number > *last);
            (in_closed(&row.debit) || in_closed(&row.credit)) && row.code != TransferCode::Recover
        });
        if let Some(row) = later {
            return Some(breach("L11", numbered(row)));
        }
        let unlevel = fold.iter().find(|(account, balance)| {
            let must = level.contains(&account.code) && closed(account).is_some();
            must && (balance.posted(account), balance.reserved) != (Money::ZERO, Money::ZERO)
        });
        unlevel.map(|(account, _)| breach("L11", account))
    }

    /// L12: the bureau's money is what came in less what went out.
    fn cash(&self, fold: &Balances) -> Option<LawBreach> {
        let unspent = fold.iter().filter(|(account, _)| account.code == AccountCode::Unspent);
        let unspent: Money = unspent.map(|(account, balance)| balance.posted(account)).sum();
        let net = net(self.movements.iter().map(|m| (m.direction, m.amount)));
        (unspent != net).then(|| breach("L12", format!("账面 {unspent}，收付净额 {net}")))
    }
}
