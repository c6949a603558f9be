//! 案卷: one case of any kind with everything its page needs, and the cases of a kind and year as a list.

use super::requests::{HistoryLine, VersionLine};
use super::{Endpoint, Method};
use crate::cases::Kind;
use crate::cases::authority::AvailableCommand;
use crate::cases::kernel::{CaseHead, SummaryLine};
use crate::engine::document::Document;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::CaseId;
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;
use serde::{Deserialize, Serialize};
use validator::Validate;

#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadCase {
    #[validate(custom(function = "super::request_id"))]
    pub case: CaseId,
}

impl Endpoint for ReadCase {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/cases/{case}";
    type Reply = CaseView;
}

/// Everything the page of a case opens with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseView {
    pub head: CaseHead,
    /// `None` for what belongs to no department.
    pub department_name: Option<String>,
    pub commands: Vec<AvailableCommand>,
    /// Why this person cannot edit the form now; `None` means they can.
    pub locked: Option<Refusal>,
    /// `None` for a kind without a form.
    pub form: Option<CaseForm>,
    /// Frozen versions of the form the reader may open, oldest first.
    pub versions: Vec<VersionLine>,
    /// What happened, oldest first.
    pub history: Vec<HistoryLine>,
    /// What the case says besides its form.
    pub facts: Vec<SummaryLine>,
    pub papers: Vec<PaperLink>,
    pub today: Date,
}

/// What is filled in, as this person reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseForm {
    pub document: Document,
    /// The frozen version `document` is, `None` when it is live.
    pub showing_version: Option<u32>,
    /// Number of the last operation in `document`; the stream continues after it.
    pub seq: u64,
    /// Hash of the definition the content is judged by.
    pub definition: String,
    /// 政策版本文号.
    pub edition: String,
}

/// 文书: an official document of the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperLink {
    /// Stays the same whatever the label says.
    pub key: String,
    pub label: String,
    pub path: String,
}

/// The cases of a year this person may see, of one kind or of all.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadCases {
    #[serde(default)]
    pub kind: Option<Kind>,
    #[serde(deserialize_with = "super::number")]
    #[validate(range(min = 1901, max = 2998, message = "没有这个年度"))]
    pub fiscal_year: u16,
}

impl Endpoint for ReadCases {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/cases";
    type Reply = CasesView;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CasesView {
    pub kind: Option<Kind>,
    pub fiscal_year: FiscalYear,
    /// Oldest first.
    pub lines: Vec<CaseLine>,
    /// Whether this person may begin one of the kind now.
    pub may_open: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseLine {
    pub head: CaseHead,
    /// Title for a list that says department and year in columns of their own.
    pub label: String,
    pub department_name: Option<String>,
    pub amount: Option<Money>,
    /// When it came to its stage.
    pub since: String,
}
