//! 政策版本 (Art. 18): every date, rate, weight and threshold the measures leave to parameters, as data.
//!
//! A number changes by decree, not by editing a rule, and last year's request stays judged by last year's numbers. An
//! edition is one file of schema `omfund.edition/1`; the register keeps all of them and finds the one of a fiscal year.

pub mod catalogue;
pub mod check;
pub mod clock;
pub mod diff;
pub mod dry_run;
pub mod force;
pub mod json;
mod laws;
pub mod parameters;
pub mod register;
mod shapes;
pub mod values;

pub use shapes::out_of_range;

use clock::CalendarYear;
use force::ForceInterval;
use parameters::EditionParameters;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use values::{EconomicCode, nullable};

/// The only schema there is so far.
pub const SCHEMA: &str = "omfund.edition/1";

/// One revision of an edition: a value for every parameter, and what the file says beside them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    pub schema: String,
    /// 版本编号, for example `2022-51`.
    pub id: String,
    /// 修订号, from 1.
    pub revision: u32,
    /// First fiscal year this revision serves.
    pub from_year: i32,
    pub title: String,
    /// Invented for demonstrations: refused in production.
    pub demonstration: bool,
    /// The edition it was made from.
    #[serde(deserialize_with = "nullable")]
    pub base: Option<String>,
    /// 效力: the original interval, then its extensions (延续).
    pub force: Vec<ForceInterval>,
    pub note: String,
    pub parameters: EditionParameters,
    pub calendar: BTreeMap<i32, CalendarYear>,
}

/// Why an edition, or a change of the register, is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}{code}：{message}", .at.as_ref().map(|at| format!("{at}　")).unwrap_or_default())]
pub struct EditionError {
    /// `EDN-01` … `EDN-16`.
    pub code: String,
    /// Path of the field in the file, for example `parameters/rate_cap/服务器`; the law for `EDN-08`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    pub message: String,
}

impl EditionError {
    pub fn new(code: &str, at: Option<&str>, message: impl Into<String>) -> EditionError {
        EditionError { code: code.to_string(), at: at.map(str::to_string), message: message.into() }
    }
}

impl Edition {
    /// Reads a file that passed [`check::load`] before: types and names are checked, ranges and laws are not.
    pub fn read(text: &str) -> Result<Edition, EditionError> {
        serde_json::from_str(text)
            .map_err(|error| EditionError::new("EDN-02", None, format!("不是政策版本文件：{error}")))
    }

    /// The edition's name in what it judges, for example `2022-51#1`.
    pub fn code(&self) -> String {
        format!("{}#{}", self.id, self.revision)
    }

    /// 文号 of the document that brought the edition into force.
    pub fn document(&self) -> &str {
        self.force.first().map_or("", |original| &original.document)
    }

    /// 经济分类 of a category.
    pub fn economic_code(&self, category: &str) -> Option<&EconomicCode> {
        self.parameters.economic_codes.get(category)
    }

    /// SM3 of the canonical JSON of id and parameters alone: force, title and calendar do not change how a case is
    /// judged.
    pub fn hash(&self) -> Result<String, EditionError> {
        let unwritable = |error| EditionError::new("EDN-02", None, format!("无法写出政策版本：{error}"));
        let parameters = serde_json::to_value(&self.parameters).map_err(unwritable)?;
        Ok(json::content_hash(&self.id, &parameters))
    }
}
