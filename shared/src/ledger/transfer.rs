//! 转账: one row of the log, and what a command asks to be written. Rows are only ever appended.

use super::account::LedgerAccount;
use crate::kernel::calendar::Date;
use crate::kernel::hash::sm3_hex;
use crate::kernel::ids::CaseId;
use crate::kernel::money::Money;
use crate::kernel::words::words;
use std::fmt::{Display, Write};

words! {
    /// 业务: why money moves (money.md § 5.4).
    TransferCode {
        Approve "approve" "批复",
        Commit "commit" "签约占用",
        Supplement "supplement" "补充合同",
        Advance "advance" "预拨",
        Reverse "reverse" "预拨退回国库",
        Pay "pay" "支付",
        Bounce "bounce" "银行退票",
        Overpaid "overpaid" "结算应退",
        Release "release" "结算释放",
        Refund "refund" "单位退款",
        Supply "supply" "清算补拨",
        Return "return" "清算退回",
        Carry "carry" "结转",
        Lapse "lapse" "结余收回",
        Free "free" "释放未签约",
        CarryIn "carry_in" "上年结转",
        Move "move" "变更用途",
        Reduce "reduce" "追减",
        Recover "recover" "收回资金",
    }
}

words! {
    /// How a row stands on the log: at once, or reserved first and then posted or voided once.
    TransferMode {
        Posted "posted" "入账",
        Pending "pending" "占用",
        Post "post" "占用入账",
        Void "void" "占用撤销",
    }
}

/// Money from one account to another, as a command's legs list it. An amount of 0 writes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leg {
    pub code: TransferCode,
    pub debit: LedgerAccount,
    pub credit: LedgerAccount,
    pub amount: Money,
}

impl Leg {
    pub fn new(code: TransferCode, debit: LedgerAccount, credit: LedgerAccount, amount: Money) -> Leg {
        Leg { code, debit, credit, amount }
    }
}

/// What is to be written. Reservations and mirrored rows are named by their number on the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Instruction {
    Transfer(Leg),
    Reserve(Leg),
    /// Posts a reservation at this amount and releases the rest; at 0 it voids it.
    Post {
        reservation: u64,
        amount: Money,
    },
    Void {
        reservation: u64,
    },
    /// Takes a posted row back: the same amount the other way.
    Mirror {
        of: u64,
        code: TransferCode,
    },
}

/// Which command wrote a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub day: Date,
    pub case: CaseId,
    pub command: String,
    /// SM3 of what the command was given.
    pub version: String,
}

/// A row of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// From 1, without gaps.
    pub number: u64,
    /// Number of the first row of the same command: its rows are written all or none.
    pub group: u64,
    pub code: TransferCode,
    pub mode: TransferMode,
    pub debit: LedgerAccount,
    pub credit: LedgerAccount,
    pub amount: Money,
    /// The reservation a post or a void closes.
    pub reservation: Option<u64>,
    /// The posted row this one takes back.
    pub mirrors: Option<u64>,
    pub origin: Origin,
    /// SM3 of this row and of the hash before it.
    pub hash: String,
}

impl Transfer {
    /// Whether it changes posted balances.
    pub fn is_posted(&self) -> bool {
        matches!(self.mode, TransferMode::Posted | TransferMode::Post)
    }

    /// Where it is on the log, in words.
    pub fn place(&self) -> String {
        format!("第 {} 笔（{} {}）", self.number, self.origin.case, self.code.label())
    }

    /// Hash of the row after the row that carries `previous`: SM3 of its values, each ended by a zero byte as in
    /// [`digest`](crate::kernel::hash::digest). Written into one buffer, since a verification hashes millions of rows.
    pub fn chained(&self, previous: &str) -> String {
        let mut text = String::with_capacity(CHAINED_BYTES);
        let mut put = |value: &dyn Display| {
            // Writing into a text never fails.
            let _ = write!(text, "{value}\0");
        };
        put(&previous);
        put(&self.number);
        put(&self.group);
        put(&self.code.word());
        put(&self.mode.word());
        put(&self.debit);
        put(&self.credit);
        put(&self.amount.fen());
        for number in [self.reservation, self.mirrors] {
            match number {
                Some(number) => put(&number),
                None => put(&""),
            }
        }
        put(&self.origin.day);
        put(&self.origin.case);
        put(&self.origin.command);
        put(&self.origin.version);
        sm3_hex(text.as_bytes())
    }
}

/// What the values of a row take, with its two hashes.
const CHAINED_BYTES: usize = 384;
