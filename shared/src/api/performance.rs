//! 绩效: a year's performance, and the third parties and devices that evaluations are made with. Cases of the kinds that judge
//! performance are served as those that move money (`api::money`).

use super::money::MoneyCaseLine;
use super::{Download, Endpoint, Method, Upload};
use crate::cases::authority::Capability;
use crate::cases::performance::result::ReviewReference;
use crate::cases::performance::world::MoneyFactKind;
use crate::cases::performance::year::{DepartmentYear, WeakIndicator};
use crate::cases::self_evaluation::SheetImport;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::{AccountId, CaseId, DepartmentId, OpId};
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use validator::Validate;

/// 绩效 of a year: every department the person sees, or one with its cases.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadPerformanceYear {
    #[serde(deserialize_with = "super::number")]
    #[validate(range(min = 1901, max = 2998, message = "没有这个年度"))]
    pub fiscal_year: u16,
    #[serde(default)]
    #[validate(custom(function = "super::department_id"))]
    pub department: Option<DepartmentId>,
}

impl Endpoint for ReadPerformanceYear {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/performance-years/{fiscal_year}";
    type Reply = PerformanceYearView;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PerformanceYearView {
    pub fiscal_year: u16,
    /// The department asked for, or the person's own.
    pub department: Option<DepartmentId>,
    pub years: Vec<i32>,
    pub departments: Vec<PerformanceDepartment>,
    /// Cases of the one department.
    pub cases: Vec<PerformanceCase>,
    /// 重点评价覆盖率, of all departments.
    pub coverage: Option<String>,
    /// Indicators that scored least of their weight.
    pub weakest: Vec<WeakIndicator>,
    pub today: Date,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PerformanceDepartment {
    pub name: String,
    pub year: DepartmentYear,
}

/// A case with its lamp, its score or its deadline in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PerformanceCase {
    pub line: MoneyCaseLine,
    pub note: String,
}

/// 评审参考 at a request (Art. 14): what earlier years' evaluations say to whoever reviews it.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadReviewReference {
    #[validate(custom(function = "super::request_id"))]
    pub request: CaseId,
}

impl Endpoint for ReadReviewReference {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/requests/{request}/performance";
    type Reply = ReviewReferenceView;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewReferenceView {
    pub department: DepartmentId,
    pub fiscal_year: FiscalYear,
    pub reference: ReviewReference,
    /// Proposed cuts of that year nobody has decided.
    pub proposed: Money,
}

/// 事前绩效评估 a request needs (Art. 10): of what the department is filling in, or of what it reported.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadExAnte {
    #[validate(custom(function = "super::request_id"))]
    pub request: CaseId,
}

impl Endpoint for ReadExAnte {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/requests/{request}/ex-ante";
    type Reply = ExAnteView;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExAnteView {
    pub needs: Vec<EvaluationNeed>,
}

/// A new system or the growth, which needs an evaluation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluationNeed {
    /// 新增系统 or 经费增长.
    pub kind: String,
    /// Code of the system.
    pub system: Option<String>,
    /// What is asked for it.
    pub amount: Money,
    /// The evaluation it has.
    pub evaluation: Option<CaseId>,
    /// Why it does not let the request be reported; `None` when it does.
    pub refusal: Option<Refusal>,
}

/// 登记另行支付: a payment, refund or adjustment of an approved request that was made outside this ledger. It posts nothing.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct RecordMoneyFact {
    #[validate(custom(function = "super::op_id"))]
    pub operation: OpId,
    #[validate(custom(function = "super::request_id"))]
    pub request: CaseId,
    pub kind: MoneyFactKind,
    pub on: Date,
    /// 分; an adjustment may be negative.
    pub amount: Money,
}

impl Endpoint for RecordMoneyFact {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/money-facts";
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    type Reply = ();
}

/// 第三方机构.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstitutionLine {
    pub name: String,
    /// Departments and providers it works or worked for.
    pub served: BTreeSet<String>,
    /// Accounts of its evaluators.
    pub evaluators: BTreeSet<AccountId>,
}

/// 第三方机构 by name, for the offices that engage them.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadInstitutions {}

impl Endpoint for ReadInstitutions {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/institutions";
    type Reply = Vec<InstitutionLine>;
}

/// 第三方机构与设备 as their page shows them, with whom one may choose.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadEvaluationRegister {}

impl Endpoint for ReadEvaluationRegister {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/evaluation-register";
    type Reply = EvaluationRegister;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluationRegister {
    pub today: Date,
    /// Why this person may only read it.
    pub refusal: Option<Refusal>,
    pub institutions: Vec<InstitutionLine>,
    pub devices: Vec<RevokedDevice>,
    /// Accounts of evaluators by name.
    pub evaluators: Vec<NamedId>,
    /// Departments, then providers, by name.
    pub served: Vec<NamedId>,
}

/// 停用的设备.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokedDevice {
    pub device: String,
    pub on: Date,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedId {
    pub id: String,
    pub name: String,
}

/// 导出自评表.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ExportEvaluation {
    #[validate(custom(function = "super::request_id"))]
    pub case: CaseId,
}

impl Download for ExportEvaluation {
    const PATH: &'static str = EVALUATION_WORKBOOK;
}

/// 读回自评表: what a workbook that was exported and filled in would change. Changes nothing.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadEvaluationSheet {
    #[validate(custom(function = "super::request_id"))]
    pub case: CaseId,
}

impl Upload for ReadEvaluationSheet {
    const PATH: &'static str = EVALUATION_WORKBOOK;
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    const LARGEST_FILE: usize = super::workbook::LARGEST;
    const TOO_LARGE: &'static str = "请使用导出的自评表，只保留那一张工作表。";
    type Reply = EvaluationImport;
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EvaluationImport {
    /// Revision of the case it was read against.
    pub seen: u64,
    pub import: SheetImport,
}

const EVALUATION_WORKBOOK: &str = "/api/money-cases/{case}/workbook";

/// The address of the workbook of a self-evaluation.
pub fn evaluation_workbook_path(case: &CaseId) -> String {
    EVALUATION_WORKBOOK.replace("{case}", &super::escaped(case.as_str()))
}

/// Registers a third party, or states anew whom it serves and who evaluates for it.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct RegisterInstitution {
    #[validate(length(min = 1, max = 80, message = "机构名称应为 1 至 80 个字"))]
    pub name: String,
    #[validate(length(max = 200, message = "服务对象最多 200 个"))]
    pub served: BTreeSet<String>,
    #[validate(length(max = 200, message = "评价人员最多 200 个"))]
    pub evaluators: BTreeSet<AccountId>,
}

impl Endpoint for RegisterInstitution {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/institutions";
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    type Reply = ();
}

/// 停用设备: what it hands in from this day on waits for a leader. The first day stated stays.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct RevokeDevice {
    #[validate(length(min = 1, max = 80, message = "设备编号应为 1 至 80 个字"))]
    pub device: String,
    pub on: Date,
}

impl Endpoint for RevokeDevice {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/revoked-devices";
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    type Reply = ();
}
