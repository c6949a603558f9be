//! 对账: statements of the bank and the treasury, taken from files, matched by rule or by hand. Nothing here posts.

use super::{Endpoint, Method, Upload};
use crate::cases::authority::Capability;
pub use crate::cases::statement::{StatementColumn, StatementFault, StatementLine, StatementReading};
use crate::kernel::calendar::Date;
use crate::kernel::ids::{CaseId, OpId};
use crate::kernel::money::Money;
use crate::kernel::timestamp::Timestamp;
use crate::ledger::reconcile::CashDirection;
use serde::{Deserialize, Serialize};
use validator::Validate;

/// Where a file is read, and taken.
pub const TAKE: &str = "/api/statements/files";

/// 导入对账单: reads a file and says what stands in it; with an operation it is stored as well, when no cell is at fault.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct TakeStatement {
    #[validate(length(min = 1, max = 120, message = "文件名应为 1 至 120 个字"))]
    pub name: String,
    /// Columns a person mapped, `4:voucher,5:` for the fifth and for none.
    #[serde(default)]
    #[validate(length(max = 400, message = "列的指定过长"))]
    pub columns: String,
    /// Name of the statement; a file is only read without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(custom(function = "super::op_id"))]
    pub operation: Option<OpId>,
}

impl Upload for TakeStatement {
    const PATH: &'static str = TAKE;
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    const LARGEST_FILE: usize = super::workbook::LARGEST;
    const TOO_LARGE: &'static str = "请按月拆分对账单后再导入。";
    type Reply = TakenStatement;
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenStatement {
    pub columns: Vec<StatementColumn>,
    /// Rows that were read.
    pub rows: usize,
    /// The first of them, for a person to check.
    pub first: Vec<StatementLine>,
    pub faults: Vec<StatementFault>,
    /// It is stored under this name.
    pub statement: Option<CaseId>,
}

/// 对账一览.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadStatements {}

impl Endpoint for ReadStatements {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/statements";
    type Reply = StatementsView;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementsView {
    /// The latest first.
    pub statements: Vec<StatementHead>,
    /// Movements no statement shows.
    pub ledger_only: Vec<MovementLine>,
    /// Σ 1200.
    pub ledger_balance: Money,
    /// What came in less what went out by the statements.
    pub statement_balance: Money,
    /// Whether this person takes statements and matches them by hand.
    pub may_take: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementHead {
    pub statement: CaseId,
    pub name: String,
    pub by: String,
    pub at: Timestamp,
    pub rows: usize,
    /// Rows that match nothing, or another amount.
    pub open: usize,
}

/// Money into or out of the bureau's account, as the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovementLine {
    pub number: u64,
    pub day: Date,
    pub direction: CashDirection,
    pub amount: Money,
    pub voucher: String,
}

/// Fewest characters of the reason of a match by hand.
pub const LEAST_REASON: usize = 10;

/// 对账单 row by row.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadStatement {
    #[validate(custom(function = "super::request_id"))]
    pub statement: CaseId,
}

impl Endpoint for ReadStatement {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/statements/{statement}";
    type Reply = Vec<StatementRowView>;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementRowView {
    pub number: u64,
    pub line: StatementLine,
    pub found: RowMatch,
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum RowMatch {
    /// By rule R1, R2 or R3.
    Matched {
        rule: String,
        vouchers: Vec<String>,
    },
    ByHand {
        voucher: String,
        reason: String,
        by: String,
    },
    /// The voucher is known, under another amount.
    Differs {
        ledger: Money,
    },
    Open,
}

/// 人工核对: a person says which movement a row is, and why.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct MatchStatementRow {
    #[validate(custom(function = "super::request_id"))]
    pub statement: CaseId,
    pub row: u64,
    pub movement: u64,
    #[validate(length(max = 500, message = "理由不超过 500 个字"))]
    pub reason: String,
}

impl Endpoint for MatchStatementRow {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/statements/{statement}/matches";
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    type Reply = ();
}
