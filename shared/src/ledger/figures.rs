//! 资金表: the columns of the money page (money.md § 5.5), each a fold of the transfers of a line and its rows. Departments,
//! categories and years are sums of lines.

use super::account::{AccountCode, LedgerAccount};
use super::log::Ledger;
use super::transfer::TransferCode;
use crate::kernel::ids::{LineId, PackageRowId};
use crate::kernel::money::Money;
use std::iter::Sum;
use std::ops::Add;

/// The columns of one line, or of a sum of lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MoneyFigures {
    pub unadvanced: Money,
    /// 预拨数.
    pub advanced: Money,
    /// 清算补拨.
    pub supplied: Money,
    pub unspent: Money,
    pub uncontracted: Money,
    /// 采购占用: open reservations on 2100.
    pub reserved: Money,
    /// 合同数.
    pub contracted: Money,
    pub paid: Money,
    pub refund_due: Money,
    pub payable: Money,
    pub returned: Money,
    pub recovered: Money,
    pub lapsed: Money,
    pub carried: Money,
}

impl MoneyFigures {
    pub fn of_line<'a>(
        ledger: &Ledger,
        line: &LineId,
        rows: impl Iterator<Item = &'a PackageRowId>,
    ) -> MoneyFigures {
        let account = |code| LedgerAccount::of_line(code, line);
        let posted = |code| ledger.posted(&account(code));
        let turnover = |code, transfer| ledger.turnover(&account(code), transfer);
        let uncontracted = account(AccountCode::Uncontracted);
        let mut figures = MoneyFigures {
            unadvanced: posted(AccountCode::Unadvanced),
            advanced: turnover(AccountCode::Unadvanced, TransferCode::Advance)
                - turnover(AccountCode::Unspent, TransferCode::Reverse),
            supplied: turnover(AccountCode::Unadvanced, TransferCode::Supply),
            unspent: posted(AccountCode::Unspent),
            uncontracted: ledger.posted(&uncontracted),
            reserved: ledger.balance(&uncontracted).reserved,
            contracted: turnover(AccountCode::Uncontracted, TransferCode::Commit)
                + turnover(AccountCode::Uncontracted, TransferCode::Supplement),
            returned: posted(AccountCode::Returned),
            recovered: posted(AccountCode::Recovered),
            lapsed: posted(AccountCode::Lapsed),
            carried: posted(AccountCode::Carried),
            ..MoneyFigures::default()
        };
        for row in rows {
            figures.paid += ledger.posted(&LedgerAccount::of_row(AccountCode::Paid, row));
            figures.refund_due += ledger.posted(&LedgerAccount::of_row(AccountCode::RefundDue, row));
            figures.payable += ledger.posted(&LedgerAccount::of_row(AccountCode::Payable, row));
        }
        figures
    }

    /// 批复数: where the approved money is now.
    pub fn approved(&self) -> Money {
        self.unadvanced + self.granted() + self.lapsed + self.carried
    }

    /// What went to the bureau and is not back in 批复未预拨.
    pub fn granted(&self) -> Money {
        self.unspent + self.paid + self.refund_due + self.returned + self.recovered
    }

    /// Every column with its name on the wire.
    pub fn columns(&self) -> [(&'static str, Money); 15] {
        [
            ("approved", self.approved()),
            ("unadvanced", self.unadvanced),
            ("advanced", self.advanced),
            ("supplied", self.supplied),
            ("unspent", self.unspent),
            ("uncontracted", self.uncontracted),
            ("reserved", self.reserved),
            ("contracted", self.contracted),
            ("paid", self.paid),
            ("refund_due", self.refund_due),
            ("payable", self.payable),
            ("returned", self.returned),
            ("recovered", self.recovered),
            ("lapsed", self.lapsed),
            ("carried", self.carried),
        ]
    }
}

impl Add for MoneyFigures {
    type Output = MoneyFigures;

    fn add(self, other: MoneyFigures) -> MoneyFigures {
        MoneyFigures {
            unadvanced: self.unadvanced + other.unadvanced,
            advanced: self.advanced + other.advanced,
            supplied: self.supplied + other.supplied,
            unspent: self.unspent + other.unspent,
            uncontracted: self.uncontracted + other.uncontracted,
            reserved: self.reserved + other.reserved,
            contracted: self.contracted + other.contracted,
            paid: self.paid + other.paid,
            refund_due: self.refund_due + other.refund_due,
            payable: self.payable + other.payable,
            returned: self.returned + other.returned,
            recovered: self.recovered + other.recovered,
            lapsed: self.lapsed + other.lapsed,
            carried: self.carried + other.carried,
        }
    }
}

impl Sum for MoneyFigures {
    fn sum<I: Iterator<Item = MoneyFigures>>(lines: I) -> MoneyFigures {
        lines.fold(MoneyFigures::default(), Add::add)
    }
}
