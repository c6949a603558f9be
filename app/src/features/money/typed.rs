//! 填写内容: the form of a command while somebody types into it. What was typed is stored on this device at every change, until
//! the server has it.

use crate::form_ui::sheet::overlay::Overlay;
use crate::form_ui::sheet::store::FormSheet;
use crate::form_ui::sheet::{undo, words};
use crate::kernel::local_storage::{self, Key};
use crate::sync_client;
use leptos::prelude::*;
use serde_json::{Map, Value};
use shared::api::problem::Problem;
use shared::cases::execution::command_form::{CommandForm, FORM};
use shared::engine::dirty::Changed;
use shared::engine::document::{Document, Row};
use shared::engine::op::{CellAt, Change, Conflict, HEADER_ROW, Op};
use shared::engine::parameters::Parameters;
use shared::engine::plan::{Slot, TableIx};
use shared::engine::session::Session;
use shared::kernel::finding::Place;
use shared::kernel::ids::{AccountId, CaseId, OpId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A form of a command that is being filled in; copies are the same form.
#[derive(Clone, Copy)]
pub struct TypedForm {
    pub sheet: FormSheet,
    pub form: StoredValue<Arc<CommandForm>>,
    /// Places that somebody else changed since this was typed over them.
    pub overtyped: StoredValue<Vec<String>>,
    /// Whether something is typed that the server does not have.
    pub is_unsent: RwSignal<bool>,
    /// Whether the device has what was typed.
    pub is_stored: RwSignal<bool>,
    key: StoredValue<Key>,
    /// What the server has.
    sent: StoredValue<Document>,
    scope: StoredValue<Scope>,
}

/// Where somebody typed since the form was opened.
#[derive(Debug, Default)]
struct Scope {
    rows: BTreeSet<(TableIx, Slot)>,
    /// Rows came, went or moved, or the device had something typed before: the whole form is looked at.
    is_whole: bool,
}

impl Scope {
    fn add(&mut self, changed: &Changed) {
        self.is_whole |= !changed.rows.is_empty();
        let touched = changed.touched.iter().filter(|touched| touched.fields != 0);
        self.rows.extend(touched.map(|touched| (touched.table, touched.slot)));
    }

    /// The rows typed into.
    fn read(&self, session: &Session) -> Document {
        let mut document = Document::new(session.plan().fiscal_year);
        for (table, slot) in &self.rows {
            let key = session.plan().tables[*table].table.key.clone();
            document.tables.entry(key).or_default().push(session.row(*table, *slot));
        }
        document
    }
}

impl TypedForm {
    /// Opens the form with what was typed before on this device. Ends with the owner of the caller.
    ///
    /// # Errors
    /// The definition cannot be compiled, which only a defect of it can cause.
    pub fn open(account: AccountId, case: &CaseId, form: CommandForm) -> Result<TypedForm, Problem> {
        let key = Key::Draft { account, case: case.clone(), what: format!("command-{}", form.verb()) };
        let plan = sync_client::plan(form.definition(), &Parameters::default(), form.begun().fiscal_year)?;
        let mut session = Session::open(Arc::new(plan), form.begun());
        let overtyped = type_again(&mut session, &key);
        let is_typed = session.document() != *form.begun();
        let form = Arc::new(form);
        let sheet = FormSheet::new(session, |_| {});
        sheet.editable.set(true);
        let gate = form.clone();
        let gate = Arc::new(move |_: &Session, change: &Change| gate.may(change));
        sheet.overlay.set(Overlay { gate: Some(gate), ..Overlay::default() });
        undo::listen(sheet);
        let typed = TypedForm {
            sheet,
            sent: StoredValue::new(form.begun().clone()),
            form: StoredValue::new(form),
            overtyped: StoredValue::new(overtyped),
            is_unsent: RwSignal::new(is_typed),
            is_stored: RwSignal::new(true),
            key: StoredValue::new(key),
            scope: StoredValue::new(Scope { is_whole: is_typed, ..Scope::default() }),
        };
        sheet.listen(move |session, changed| typed.store(session, changed));
        Ok(typed)
    }

    /// Called at every key: of a form of hundreds of rows only those typed into are read.
    fn store(self, session: &Session, changed: &Changed) {
        self.scope.update_value(|scope| scope.add(changed));
        let (changes, is_unsent) = self.scope.with_value(|scope| match scope.is_whole {
            true => {
                let document = session.document();
                let is_unsent = self.sent.with_value(|sent| *sent != document);
                (self.form.with_value(|form| form.typed(&document)), is_unsent)
            }
            false => {
                let rows = scope.read(session);
                let is_unsent = self.sent.with_value(|sent| !holds(sent, &rows));
                (self.form.with_value(|form| form.typed_into(&rows)), is_unsent)
            }
        });
        let stored = self.key.with_value(|key| match serde_json::to_string(&changes) {
            Ok(_) if changes.is_empty() => {
                local_storage::remove(key);
                true
            }
            Ok(text) => local_storage::write(key, &text),
            Err(_) => false,
        });
        self.is_stored.set(stored);
        self.is_unsent.set(is_unsent);
    }

    pub fn document(self) -> Document {
        self.sheet.read(Session::document)
    }

    /// The body of the command, without its word.
    pub fn body(self) -> Map<String, Value> {
        self.form.with_value(|form| form.body(&self.document()))
    }

    /// The server has taken it as it was sent.
    pub fn has_sent(self, sent: Document) {
        let is_unsent = self.document() != sent;
        self.sent.set_value(sent);
        self.is_unsent.set(is_unsent);
        if !is_unsent {
            self.key.with_value(local_storage::remove);
        }
    }
}

/// Whether these rows say the same in a document; a header without anything in it is in none.
fn holds(document: &Document, rows: &Document) -> bool {
    let is_same = |table: &str, row: &Row| {
        document.row(table, &row.id).map_or(row.cells.is_empty(), |of| of.cells == row.cells)
    };
    rows.tables.iter().all(|(table, rows)| rows.iter().all(|row| is_same(table, row)))
}

/// Types what was stored over what stands there now; the places where somebody else has changed it meanwhile.
fn type_again(session: &mut Session, key: &Key) -> Vec<String> {
    let stored = local_storage::read(key).and_then(|text| serde_json::from_str::<Vec<Change>>(&text).ok());
    let conflicts = stored.map(|changes| apply(session, "stored", changes)).unwrap_or_default();
    let place = |at: &CellAt| {
        let of_header = at.row.as_str() == HEADER_ROW;
        let text = |text: &str| (!of_header).then(|| text.to_string());
        let field = Some(at.field.to_string());
        Place { form: FORM.to_string(), table: text(&at.table), row: text(at.row.as_str()), field }
    };
    let mut overtyped = Vec::new();
    for conflict in conflicts {
        match conflict {
            Conflict::Cell { at, mine, theirs } => {
                let theirs_now = theirs.as_deref().unwrap_or("空").to_string();
                overtyped.push(format!("{}（他人改为 {theirs_now}）", words::place(session, &place(&at))));
                apply(session, "again", vec![Change::Set { at, from: theirs, to: mine }]);
            }
            Conflict::Row { row, .. } => overtyped.push(format!("第 {row} 行（已被他人删除或增加）")),
        }
    }
    overtyped
}

fn apply(session: &mut Session, id: &str, changes: Vec<Change>) -> Vec<Conflict> {
    session.apply(&Op { id: OpId::new(id), changes }).conflicts
}
