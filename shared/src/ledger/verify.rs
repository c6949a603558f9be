//! 账务核验: the laws of the ledger (money.md § 5.3), checked against a whole log. Reads only; each breach names the first
//! transfer, line, row or case that breaks the law.

use super::account::{AccountCode, AccountKey, LedgerAccount};
use super::balance::{Balance, Balances};
use super::reconcile::{CashMovement, net};
use super::transfer::{Transfer, TransferCode, TransferMode};
use crate::kernel::ids::{LineId, PackageRowId, PersonId};
use crate::kernel::money::Money;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

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
    let replay = Replay::of(books);
    let fold = Fold::of(books, &replay);
    let mut breaches = replay.breaches;
    breaches.extend(fold.years_balance());
    breaches.extend(books.one_live_payment());
    breaches.extend(books.settled_rows(&fold.balances));
    breaches.extend(books.chain());
    breaches.extend(books.two_persons());
    breaches.extend(books.stored_balances(&fold.balances));
    breaches.extend(fold.closed_years());
    breaches.extend(books.cash(&fold.balances));
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

fn posted(balances: &Balances, account: &LedgerAccount) -> Money {
    balances.get(account).map_or(Money::ZERO, |balance| balance.posted(account))
}

/// An account of the log with what the replay needs of it, looked up once and not for every row.
struct ReplayedAccount<'a> {
    account: &'a LedgerAccount,
    balance: Balance,
    /// The line whose waiting contracts the account changes, and whether it adds to them.
    waits: Option<(usize, bool)>,
}

/// The laws that hold after every row: L2, L3, L5, L9.
struct Replay<'a> {
    books: &'a Books<'a>,
    accounts: Vec<ReplayedAccount<'a>>,
    index: HashMap<&'a LedgerAccount, usize>,
    lines: HashMap<&'a LineId, usize>,
    /// Σ 2200 of each line's rows less 1100 and 1200.
    waiting: Vec<Money>,
    /// Lines the command at hand has touched.
    touched: Vec<usize>,
    open: HashMap<u64, &'a Transfer>,
    /// The rows some other row takes back.
    originals: HashMap<u64, &'a Transfer>,
    mirrored: HashSet<u64>,
    breaches: Vec<LawBreach>,
}

impl<'a> Replay<'a> {
    fn of(books: &'a Books<'a>) -> Replay<'a> {
        let taken_back: HashSet<u64> = books.log.iter().filter_map(|row| row.mirrors).collect();
        let originals = books.log.iter().filter(|row| taken_back.contains(&row.number));
        let mut replay = Replay {
            books,
            accounts: Vec::new(),
            index: HashMap::new(),
            lines: books.lines.keys().enumerate().map(|(at, line)| (line, at)).collect(),
            waiting: vec![Money::ZERO; books.lines.len()],
            touched: Vec::new(),
            open: HashMap::new(),
            originals: originals.map(|row| (row.number, row)).collect(),
            mirrored: HashSet::new(),
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

    /// Place of an account in [`Replay::accounts`].
    fn account(&mut self, account: &'a LedgerAccount) -> usize {
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
        self.accounts.push(ReplayedAccount { account, balance: Balance::default(), waits });
        self.index.insert(account, self.accounts.len() - 1);
        self.accounts.len() - 1
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
        let (debit, credit) = (self.account(&row.debit), self.account(&row.credit));
        self.accounts[debit].balance.debit(row, reserved);
        self.accounts[credit].balance.credit(row);
        let overdrawn = [debit, credit].into_iter().any(|at| {
            let ReplayedAccount { account, balance, .. } = &self.accounts[at];
            balance.available(account).is_negative() && !account.code.is_source()
        });
        if overdrawn {
            self.breaches.push(breach("L3", numbered(row)));
        }
        if row.is_posted() {
            self.shift(debit, -row.amount);
            self.shift(credit, row.amount);
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
            sound &= self.mirrored.insert(of)
                && self.originals.get(&of).is_some_and(|original| {
                    (&original.debit, &original.credit) == (&row.credit, &row.debit)
                        && original.amount == row.amount
                });
        }
        if !sound {
            self.breaches.push(breach("L5", numbered(row)));
        }
        reserved
    }

    fn shift(&mut self, account: usize, by: Money) {
        if let Some((line, adds)) = self.accounts[account].waits {
            self.waiting[line] += if adds { by } else { -by };
            self.touched.push(line);
        }
    }

    /// What contracts wait for is there, at the end of every command.
    fn lines(&mut self, last: &Transfer) {
        if self.touched.iter().any(|line| self.waiting[*line].is_positive()) {
            self.breaches.push(breach("L3", numbered(last)));
        }
        self.touched.clear();
    }
}

/// The balances a replay came to, with the year of every account.
struct Fold<'a> {
    books: &'a Books<'a>,
    balances: Balances,
    years: HashMap<&'a LedgerAccount, Option<i32>>,
}

