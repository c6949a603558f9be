//! 科目与账户: the twelve accounts of the ledger. A key is a year, an approved line or a row of a package; department and
//! category are attributes of the key, never part of an account.

use crate::kernel::ids::{LineId, PackageRowId};
use crate::kernel::words::words;
use serde::{Serialize, Serializer};
use std::fmt;

words! {
    /// 科目 (money.md § 5.1).
    AccountCode {
        /// Source of the funds chain, by year.
        Source "1000" "省级预算安排",
        Unadvanced "1100" "批复未预拨",
        /// The money the bureau holds.
        Unspent "1200" "预拨未支付",
        Paid "1300" "已支付",
        RefundDue "1350" "应退未退",
        Returned "1400" "已退回财政",
        Recovered "1500" "收回资金",
        Lapsed "1600" "结余",
        Carried "1700" "结转下年",
        /// Source of the commitment chain, by year.
        ContractSource "2000" "可签约来源",
        Uncontracted "2100" "批复未签约",
        Payable "2200" "合同未付",
    }
}

/// 账户: a code and what it is kept for, written `1100:req-water/w1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LedgerAccount {
    pub code: AccountCode,
    pub key: String,
}

/// What an account is kept for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountKey {
    Year,
    Line,
    Row,
}

impl AccountCode {
    /// Sources are debit-normal; every other account may not be overdrawn.
    pub fn is_source(self) -> bool {
        matches!(self, AccountCode::Source | AccountCode::ContractSource)
    }

    pub fn key(self) -> AccountKey {
        match self {
            AccountCode::Source | AccountCode::ContractSource => AccountKey::Year,
            AccountCode::Paid | AccountCode::RefundDue | AccountCode::Payable => AccountKey::Row,
            AccountCode::Unadvanced
            | AccountCode::Unspent
            | AccountCode::Returned
            | AccountCode::Recovered
            | AccountCode::Lapsed
            | AccountCode::Carried
            | AccountCode::Uncontracted => AccountKey::Line,
        }
    }
}

impl LedgerAccount {
    pub fn of_year(code: AccountCode, year: i32) -> LedgerAccount {
        debug_assert_eq!(code.key(), AccountKey::Year);
        LedgerAccount { code, key: year.to_string() }
    }

    pub fn of_line(code: AccountCode, line: &LineId) -> LedgerAccount {
        debug_assert_eq!(code.key(), AccountKey::Line);
        LedgerAccount { code, key: line.to_string() }
    }

    pub fn of_row(code: AccountCode, row: &PackageRowId) -> LedgerAccount {
        debug_assert_eq!(code.key(), AccountKey::Row);
        LedgerAccount { code, key: row.to_string() }
    }
}

impl fmt::Display for LedgerAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.code.word(), self.key)
    }
}

impl Serialize for LedgerAccount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
