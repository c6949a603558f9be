//! 政策版本: the register as everybody signed in reads it, its files, and beginning or importing a change of it.

use super::{Download, Endpoint, Method, ValueLimits};
use crate::cases::authority::Capability;
use crate::cases::edition::RegisterChange;
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::{CaseId, OpId};
use crate::kernel::refusal::Refusal;
use crate::policy::editions::Edition;
use crate::policy::editions::force::ForceInterval;
use serde::{Deserialize, Serialize};
use validator::Validate;

/// 政策版本库.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadRegister {}

impl Endpoint for ReadRegister {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/editions";
    type Reply = RegisterView;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterView {
    /// Every revision of every edition.
    pub editions: Vec<EditionLine>,
    /// The calendar years that are known.
    pub calendars: Vec<KnownCalendar>,
    /// The fiscal year in hand.
    pub year: FiscalYear,
    /// The edition that judges it.
    pub serving: Option<String>,
    /// Why none does, with what to do.
    pub refusal: Option<Refusal>,
    /// Whether this person may begin a change.
    pub may_open: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditionLine {
    /// `2022-51#1`.
    pub code: String,
    pub id: String,
    pub revision: u32,
    pub title: String,
    /// 文号.
    pub document: String,
    pub from_year: i32,
    pub demonstration: bool,
    pub force: Vec<ForceInterval>,
    /// SM3 of id and parameters.
    pub hash: String,
}

/// A year of the working calendar and the notice that set it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownCalendar {
    pub year: i32,
    pub document: String,
}

/// One revision of an edition, whole.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadEdition {
    #[validate(length(min = 2, max = 31, message = "版本编号为 2 至 31 个字符"))]
    pub id: String,
    #[serde(deserialize_with = "super::number")]
    pub revision: u32,
}

impl Endpoint for ReadEdition {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/editions/{id}/{revision}";
    type Reply = Edition;
}

impl ReadEdition {
    /// Asks for the edition of a stored name, `2022-51#1`; `None` for a name of another shape.
    pub fn of(code: &str) -> Option<ReadEdition> {
        let (id, revision) = code.split_once('#')?;
        Some(ReadEdition { id: id.to_string(), revision: revision.parse().ok()? })
    }
}

/// The same as a file (`.json`), which can be imported again.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct EditionFile {
    #[validate(length(min = 2, max = 31, message = "版本编号为 2 至 31 个字符"))]
    pub id: String,
    #[serde(deserialize_with = "super::number")]
    pub revision: u32,
}

impl Download for EditionFile {
    const PATH: &'static str = "/api/editions/{id}/{revision}/file";
}

/// 新建变更, under an id the client makes; repeating it answers the same.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct OpenEdition {
    #[validate(custom(function = "super::request_id"))]
    pub case: CaseId,
    pub change: RegisterChange,
    /// The edition it changes or is made from; the newest one where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(max = 64, message = "版本名称过长"))]
    pub base: Option<String>,
}

impl Endpoint for OpenEdition {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/editions";
    const REQUIRES: Option<Capability> = Some(Capability::OpenEdition);
    type Reply = ();
}

/// 导入版本文件 into a draft: its text, judged as a whole before anything is written.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ImportEdition {
    #[validate(custom(function = "super::request_id"))]
    pub case: CaseId,
    #[validate(custom(function = "super::op_id"))]
    pub operation: OpId,
    pub file: String,
}

impl Endpoint for ImportEdition {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/editions/{case}/import";
    const REQUIRES: Option<Capability> = Some(Capability::OpenEdition);
    const LARGEST_BODY: usize = 1024 * 1024;
    const LIMITS: ValueLimits = ValueLimits { characters: 1 << 20, ..ValueLimits::USUAL };
    type Reply = Imported;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Cells and rows that changed.
    pub changed: usize,
}
