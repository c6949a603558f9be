//! 读到的案卷: what the sync client needs of a view, whichever page reads it.

use serde::de::DeserializeOwned;
use shared::api::Endpoint;
use shared::api::cases::{CaseView, ReadCase};
use shared::api::requests::{ReadRequest, RequestView};
use shared::engine::document::Document;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;

/// A view of a case with its form.
pub trait FormView: DeserializeOwned {
    type Read: Endpoint;

    fn read(case: CaseId) -> Self::Read;
    fn subject(&self) -> Subject;
    /// The document in it; `None` for a kind without a form.
    fn document(&mut self) -> Option<&mut Document>;
}

/// What a form is of, and how far it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    pub case: CaseId,
    pub fiscal_year: FiscalYear,
    pub revision: u64,
    /// Number of the last operation in the document.
    pub seq: u64,
    /// Whether this person may edit now.
    pub editable: bool,
}

impl FormView for RequestView {
    type Read = ReadRequest;

    fn read(case: CaseId) -> ReadRequest {
        ReadRequest { request: case }
    }

    fn subject(&self) -> Subject {
        Subject {
            case: self.case.id.clone(),
            fiscal_year: self.case.fiscal_year,
            revision: self.case.revision,
            seq: self.seq,
            editable: self.locked.is_none(),
        }
    }

    fn document(&mut self) -> Option<&mut Document> {
        Some(&mut self.document)
    }
}

impl FormView for CaseView {
    type Read = ReadCase;

    fn read(case: CaseId) -> ReadCase {
        ReadCase { case }
    }

    fn subject(&self) -> Subject {
        Subject {
            case: self.head.id.clone(),
            fiscal_year: self.head.fiscal_year,
            revision: self.head.revision,
            seq: self.form.as_ref().map(|form| form.seq).unwrap_or_default(),
            editable: self.form.is_some() && self.locked.is_none(),
        }
    }

    fn document(&mut self) -> Option<&mut Document> {
        self.form.as_mut().map(|form| &mut form.document)
    }
}
