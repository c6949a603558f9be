//! 账务核验: the laws of the ledger (money.md § 5.3), checked against a whole log. Reads only; each breach names the first
//! transfer, line, row or case that breaks the law.

use super::account::{AccountCode, AccountKey, LedgerAccount};
use super::balance::{Balance, Balances};
use super::replay::{Replay, ReplayedAccount};
use super::transfer::Transfer;
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

/// What the cases know that the laws of a log are about.
#[derive(Clone, Debug, Default)]
pub struct Books {
    /// Balances as stored with the log.
    pub stored: Balances,
    pub lines: BTreeMap<LineId, i32>,
    pub rows: BTreeMap<PackageRowId, LineId>,
    /// Closed years with the number of the last transfer of their closing.
    pub closed: BTreeMap<i32, u64>,
    pub settled: Vec<SettledRow>,
    /// Contract and term of every live payment that is not the final one, with its case.
    pub live_payments: Vec<(String, i64, String)>,
    pub signatures: Vec<SignaturePair>,
    /// What came into the bureau's account less what went out.
    pub cash: Money,
}

/// Every broken law of a whole log once, in the order of the laws.
pub fn verify(books: Books, log: &[Transfer]) -> Vec<LawBreach> {
    let mut replay = Replay::new(books);
    replay.rows(log);
    replay.finish()
}

pub(super) fn breach(law: &'static str, at: impl ToString) -> LawBreach {
    LawBreach { law, at: at.to_string() }
}

fn posted(balances: &Balances, account: &LedgerAccount) -> Money {
    balances.get(account).map_or(Money::ZERO, |balance| balance.posted(account))
}

impl Replay {
    /// Every law that the log breaks, once, in the order of the laws.
    pub fn finish(mut self) -> Vec<LawBreach> {
        self.end_log();
        let fold = self.balances();
        let found = [
            self.years_balance(),
            self.books.one_live_payment(),
            self.settled_rows(&fold),
            self.books.two_persons(),
            self.books.stored_balances(&fold),
            self.level_years(),
            self.books.cash_agrees(&fold),
        ];
        for LawBreach { law, at } in found.into_iter().flatten() {
            self.report(law, at);
        }
        self.breaches.sort_by_key(|breach| breach.law[1..].parse().unwrap_or(u8::MAX));
        self.breaches
    }

    /// L1: each chain comes from its source.
    fn years_balance(&self) -> Option<LawBreach> {
        let mut sums: BTreeMap<i32, (Money, Money)> = BTreeMap::new();
        let mut unknown: Option<&LedgerAccount> = None;
        for ReplayedAccount { account, balance, year, .. } in &self.accounts {
            let Some(year) = year else {
                unknown = Some(unknown.map_or(account, |first| first.min(account)));
                continue;
            };
            let amount = match account.code.is_source() {
                true => -balance.posted(account),
                false => balance.posted(account),
            };
            let (funds, commitments) = sums.entry(*year).or_default();
            match account.code {
                AccountCode::ContractSource | AccountCode::Uncontracted | AccountCode::Payable => {
                    *commitments += amount;
                }
                _ => *funds += amount,
            }
        }
        let zero = (Money::ZERO, Money::ZERO);
        let unlevel = sums.iter().find(|(_, sums)| **sums != zero);
        let unlevel = unlevel.map(|(year, _)| breach("L1", format!("{year} 年度")));
        unknown.map(|account| breach("L1", account)).or(unlevel)
    }

    /// L6: what was settled is paid, payable or taken back since.
    fn settled_rows(&self, fold: &Balances) -> Option<LawBreach> {
        let broken = self.books.settled.iter().find(|settled| {
            let (paid, payable) = (
                LedgerAccount::of_row(AccountCode::Paid, &settled.row),
                LedgerAccount::of_row(AccountCode::Payable, &settled.row),
            );
            let taken = self.recovered_since(&paid, settled.after);
            settled.settled != posted(fold, &paid) + posted(fold, &payable) + taken
        });
        broken.map(|settled| breach("L6", &settled.row))
    }

    /// L11: a closed year is level. That only money is taken back in it later is judged row by row.
    fn level_years(&self) -> Option<LawBreach> {
        let level = [
            AccountCode::Unadvanced,
            AccountCode::Unspent,
            AccountCode::RefundDue,
            AccountCode::Uncontracted,
            AccountCode::Payable,
        ];
        let is_closed = |year: &Option<i32>| year.is_some_and(|year| self.books.closed.contains_key(&year));
        let holds = |balance: &Balance, account| {
            (balance.posted(account), balance.reserved) != (Money::ZERO, Money::ZERO)
        };
        let unlevel = self.accounts.iter().filter(|of| {
            level.contains(&of.account.code) && is_closed(&of.year) && holds(&of.balance, &of.account)
        });
        unlevel.map(|of| &of.account).min().map(|account| breach("L11", account))
    }
}

impl Books {
    /// Year of an account; `None` for a key no case knows.
    pub(super) fn year_of(&self, account: &LedgerAccount) -> Option<i32> {
        match account.code.key() {
            AccountKey::Year => account.key.parse().ok(),
            AccountKey::Line => self.lines.get(&LineId::new(account.key.as_str())).copied(),
            AccountKey::Row => {
                let line = self.rows.get(&PackageRowId::new(account.key.as_str()))?;
                self.lines.get(line).copied()
            }
        }
    }

    /// L4.
    fn one_live_payment(&self) -> Option<LawBreach> {
        let mut seen = BTreeSet::new();
        let again = self.live_payments.iter().find(|(contract, term, _)| !seen.insert((contract, term)));
        again.map(|(_, _, case)| breach("L4", case))
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

    /// L12: the bureau's money is what came in less what went out.
    fn cash_agrees(&self, fold: &Balances) -> Option<LawBreach> {
        let unspent = fold.iter().filter(|(account, _)| account.code == AccountCode::Unspent);
        let unspent: Money = unspent.map(|(account, balance)| balance.posted(account)).sum();
        (unspent != self.cash).then(|| breach("L12", format!("账面 {unspent}，收付净额 {}", self.cash)))
    }
}
