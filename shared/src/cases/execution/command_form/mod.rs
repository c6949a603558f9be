//! 办理单: what a command carries as a form of the engine: its definition, what stands in it at first, what may be typed into,
//! and the body it comes to. Whatever is typed into a dialog of an execution case is typed into this.

mod body;
mod definition;

use super::offered::{FieldInput, OfferedCommand, OfferedField};
use crate::cases::performance::live::{JudgedForm, Judging};
use crate::cases::performance::shown::{OfferedForm, OfferedTable};
use crate::engine::definition::Definition;
use crate::engine::diff::{Difference, Fate, RowDifference};
use crate::engine::document::{Document, RANK_STEP, Row};
use crate::engine::findings::{JUSTIFICATION, JUSTIFICATIONS};
use crate::engine::op::{CellAt, Change, HEADER_ROW};
use crate::kernel::calendar::FiscalYear;
use crate::kernel::finding::Place;
use crate::kernel::ids::RowId;
use crate::kernel::refusal::Refusal;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

/// Key of the form and of its header.
pub const FORM: &str = "command";
/// What a row of the case's form is called.
pub const TITLE: &str = "of_row";

/// The form of one command.
#[derive(Clone, Debug)]
pub struct CommandForm {
    command: OfferedCommand,
    /// What stands in it before anybody types.
    begun: Document,
}

impl CommandForm {
    /// The form of a command; `given` is what its fields begin with, as it travels.
    pub fn new(command: OfferedCommand, year: FiscalYear, given: &BTreeMap<String, String>) -> CommandForm {
        let mut begun = Document::new(year);
        let mut header = BTreeMap::new();
        for field in &command.fields {
            match &field.input {
                FieldInput::Form { form } => {
                    header.extend(form.values.clone());
                    for table in form.tables.iter().filter(|table| !table.rows.is_empty()) {
                        begun.tables.insert(table.key.clone(), rows_of(table));
                    }
                    insert_reasons(form, &mut begun);
                }
                input => {
                    let text = given.get(&field.key).map(|word| shown_word(input, word));
                    header.extend(text.map(|text| (field.key.clone(), text)));
                }
            }
        }
        if !header.is_empty() {
            begun.tables.insert(FORM.to_string(), vec![row(HEADER_ROW, 0, header)]);
        }
        CommandForm { command, begun }
    }

    pub fn verb(&self) -> &str {
        &self.command.verb
    }

    pub fn label(&self) -> &str {
        &self.command.label
    }

    /// What stands in it before anybody types.
    pub fn begun(&self) -> &Document {
        &self.begun
    }

    pub fn definition(&self) -> Definition {
        definition::of(&self.command)
    }

    /// The case's own form, where the command types into it.
    pub fn case_form(&self) -> Option<&OfferedForm> {
        self.command.fields.iter().find_map(|field| match &field.input {
            FieldInput::Form { form } => Some(&**form),
            _ => None,
        })
    }

    /// Whether a change may be made: what was copied in stays as it is.
    ///
    /// # Errors
    /// `form.read_only`.
    pub fn may(&self, change: &Change) -> Result<(), Refusal> {
        let Some(table) = self.table(change.table()) else { return Ok(()) };
        let open = match change {
            Change::Set { at, .. } => {
                let is_column = table.columns.iter().any(|column| *column.key == *at.field);
                let row = table.rows.iter().find(|row| row.id == at.row.as_str());
                is_column && row.is_none_or(|row| !row.locked.iter().any(|key| **key == *at.field))
            }
            Change::InsertRow { .. } | Change::RemoveRow { .. } | Change::MoveRow { .. } => table.adds_rows,
        };
        match (open, change) {
            (true, _) => Ok(()),
            (false, Change::Set { .. }) => {
                Err(Refusal::new("form.read_only", "这一栏由系统带入，不能填写。"))
            }
            (false, _) => Err(Refusal::new("form.read_only", "本表各行由系统带入，不能增加、删除或移动。")),
        }
    }

    /// What was typed, as changes to what stood there: what is stored on a device and applied to what stands there later.
    pub fn typed(&self, document: &Document) -> Vec<Change> {
        let found = Difference::between(&self.begun, document);
        let changes = found.tables.iter().flat_map(|(table, rows)| {
            rows.iter().flat_map(|row| changes_of(table, row, document, &self.begun))
        });
        changes.collect()
    }

    /// What was typed into these rows alone, none of which came, went or moved: a key costs the rows that were typed into, not
    /// the form.
    pub fn typed_into(&self, rows: &Document) -> Vec<Change> {
        let mut begun = Document::new(self.begun.fiscal_year);
        for (table, rows) in &rows.tables {
            let ids: BTreeSet<&RowId> = rows.iter().map(|row| &row.id).collect();
            let of_ids = self.begun.rows(table).iter().filter(|row| ids.contains(&row.id));
            begun.tables.insert(table.clone(), of_ids.cloned().collect());
        }
        let found = Difference::between(&begun, rows);
        let changes = found
            .tables
            .iter()
            .flat_map(|(table, of)| of.iter().flat_map(|row| changes_of(table, row, rows, &begun)));
        changes.collect()
    }

    /// The body of the command, without its word and the reason for a warning.
    pub fn body(&self, document: &Document) -> Map<String, Value> {
        body::of(self, document)
    }

