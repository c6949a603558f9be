//! 意见位置: where a remark stands, by lasting names and never by position, so that it stays with its cell through
//! sorting, inserting, removing, restoring and every new version.

use crate::engine::op::{CellAt, HEADER_ROW};
use crate::engine::plan::{Plan, TableIx};
use crate::engine::session::Session;
use crate::kernel::finding::Place;
use crate::kernel::ids::RowId;
use serde::{Deserialize, Serialize};

/// What a remark is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "on", rename_all = "snake_case", deny_unknown_fields)]
pub enum Anchor {
    Cell {
        table: String,
        row: RowId,
        field: String,
    },
    Row {
        table: String,
        row: RowId,
    },
    /// A table as a whole.
    Section {
        table: String,
    },
    Whole {},
}

/// What stands at an anchor in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Now {
    /// The text of a cell, computed ones too; empty when nothing is there.
    Text(String),
    /// The row is there; its name, where it has one.
    Row(String),
    /// The row is not in this document.
    Removed,
    /// A section or the whole: there is no one value.
    Broad,
}

impl Anchor {
    pub fn cell(at: CellAt) -> Anchor {
        Anchor::Cell { table: at.table.to_string(), row: at.row, field: at.field.to_string() }
    }

    /// The section it lies in, `None` for the whole.
    pub fn table(&self) -> Option<&str> {
        match self {
            Anchor::Cell { table, .. } | Anchor::Row { table, .. } | Anchor::Section { table } => Some(table),
            Anchor::Whole {} => None,
        }
    }

    pub fn row(&self) -> Option<&RowId> {
        match self {
            Anchor::Cell { row, .. } | Anchor::Row { row, .. } => Some(row),
            Anchor::Section { .. } | Anchor::Whole {} => None,
        }
    }

    pub fn field(&self) -> Option<&str> {
        match self {
            Anchor::Cell { field, .. } => Some(field),
            _ => None,
        }
    }

    /// The anchor a place of a finding or of a reason for a return stands for.
    pub fn of_place(place: &Place) -> Anchor {
        let own = || place.table.clone().unwrap_or_else(|| place.form.clone());
        let row = || place.row.as_deref().map_or_else(|| RowId::new(HEADER_ROW), RowId::new);
        match (&place.table, &place.row, &place.field) {
            (None, _, Some(field)) | (Some(_), Some(_), Some(field)) => {
                Anchor::Cell { table: own(), row: row(), field: field.clone() }
            }
            (Some(_), Some(_), None) => Anchor::Row { table: own(), row: row() },
            (Some(_), None, _) | (None, _, None) => Anchor::Section { table: own() },
        }
    }

    /// The place it stands for, as findings and reasons name it; `None` for the whole.
    pub fn place(&self, plan: &Plan) -> Option<Place> {
        let table = plan.table(self.table()?)?;
        let of = &plan.tables[table];
        let form = plan.definition.forms[of.form].key.clone();
        let lines = (!of.is_header()).then(|| of.table.key.clone());
        let row = self.row().filter(|_| lines.is_some()).map(ToString::to_string);
        Some(Place { form, table: lines, row, field: self.field().map(str::to_string) })
    }

    /// Whether the form has such a place; a row may have gone meanwhile.
    pub fn known(&self, plan: &Plan) -> bool {
        match (self.table(), self.field()) {
            (None, _) => true,
            (Some(table), None) => plan.table(table).is_some(),
            (Some(table), Some(field)) => plan.table(table).is_some_and(|t| plan.field(t, field).is_some()),
        }
    }

    /// What stands there in this session's document.
    pub fn now(&self, session: &Session) -> Now {
        match self {
            Anchor::Section { .. } | Anchor::Whole {} => Now::Broad,
            Anchor::Cell { table, row, field } => match session.cell(table, row.as_str(), field) {
                Some(cell) => Now::Text(session.text(cell)),
                None => Now::Removed,
            },
            Anchor::Row { table, row } => match session.plan().table(table) {
                Some(at) if session.slot(at, row.as_str()).is_some() => {
                    Now::Row(row_name(session, at, row.as_str()))
                }
                _ => Now::Removed,
            },
        }
    }
}

impl Now {
    /// The text a remark keeps of what it was about.
    pub fn text(self) -> Option<String> {
        match self {
            Now::Text(text) | Now::Row(text) => Some(text),
            Now::Removed | Now::Broad => None,
        }
    }
}

/// Fields a row is called by, the first that is filled.
const NAMES: [&str; 3] = ["name", "spec", "kind"];

/// What a row is called; empty when nothing in it is filled that names it.
pub fn row_name(session: &Session, table: TableIx, row: &str) -> String {
    let Some(slot) = session.slot(table, row) else { return String::new() };
    let plan = session.plan();
    let named = NAMES
        .iter()
        .filter_map(|key| plan.field(table, key))
        .map(|field| session.text(crate::engine::session::Cell { table, slot, field }));
    named.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
}
