//! 资金: cases of the execution kinds, their lists, and the money of a year. Commands go through the one endpoint of all kinds.

use super::cases::PaperLink;
use super::{Endpoint, Method};
use crate::cases::correction::FollowUp;
use crate::cases::execution::content::ContentLine;
use crate::cases::execution::judge::PassedWarning;
use crate::cases::execution::offered::OfferedCommand;
use crate::cases::execution::registry::ExecutionKindName;
use crate::cases::performance::shown::ShownFinding;
use crate::kernel::calendar::Date;
use crate::kernel::ids::{CaseId, DepartmentId, LineId, PackageRowId};
use crate::kernel::money::Money;
use crate::kernel::people::Role;
use crate::kernel::timestamp::Timestamp;
use crate::ledger::sankey::Flow;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use validator::Validate;

#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadMoneyCase {
    #[validate(custom(function = "super::request_id"))]
    pub case: CaseId,
}

impl Endpoint for ReadMoneyCase {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/money-cases/{case}";
    type Reply = MoneyCaseView;
}

/// A case as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneyCaseLine {
    pub id: CaseId,
    pub kind: ExecutionKindName,
    pub stage: String,
    pub stage_label: String,
    pub revision: u64,
    pub since: Timestamp,
    /// `None` for a provider.
    pub year: Option<i32>,
    pub department: Option<DepartmentId>,
    pub department_name: Option<String>,
    pub provider: Option<CaseId>,
    pub provider_name: Option<String>,
    /// 编号 or name, whatever the kind has.
    pub title: String,
    /// Whether it waits for this person.
    pub is_task: bool,
    /// Day it waits for somebody until.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
}

/// Everything the page of an execution case opens with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneyCaseView {
    pub line: MoneyCaseLine,
    pub commands: Vec<OfferedCommand>,
    /// What is to be done in another case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_up: Option<FollowUp>,
    /// What the case says, by field; money is in 分 where the kind holds money.
    pub content: Vec<ContentLine>,
    /// Its form with what it comes to, where it has one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub form: Vec<ContentLine>,
    /// What breaks a rule of its form, where it has one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<ShownFinding>,
    /// 已说明的提醒.
    pub warnings: Vec<PassedWarning>,
    /// 文书 as the acts that made them stored them, oldest first.
    #[serde(default)]
    pub papers: Vec<PaperLink>,
    /// What happened, oldest first.
    pub history: Vec<MoneyHistoryLine>,
    /// What its commands wrote to the ledger.
    pub transfers: Vec<TransferLine>,
    pub today: Date,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneyHistoryLine {
    pub revision: u64,
    pub at: Timestamp,
    pub by: String,
    pub role: Role,
    pub verb: String,
    pub verb_label: String,
    pub stage_label: String,
    /// What the person wrote.
    pub reasons: Vec<String>,
}

/// A row of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferLine {
    pub number: u64,
    pub day: Date,
    pub code: String,
    pub mode: String,
    pub debit: String,
    pub credit: String,
    pub amount: Money,
    pub case: CaseId,
    pub command: String,
}

/// 资金表 of a year: every line, or those of one department.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadMoneyYear {
    #[serde(deserialize_with = "super::number")]
    #[validate(range(min = 1901, max = 2998, message = "没有这个年度"))]
    pub fiscal_year: u16,
    #[serde(default)]
    #[validate(custom(function = "super::department_id"))]
    pub department: Option<DepartmentId>,
}

impl Endpoint for ReadMoneyYear {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/money-years/{fiscal_year}";
    type Reply = MoneyYearView;
}

/// Columns of the money page by name, as `MoneyFigures::columns` has them.
pub type FigureColumns = BTreeMap<String, Money>;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneyYearView {
    pub fiscal_year: u16,
    pub years: Vec<i32>,
    pub lines: Vec<MoneyLine>,
    /// Sums of the lines.
    pub total: FigureColumns,
    /// Year is closed.
    pub closed: bool,
    /// Where the approved money went (money.md § 5.6); a contract by its case.
    #[serde(default)]
    pub flows: Vec<Flow>,
}

/// One line of the money page with the contract rows that serve it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneyLine {
    pub line: LineId,
    pub name: String,
    pub category: String,
    pub department: DepartmentId,
    pub department_name: String,
    pub figures: FigureColumns,
    /// Σ settled rows; `None` while nothing is settled.
    pub settled: Option<Money>,
    /// Difference of the clearing that was approved; `None` before.
    pub cleared: Option<Money>,
    pub suspended: bool,
    pub rows: Vec<MoneyLineRow>,
}

/// A row of a contract under its line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneyLineRow {
    pub row: PackageRowId,
    pub contract: CaseId,
    pub contract_number: String,
    pub provider_name: String,
    pub contracted: Money,
    pub paid: Money,
    pub settled: Option<Money>,
    pub payable: Money,
    pub refund_due: Money,
}

/// The transfers one figure of a line folds; without a line, of all lines of a year.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadFigure {
    #[serde(default)]
    #[validate(length(max = 130, message = "没有这一行"))]
    pub line: String,
    #[serde(default, deserialize_with = "super::number_if_given")]
    pub fiscal_year: Option<u16>,
    #[validate(length(max = 40, message = "没有这一栏"))]
    pub column: String,
}

impl Endpoint for ReadFigure {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/money-figures";
    type Reply = Vec<TransferLine>;
}
