//! 表单: the form of a performance kind as data: who types which field, what a field takes, which rules its kind judges.

use super::content::Cells;
use crate::kernel::finding::Severity;
use crate::policy::editions::parameters::EditionParameters;
use serde::{Deserialize, Serialize};

/// A form with its tables and rules.
#[derive(Debug)]
pub struct Form {
    /// Also the key of its header and the word of its kind.
    pub key: &'static str,
    pub article: u8,
    /// 表头.
    pub header: &'static [FormField],
    pub tables: &'static [FormTable],
    /// Tables whose rows have computed cells.
    pub computed: &'static [&'static str],
    pub rules: &'static [FormRule],
}

/// A table of lines.
#[derive(Debug)]
pub struct FormTable {
    pub key: &'static str,
    /// The part in which rows are added and removed; none when the rows are copied in as the case opens.
    pub rows: Option<Part>,
    /// Fields people type into. What is copied in or computed is not listed: nobody types it.
    pub fields: &'static [FormField],
    /// Cells of these (row, field) pairs are copied in too.
    pub locked: &'static [(&'static str, &'static str)],
    /// Says why a row has its score, where rows are scored.
    pub why: Option<Why>,
}

/// Why a row of this content has its score; `None` while it has none.
pub type Why = fn(&Cells, &EditionParameters) -> Option<String>;

impl FormTable {
    pub const fn new(key: &'static str, rows: Option<Part>, fields: &'static [FormField]) -> FormTable {
        FormTable { key, rows, fields, locked: &[], why: None }
    }

    /// The same table, whose rows are scored.
    pub const fn scored(self, why: Why) -> FormTable {
        FormTable { why: Some(why), ..self }
    }
}

/// A field people type into.
#[derive(Debug)]
pub struct FormField {
    pub key: &'static str,
    pub label: &'static str,
    pub takes: Takes,
    pub required: bool,
    pub part: Part,
}

/// 部分: what one stage of a case opens and one command judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The one part of a form that has no others.
    Whole,
    Department,
    Bureau,
    Plan,
    Work,
    Report,
    Result,
}

impl Part {
    pub const ALL: [Part; 7] =
        [Part::Whole, Part::Department, Part::Bureau, Part::Plan, Part::Work, Part::Report, Part::Result];

    /// The part's word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Part::Whole => "whole",
            Part::Department => "department",
            Part::Bureau => "bureau",
            Part::Plan => "plan",
            Part::Work => "work",
            Part::Report => "report",
            Part::Result => "result",
        }
    }
}

/// What a field takes.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// Text of so many characters, trimmed.
    Text(usize, usize),
    /// 元 or points, at least 0, two decimals.
    Number,
    /// The same, above 0.
    PositiveNumber,
    /// 0–100.
    Percent,
    /// A whole number, at least this one.
    Count(i64),
    Date,
    Choice(&'static [&'static str]),
    Flag,
    /// SM3 or SHA-256 in lower-case hex.
    Hash,
}

/// A rule of the kind, judged by the kind's own function.
#[derive(Debug)]
pub struct FormRule {
    pub code: &'static str,
    pub severity: Severity,
    pub part: Part,
    /// What is asked for, as an office says it; `{reason}` and `{note}` stand for the lengths the edition asks.
    pub says: &'static str,
}

pub const fn error(code: &'static str, part: Part, says: &'static str) -> FormRule {
    FormRule { code, severity: Severity::Error, part, says }
}

pub const fn warning(code: &'static str, part: Part, says: &'static str) -> FormRule {
    FormRule { code, severity: Severity::Warning, part, says }
}

/// A field that must be filled in.
pub const fn required(key: &'static str, label: &'static str, part: Part, takes: Takes) -> FormField {
    FormField { key, label, takes, required: true, part }
}

/// A field that may be left empty.
pub const fn optional(key: &'static str, label: &'static str, part: Part, takes: Takes) -> FormField {
    FormField { key, label, takes, required: false, part }
}

impl Form {
    /// The fields of a table, or of the header.
    pub fn fields(&self, table: Option<&str>) -> &'static [FormField] {
        match table {
            None => self.header,
            Some(key) => self.table(key).map_or(&[], |table| table.fields),
        }
    }

    pub fn table(&self, key: &str) -> Option<&'static FormTable> {
        self.tables.iter().find(|table| table.key == key)
    }
}
