//! 余额: what an account holds and what open reservations draw on it; a fold of the log and nothing else.

use super::account::LedgerAccount;
use super::transfer::{Transfer, TransferMode};
use crate::kernel::money::Money;
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    pub debits: Money,
    pub credits: Money,
    /// Open reservations drawn on the account.
    pub reserved: Money,
}

impl Balance {
    /// Posted balance on the account's normal side.
    pub fn posted(&self, account: &LedgerAccount) -> Money {
        match account.code.is_source() {
            true => self.debits - self.credits,
            false => self.credits - self.debits,
        }
    }

    /// Posted balance less what is reserved.
    pub fn available(&self, account: &LedgerAccount) -> Money {
        self.posted(account) - self.reserved
    }

    /// Adds a row that debits the account. `reserved` is the amount of the reservation that a post or a void closes.
    pub fn debit(&mut self, row: &Transfer, reserved: Money) {
        match row.mode {
            TransferMode::Posted => self.debits += row.amount,
            TransferMode::Pending => self.reserved += row.amount,
            TransferMode::Post => {
                self.reserved -= reserved;
                self.debits += row.amount;
            }
            TransferMode::Void => self.reserved -= reserved,
        }
    }

    /// Adds a row that credits the account.
    pub fn credit(&mut self, row: &Transfer) {
        if row.is_posted() {
            self.credits += row.amount;
        }
    }
}

/// Balances by account; an account that any row names is in it, also at 0.
pub type Balances = BTreeMap<LedgerAccount, Balance>;

/// Adds a row. `reserved` is the amount of the reservation that a post or a void closes.
pub fn apply(balances: &mut Balances, row: &Transfer, reserved: Money) {
    balances.entry(row.debit.clone()).or_default().debit(row, reserved);
    balances.entry(row.credit.clone()).or_default().credit(row);
}
