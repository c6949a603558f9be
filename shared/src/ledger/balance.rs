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
}

/// Balances by account; an account that any row names is in it, also at 0.
pub type Balances = BTreeMap<LedgerAccount, Balance>;

/// Adds a row. `reserved` is the amount of the reservation that a post or a void closes.
pub fn apply(balances: &mut Balances, row: &Transfer, reserved: Money) {
    let debit = balances.entry(row.debit.clone()).or_default();
    match row.mode {
        TransferMode::Posted => debit.debits += row.amount,
        TransferMode::Pending => debit.reserved += row.amount,
        TransferMode::Post => {
            debit.reserved -= reserved;
            debit.debits += row.amount;
        }
        TransferMode::Void => debit.reserved -= reserved,
    }
    let credit = balances.entry(row.credit.clone()).or_default();
    if row.is_posted() {
        credit.credits += row.amount;
    }
}