impl<'a> Fold<'a> {
    fn of(books: &'a Books<'a>, replay: &Replay<'a>) -> Fold<'a> {
        let all = || replay.accounts.iter();
        Fold {
            books,
            balances: all().map(|of| (of.account.clone(), of.balance)).collect(),
            years: all().map(|of| (of.account, books.year_of(of.account))).collect(),
        }
    }

    fn year_of(&self, account: &LedgerAccount) -> Option<i32> {
        self.years.get(account).copied().flatten()
    }

    /// L1: each chain comes from its source.
    fn years_balance(&self) -> Option<LawBreach> {
        let mut sums: BTreeMap<i32, (Money, Money)> = BTreeMap::new();
        for (account, balance) in &self.balances {
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

    /// L11: a closed year is level, and only money is taken back in it.
    fn closed_years(&self) -> Option<LawBreach> {
        let level = [
            AccountCode::Unadvanced,
            AccountCode::Unspent,
            AccountCode::RefundDue,
            AccountCode::Uncontracted,
            AccountCode::Payable,
        ];
        let closed = |account: &LedgerAccount| self.books.closed.get(&self.year_of(account)?);
        let first = self.books.closed.values().min().copied().unwrap_or(u64::MAX);
        let after = self.books.log.iter().filter(|row| row.number > first);
        let mut later = after.filter(|row| {
            let in_closed = |account| closed(account).is_some_and(|last| row.number > *last);
            (in_closed(&row.debit) || in_closed(&row.credit)) && row.code != TransferCode::Recover
        });
        if let Some(row) = later.next() {
            return Some(breach("L11", numbered(row)));
        }
        let mut unlevel = self.balances.iter().filter(|(account, balance)| {
            let must = level.contains(&account.code) && closed(account).is_some();
            must && (balance.posted(account), balance.reserved) != (Money::ZERO, Money::ZERO)
        });
        unlevel.next().map(|(account, _)| breach("L11", account))
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

    /// L4.
    fn one_live_payment(&self) -> Option<LawBreach> {
        let mut seen = BTreeSet::new();
        let again = self.live_payments.iter().find(|(contract, term, _)| !seen.insert((contract, term)));
        again.map(|(_, _, case)| breach("L4", case))
    }

    /// L6: what was settled is paid, payable or taken back since.
    fn settled_rows(&self, fold: &Balances) -> Option<LawBreach> {
        let mut recovered: HashMap<&LedgerAccount, Vec<&Transfer>> = HashMap::new();
        let of_paid = |row: &&Transfer| {
            row.code == TransferCode::Recover && row.is_posted() && row.debit.code == AccountCode::Paid
        };
        for row in self.log.iter().filter(of_paid) {
            recovered.entry(&row.debit).or_default().push(row);
        }
        let broken = self.settled.iter().find(|settled| {
            let (paid, payable) = (
                LedgerAccount::of_row(AccountCode::Paid, &settled.row),
                LedgerAccount::of_row(AccountCode::Payable, &settled.row),
            );
            let taken = recovered.get(&paid).into_iter().flatten().filter(|row| row.number > settled.after);
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

    /// L12: the bureau's money is what came in less what went out.
    fn cash(&self, fold: &Balances) -> Option<LawBreach> {
        let unspent = fold.iter().filter(|(account, _)| account.code == AccountCode::Unspent);
        let unspent: Money = unspent.map(|(account, balance)| balance.posted(account)).sum();
        let net = net(self.movements.iter().map(|m| (m.direction, m.amount)));
        (unspent != net).then(|| breach("L12", format!("账面 {unspent}，收付净额 {net}")))
    }
}
