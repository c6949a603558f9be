//! 导出与打印: the files of a case; a page links to them. Everyone who may read a content may save it as a file.

use super::Download;
use crate::cases::authority::Capability;
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::CaseId;
use serde::{Deserialize, Serialize};
use validator::Validate;

pub const WORKBOOK: &str = "/api/requests/{request}/workbook";
pub const PRINT: &str = "/api/requests/{request}/print";
pub const REVIEW: &str = "/api/requests/{request}/review/print";
pub const APPROVAL: &str = "/api/requests/{request}/approval/print";
pub const WHOLE: &str = "/api/consolidations/{fiscal_year}/print";
pub const LETTER: &str = "/api/cases/{case}/letters/{letter}";
pub const CASE_PAPER: &str = "/api/money-cases/{case}/papers/{paper}";
pub const BATCH: &str = "/api/batches/{batch}/print";

/// Every table of a request with live formulas (`.xlsx`). Without a version: what the person sees on the page.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ExportWorkbook {
    #[validate(custom(function = "super::request_id"))]
    pub request: CaseId,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "super::number_if_given")]
    pub version: Option<u32>,
}

impl Download for ExportWorkbook {
    const PATH: &'static str = WORKBOOK;
}

/// The official document of a request (`.pdf`). Without a version: what the person sees on the page.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct PrintRequest {
    #[validate(custom(function = "super::request_id"))]
    pub request: CaseId,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "super::number_if_given")]
    pub version: Option<u32>,
}

impl Download for PrintRequest {
    const PATH: &'static str = PRINT;
}

/// 审核意见书 (`.pdf`).
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct PrintReview {
    #[validate(custom(function = "super::request_id"))]
    pub request: CaseId,
}

impl Download for PrintReview {
    const PATH: &'static str = REVIEW;
}

/// 批复通知 as far as it answers this request, for its own department too (`.pdf`).
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct PrintApproval {
    #[validate(custom(function = "super::request_id"))]
    pub request: CaseId,
}

impl Download for PrintApproval {
    const PATH: &'static str = APPROVAL;
}

/// 整体预算 (`.pdf`); `number` names one compilation of the year.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct PrintConsolidation {
    #[serde(deserialize_with = "super::number")]
    #[validate(range(min = 1901, max = 2998, message = "没有这个年度"))]
    pub fiscal_year: u16,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "super::number_if_given")]
    pub number: Option<u32>,
}

impl Download for PrintConsolidation {
    const PATH: &'static str = WHOLE;
    const REQUIRES: Option<Capability> = Some(Capability::SeeConsolidation);
}

/// 公文 of a case, once it is signed (`.pdf`).
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct PrintLetter {
    #[validate(custom(function = "super::request_id"))]
    pub case: CaseId,
    #[validate(length(max = 64, message = "没有这份公文"))]
    pub letter: String,
}

impl Download for PrintLetter {
    const PATH: &'static str = LETTER;
}

/// 文书 of an execution case, by its place among them, from 1 (`.pdf`).
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct PrintCasePaper {
    #[validate(custom(function = "super::request_id"))]
    pub case: CaseId,
    #[serde(deserialize_with = "super::number")]
    #[validate(range(min = 1, max = 100_000, message = "没有这份文书"))]
    pub paper: u32,
}

impl Download for PrintCasePaper {
    const PATH: &'static str = CASE_PAPER;
}

/// 批复通知 (`.pdf`).
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct PrintBatch {
    #[validate(custom(function = "super::request_id"))]
    pub batch: CaseId,
}

impl Download for PrintBatch {
    const PATH: &'static str = BATCH;
}

/// The address of one of the files of a request.
pub fn path(file: &str, request: &CaseId, version: Option<u32>) -> String {
    let path = file.replace("{request}", &super::escaped(request.as_str()));
    version.map(|version| format!("{path}?version={version}")).unwrap_or(path)
}

/// The address of a year's consolidated budget.
pub fn whole_path(year: FiscalYear, number: Option<u32>) -> String {
    let path = WHOLE.replace("{fiscal_year}", &year.0.to_string());
    number.map(|number| format!("{path}?number={number}")).unwrap_or(path)
}

/// The address of a letter of a case.
pub fn letter_path(case: &CaseId, letter: &str) -> String {
    LETTER.replace("{case}", &super::escaped(case.as_str())).replace("{letter}", letter)
}

/// The address of a document of an execution case.
pub fn case_paper_path(case: &CaseId, number: u32) -> String {
    CASE_PAPER.replace("{case}", &super::escaped(case.as_str())).replace("{paper}", &number.to_string())
}

/// The address of a batch's notice.
pub fn batch_path(batch: &CaseId) -> String {
    BATCH.replace("{batch}", &super::escaped(batch.as_str()))
}