    /// The case's form judged with what is typed; `None` for a command that types into no form.
    pub fn judged(&self, document: &Document) -> Option<Result<JudgedForm, Refusal>> {
        let form = self.case_form()?;
        Some(form.judging.with(body::typed_form(self, form, document), &form.open))
    }

    /// Begins to judge as [`CommandForm::judged`] does, step by step.
    pub fn judging(&self, document: &Document) -> Option<Judging> {
        let form = self.case_form()?;
        Some(Judging::Typed(body::typed_form(self, form, document)))
    }

    /// Judges one step further, to the result with the last; `None` for a command that types into no form.
    pub fn judge(&self, judging: Judging) -> Option<Result<ControlFlow<JudgedForm, Judging>, Refusal>> {
        let form = self.case_form()?;
        Some(form.judging.step(judging, &form.open))
    }

    /// The cell of the form at which a finding of the case's form is.
    pub fn cell_of(
        &self,
        document: &Document,
        (table, row, field): (Option<&str>, Option<&str>, &str),
    ) -> CellAt {
        let row = match (table, row) {
            (Some(table), Some(row)) => body::row_named(self, document, table, row),
            _ => RowId::new(HEADER_ROW),
        };
        cell_at(table, row, field)
    }

    /// [`CommandForm::cell_of`] for many findings; none for one of a whole table.
    pub fn cells_of(&self, document: &Document, places: &[&Place]) -> Vec<Option<CellAt>> {
        let mut added: BTreeMap<String, BTreeMap<String, RowId>> = BTreeMap::new();
        for table in places.iter().filter_map(|place| place.table.as_ref()) {
            if !added.contains_key(table) {
                added.insert(table.clone(), body::added_rows(self, document, table));
            }
        }
        let cell = |place: &&Place| {
            let (table, field) = (place.table.as_deref(), place.field.as_deref()?);
            let row = match (table, place.row.as_deref()) {
                (Some(table), Some(row)) => {
                    let of_table = added.get(table).and_then(|rows| rows.get(row));
                    of_table.cloned().unwrap_or_else(|| RowId::new(row))
                }
                (Some(_), None) => return None,
                (None, _) => RowId::new(HEADER_ROW),
            };
            Some(cell_at(table, row, field))
        };
        places.iter().map(cell).collect()
    }

    /// A table of the case's form.
    fn table(&self, key: &str) -> Option<&OfferedTable> {
        self.case_form()?.tables.iter().find(|table| table.key == key)
    }
}

fn cell_at(table: Option<&str>, row: RowId, field: &str) -> CellAt {
    CellAt { table: Arc::from(table.unwrap_or(FORM)), row, field: Arc::from(field) }
}

fn row(id: &str, rank: i64, cells: BTreeMap<String, String>) -> Row {
    Row { id: RowId::new(id), rank, cells }
}

fn rows_of(table: &OfferedTable) -> Vec<Row> {
    let rows = (1..).zip(&table.rows).map(|(number, of)| {
        let mut cells = of.values.clone();
        cells.retain(|_, text| !text.is_empty());
        cells.insert(TITLE.to_string(), of.title.clone());
        row(&of.id, number * RANK_STEP, cells)
    });
    rows.collect()
}

fn insert_reasons(form: &OfferedForm, begun: &mut Document) {
    let reasons = (1..).zip(&form.judging.content.justifications);
    let rows = reasons.map(|(number, (key, reason))| {
        row(key, number * RANK_STEP, [(JUSTIFICATION.to_string(), reason.clone())].into())
    });
    let rows: Vec<Row> = rows.collect();
    if !rows.is_empty() {
        begun.tables.insert(JUSTIFICATIONS.to_string(), rows);
    }
}

/// What the screen shows for a word of the wire.
fn shown_word(input: &FieldInput, word: &str) -> String {
    let FieldInput::Choice { options } = input else { return word.to_string() };
    let option = options.iter().find(|option| option.word == word);
    option.map_or(word, |option| option.label.as_str()).to_string()
}

fn changes_of(table: &str, of: &RowDifference, now: &Document, begun: &Document) -> Vec<Change> {
    let row_in = |document: &Document| document.row(table, &of.row).map(|row| (row.rank, row.cells.clone()));
    let (table, row) = (table.to_string(), of.row.clone());
    match of.fate {
        // A header is there from the first.
        Fate::Added if row.as_str() != HEADER_ROW => row_in(now)
            .map(|(rank, cells)| Change::InsertRow { table, row, rank, cells })
            .into_iter()
            .collect(),
        Fate::Removed if row.as_str() != HEADER_ROW => {
            let removed = row_in(begun);
            removed.map(|(rank, cells)| Change::RemoveRow { table, row, rank, cells }).into_iter().collect()
        }
        Fate::Added | Fate::Removed | Fate::InPlace | Fate::Moved => {
            let table: Arc<str> = Arc::from(table);
            let set = |cell: &crate::engine::diff::CellDifference| Change::Set {
                at: CellAt { table: table.clone(), row: row.clone(), field: Arc::from(cell.field.as_str()) },
                from: cell.from.clone(),
                to: cell.to.clone(),
            };
            of.cells.iter().map(set).collect()
        }
    }
}

/// Whether a field is typed into the header of the form.
fn is_of_header(field: &OfferedField) -> bool {
    !matches!(field.input, FieldInput::Codes { .. } | FieldInput::Form { .. } | FieldInput::Table { .. })
}

#[cfg(test)]
mod tests;
