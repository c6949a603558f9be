//! 案卷: one case of any kind with everything its page needs, and the cases a person may see as a list.

use super::requests::{HistoryLine, VersionLine};
use super::{Download, Endpoint, Method};
use crate::cases::Kind;
use crate::cases::authority::{AvailableCommand, Capability};
use crate::cases::execution::offered::OfferedCommand;
use crate::cases::kernel::{CaseHead, SummaryLine};
use crate::cases::listed_kind::ListedKind;
use crate::cases::listing::{CaseLine, ListedStage};
use crate::engine::document::Document;
use crate::engine::parameters::Parameters;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::refusal::Refusal;
use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationErrors};

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
    /// Name of the edition the content is judged by, for example `2022-51#1`.
    pub edition: String,
    /// The tables that concern this case, by key; `None` for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tables: Option<Vec<String>>,
    /// What the definition takes from that edition.
    pub parameters: Parameters,
}

/// The document in the [`CaseView`] of a kind with a form, for who needs nothing else of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CaseContent {
    pub form: ContentForm,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ContentForm {
    pub document: Document,
}

/// 文书: an official document of the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperLink {
    /// Stays the same whatever the label says.
    pub key: String,
    pub label: String,
    pub path: String,
}

/// 新建案卷, under an id the client makes; repeating it answers the same. What is then done to it goes through the one
/// endpoint of all commands. Requests are opened by their own endpoint.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct OpenCase {
    #[validate(custom(function = "super::new_case_id"))]
    pub case: CaseId,
    pub kind: Kind,
    pub fiscal_year: FiscalYear,
}

impl Endpoint for OpenCase {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/cases";
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    type Reply = ();
}

/// The cases this person may see, of one kind or of all, of one year or of all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadCases {
    #[serde(default)]
    pub kind: Option<ListedKind>,
    #[serde(default, deserialize_with = "super::number_if_given")]
    #[validate(range(min = 1901, max = 2998, message = "没有这个年度"))]
    pub fiscal_year: Option<u16>,
    /// Word of a stage of the kind.
    #[serde(default)]
    #[validate(length(max = 64, message = "没有这个状态"))]
    pub stage: Option<String>,
    #[serde(default)]
    #[validate(custom(function = "super::department_id"))]
    pub department: Option<DepartmentId>,
    /// Words to be found in the name, the department, the number or a column of the kind.
    #[serde(default)]
    #[validate(length(max = 100, message = "查找的文字最多 100 个字"))]
    pub search: Option<String>,
    /// Key of a column, with `-` before it from the greatest down; without one the oldest case comes first.
    #[serde(default)]
    #[validate(length(max = 64, message = "没有这一栏"))]
    pub sort: Option<String>,
    /// Page of [`MOST_LINES`] lines, from 1; an export has all of them.
    #[serde(default, deserialize_with = "super::number_if_given")]
    #[validate(range(min = 1, max = 10_000, message = "没有这一页"))]
    pub page: Option<u16>,
}

impl Endpoint for ReadCases {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/cases";
    type Reply = CasesView;
}

/// The same lines, all of them, as a workbook (`.xlsx`), with the query of [`ReadCases`].
pub const LIST_WORKBOOK: &str = "/api/cases/list/workbook";

/// 导出案卷一览: the list without its limit of lines.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExportCases(pub ReadCases);

impl Validate for ExportCases {
    fn validate(&self) -> Result<(), ValidationErrors> {
        self.0.validate()
    }
}

impl Download for ExportCases {
    const PATH: &'static str = LIST_WORKBOOK;
}

/// Most lines a page of the list shows.
pub const MOST_LINES: usize = 100;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CasesView {
    /// At most [`MOST_LINES`].
    pub lines: Vec<CaseLine>,
    /// How many there are.
    pub total: usize,
    /// The kinds this person may see cases of or begin one of.
    pub kinds: Vec<ListedKind>,
    /// What the list of this kind and year can be narrowed to; stages are those of one kind, so a list of all has none.
    pub stages: Vec<ListedStage>,
    pub departments: Vec<ListedDepartment>,
    /// Of which the person may see a case of the kind, latest first.
    pub years: Vec<FiscalYear>,
    /// How this person begins a case of the kind, if they may.
    pub opens: Option<Opening>,
}

/// How a case is begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Opening {
    /// An empty form of this year, by [`OpenCase`].
    Form(FiscalYear),
    /// The first command of the case, which carries all of it.
    Command(OfferedCommand),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ListedDepartment {
    pub name: String,
    pub id: DepartmentId,
}

/// The address of the workbook of a list.
///
/// # Errors
/// The query cannot be written, which only a defect of its type can cause.
pub fn list_workbook_path(query: &ReadCases) -> serde_json::Result<String> {
    Ok(super::address(query)?.path.replacen(ReadCases::PATH, LIST_WORKBOOK, 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::kernel::CaseKind;
    use crate::cases::request::RequestCase;

    #[test]
    fn the_document_is_read_out_of_the_view_of_a_case() {
        let (year, document) = (FiscalYear(2024), Document::new(FiscalYear(2024)));
        let case = RequestCase::new(CaseId::new("r1"), DepartmentId::new("water"), year);
        let view = CaseView {
            head: case.head(),
            department_name: None,
            commands: Vec::new(),
            locked: None,
            form: Some(CaseForm {
                document: document.clone(),
                showing_version: None,
                seq: 3,
                definition: "d".into(),
                edition: "e".into(),
                tables: None,
                parameters: Parameters::default(),
            }),
            versions: Vec::new(),
            history: Vec::new(),
            facts: Vec::new(),
            papers: Vec::new(),
            today: Date::new(2023, 7, 1).unwrap(),
        };
        let text = serde_json::to_string(&view).unwrap();
        assert_eq!(serde_json::from_str::<CaseContent>(&text).unwrap().form.document, document);
    }

    #[test]
    fn the_workbook_is_asked_for_what_the_list_shows() {
        let query = ReadCases {
            kind: Some(Kind::Separate.into()),
            fiscal_year: Some(2024),
            search: Some("水利 8号".into()),
            ..ReadCases::default()
        };
        let path = list_workbook_path(&query).unwrap();
        let search = "%E6%B0%B4%E5%88%A9%208%E5%8F%B7";
        assert_eq!(path, format!("{LIST_WORKBOOK}?fiscal_year=2024&kind=separate&search={search}"));
        assert_eq!(list_workbook_path(&ReadCases::default()).unwrap(), LIST_WORKBOOK);
    }
}
