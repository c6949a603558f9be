//! 对账: matches a bank or treasury statement with the movements of the bureau's money (money.md § 5.7). Posts nothing.

use crate::kernel::calendar::Date;
use crate::kernel::money::Money;
use crate::kernel::words::words;
use serde::Serialize;
use std::collections::BTreeSet;

words! {
    /// 收付, as the bureau sees it.
    CashDirection {
        In "in" "收",
        Out "out" "付",
    }
}

/// A row of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementRow {
    pub date: Date,
    pub direction: CashDirection,
    pub amount: Money,
    pub voucher: Option<String>,
    pub account: Option<String>,
}

/// Money into or out of the bureau's account under one voucher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CashMovement {
    pub day: Date,
    pub direction: CashDirection,
    pub amount: Money,
    pub voucher: String,
    /// The provider's account at that time; none for what finance pays or takes.
    pub account: Option<String>,
}

/// What came of a comparison; statement rows count from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reconciliation {
    pub matched: Vec<(usize, &'static str, Vec<String>)>,
    /// Row, voucher, statement amount, ledger amount.
    pub differs: Vec<(usize, String, Money, Money)>,
    pub statement_only: Vec<usize>,
    pub ledger_only: Vec<(String, CashDirection, Money)>,
}

/// The two sides with what is already done with.
struct Matching<'a> {
    rows: &'a [StatementRow],
    movements: &'a [CashMovement],
    row_done: Vec<bool>,
    movement_done: Vec<bool>,
    found: Reconciliation,
}

/// Applies R1, R2 and R3 in this order.
pub fn reconcile(rows: &[StatementRow], movements: &[CashMovement], match_days: u32) -> Reconciliation {
    reconcile_rest(rows, movements, match_days, &[])
}

/// The same for what a person did not match by hand: `by_hand` are places of rows and of movements, from 0.
pub fn reconcile_rest(
    rows: &[StatementRow],
    movements: &[CashMovement],
    match_days: u32,
    by_hand: &[(usize, usize)],
) -> Reconciliation {
    let (own_rows, own): (BTreeSet<usize>, BTreeSet<usize>) = by_hand.iter().copied().unzip();
    let mut matching = Matching {
        rows,
        movements,
        row_done: (0..rows.len()).map(|row| own_rows.contains(&row)).collect(),
        movement_done: (0..movements.len()).map(|movement| own.contains(&movement)).collect(),
        found: Reconciliation::default(),
    };
    matching.by_voucher();
    matching.by_amount(match_days);
    matching.by_day();
    let Matching { row_done, movement_done, mut found, .. } = matching;
    found.matched.sort();
    let left = row_done.iter().enumerate().filter(|(_, done)| !**done);
    found.statement_only = left.map(|(row, _)| row + 1).collect();
    let left = movements.iter().zip(movement_done).filter(|(_, done)| !done);
    found.ledger_only = left.map(|(m, _)| (m.voucher.clone(), m.direction, m.amount)).collect();
    found
}

impl Matching<'_> {
    /// R1: the same voucher and direction.
    fn by_voucher(&mut self) {
        for (n, row) in self.rows.iter().enumerate() {
            let Some(voucher) = row.voucher.as_ref().filter(|_| !self.row_done[n]) else { continue };
            let mut left = self.movements.iter().enumerate().filter(|(m, _)| !self.movement_done[*m]);
            let same = left.find(|(_, m)| m.voucher == *voucher && m.direction == row.direction);
            let Some((at, movement)) = same else { continue };
            self.row_done[n] = true;
            self.movement_done[at] = true;
            match movement.amount == row.amount {
                true => self.found.matched.push((n + 1, "R1", vec![voucher.clone()])),
                false => {
                    self.found.differs.push((n + 1, voucher.clone(), row.amount, movement.amount));
                }
            }
        }
    }

    /// R2: direction, amount and account alike, the days close, and nothing else fits either side.
    fn by_amount(&mut self, match_days: u32) {
        let fits = |row: &StatementRow, movement: &CashMovement| {
            row.direction == movement.direction
                && row.amount == movement.amount
                && row.account == movement.account
                && row.date.days_until(movement.day).unsigned_abs() <= u64::from(match_days)
        };
        let is_open = |n: &usize| self.rows[*n].voucher.is_none() && !self.row_done[*n];
        let without: Vec<usize> = (0..self.rows.len()).filter(is_open).collect();
        let left: Vec<usize> = (0..self.movements.len()).filter(|m| !self.movement_done[*m]).collect();
        let candidates: Vec<Vec<usize>> = without
            .iter()
            .map(|n| left.iter().copied().filter(|m| fits(&self.rows[*n], &self.movements[*m])).collect())
            .collect();
        for (n, own) in without.iter().zip(&candidates) {
            let [only] = own[..] else { continue };
            if candidates.iter().filter(|other| other.contains(&only)).count() == 1 {
                self.row_done[*n] = true;
                self.movement_done[only] = true;
                let voucher = self.movements[only].voucher.clone();
                self.found.matched.push((n + 1, "R2", vec![voucher]));
            }
        }
    }

    /// R3: one row for all movements of a direction, account and day.
    fn by_day(&mut self) {
        for (n, row) in self.rows.iter().enumerate() {
            if self.row_done[n] || row.voucher.is_some() {
                continue;
            }
            let together: Vec<usize> = (0..self.movements.len())
                .filter(|m| !self.movement_done[*m])
                .filter(|m| {
                    let movement = &self.movements[*m];
                    movement.direction == row.direction
                        && movement.account == row.account
                        && movement.day == row.date
                })
                .collect();
            let sum: Money = together.iter().map(|m| self.movements[*m].amount).sum();
            if together.len() < 2 || sum != row.amount {
                continue;
            }
            self.row_done[n] = true;
            for m in &together {
                self.movement_done[*m] = true;
            }
            let vouchers = together.iter().map(|m| self.movements[*m].voucher.clone()).collect();
            self.found.matched.push((n + 1, "R3", vouchers));
        }
    }
}

/// Σ in − Σ out.
pub fn net(flows: impl Iterator<Item = (CashDirection, Money)>) -> Money {
    flows.fold(Money::ZERO, |net, (direction, amount)| match direction {
        CashDirection::In => net + amount,
        CashDirection::Out => net - amount,
    })
}
