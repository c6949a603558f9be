//! 会话: a document, its plan, the computed cells and the findings, kept true edit by edit.
//!
//! `apply` re-evaluates only what an operation touches and says exactly what changed; sums are maintained
//! by difference, exactly. How edits are made is in `editing`, what is found in `findings`, why in `explain`.

use super::definition::TableKind;
use super::document::{Document, Row};
use super::eval::EvalScope;
use super::history::History;
use super::op::{HEADER_ROW, Typed};
use super::plan::{FieldIx, Plan, Slot, TableIx};
use super::reading::{self, Faults};
use super::scalar::Scalar;
use super::store::Store;
use crate::kernel::ids::RowId;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A cell of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    pub table: TableIx,
    pub slot: Slot,
    pub field: FieldIx,
}

/// Errors and warnings, of one table or in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub errors: i64,
    pub warnings: i64,
}

/// Takes the rows of one table into a session.
pub struct Intake<'a> {
    session: &'a mut Session,
    table: TableIx,
}

impl Intake<'_> {
    /// Room for so many more rows, at once instead of by and by.
    pub fn make_room(&mut self, rows: usize) {
        self.session.store.tables[self.table].reserve(rows);
    }

    pub fn take(&mut self, row: &Row) {
        let slot = self.session.store.tables[self.table].claim(row.id.as_str(), row.rank);
        self.session.fill(self.table, slot, &row.cells);
    }
}

#[derive(Debug)]
pub struct Session {
    pub(super) plan: Arc<Plan>,
    pub(super) store: Store,
    pub(super) tallies: Vec<Tally>,
    pub(super) history: History,
}

impl Session {
    /// Opens a document: reads every cell, computes every formula and evaluates every rule once.
    /// Tables and fields the plan does not know are left out (an older document is opened with its own plan).
    pub fn open(plan: Arc<Plan>, document: &Document) -> Session {
        Session::read(plan, |table, intake| {
            let rows = document.rows(table);
            intake.make_room(rows.len());
            rows.iter().for_each(|row| intake.take(row));
        })
    }

    /// The same from rows that are given one after another, table by table, in document order: none is kept.
    pub fn read(plan: Arc<Plan>, mut rows: impl FnMut(&str, &mut Intake)) -> Session {
        let store = Store::new(&plan);
        let tallies = vec![Tally::default(); plan.tables.len()];
        let mut session = Session { plan, store, tallies, history: History::default() };
        for table in 0..session.plan.tables.len() {
            session.load(table, &mut rows);
        }
        session.compute_all();
        session
    }

    fn load(&mut self, table: TableIx, rows: &mut impl FnMut(&str, &mut Intake)) {
        let plan = self.plan.clone();
        rows(&plan.tables[table].table.key, &mut Intake { session: self, table });
        if plan.tables[table].is_header() && self.store.tables[table].ids.is_empty() {
            let slot = self.store.tables[table].claim(HEADER_ROW, 0);
            self.fill(table, slot, &BTreeMap::new());
        }
        self.store.tables[table].sort();
    }

    /// Types `cells` into an empty row without evaluating anything.
    pub(super) fn fill(&mut self, table: TableIx, slot: Slot, cells: &BTreeMap<String, String>) {
        let plan = self.plan.clone();
        let here = &plan.tables[table];
        // Both in the order of the keys: one walk finds every cell.
        let mut cells = cells.iter().peekable();
        for field in &here.typed {
            let key = &here.field(*field).key;
            while cells.next_if(|(other, _)| *other < key).is_some() {}
            let text = cells.next_if(|(other, _)| *other == key).map(|(_, text)| text.as_str());
            self.put(table, slot, *field, text.map(Arc::from));
        }
    }

    /// Types one text; returns whether the value or its field faults changed.
    pub(super) fn put(&mut self, table: TableIx, slot: Slot, field: FieldIx, text: Typed) -> bool {
        let definition = self.plan.tables[table].field(field);
        let (value, faults) = reading::read(definition, text.as_ref());
        let rows = &mut self.store.tables[table];
        let at = rows.at(slot, field);
        rows.texts[at] = text;
        let old = Faults(std::mem::replace(&mut rows.faults[at], faults.0));
        let tally = &mut self.tallies[table];
        tally.errors += i64::from(faults.count()) - i64::from(old.count());
        let changed = rows.values[at] != value;
        rows.values[at] = value;
        changed || old != faults
    }

    pub(super) fn spot<'a>(&'a self, plan: &'a Plan, table: TableIx, slot: Slot) -> EvalScope<'a> {
        EvalScope { plan, store: &self.store, table, slot }
    }

    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// Living rows of a table in document order.
    pub fn rows(&self, table: TableIx) -> &[Slot] {
        &self.store.tables[table].order
    }

    pub fn row_id(&self, table: TableIx, slot: Slot) -> &str {
        &self.store.tables[table].ids[slot as usize]
    }

    pub fn slot(&self, table: TableIx, row: &str) -> Option<Slot> {
        self.store.tables[table].find(row)
    }

    /// The cell of these lasting names, while its row lives.
    pub fn cell(&self, table: &str, row: &str, field: &str) -> Option<Cell> {
        let table = self.plan.table(table)?;
        Some(Cell { table, slot: self.slot(table, row)?, field: self.plan.field(table, field)? })
    }

    pub fn value(&self, cell: Cell) -> &Scalar {
        self.store.tables[cell.table].value(cell.slot, cell.field)
    }

    /// What was typed into a cell, exactly; `None` when nothing was or the cell is computed.
    pub fn typed(&self, cell: Cell) -> Option<&str> {
        self.store.tables[cell.table].text(cell.slot, cell.field).map(|text| &**text)
    }

    /// The same as a change names it.
    pub fn typed_text(&self, cell: Cell) -> Typed {
        self.store.tables[cell.table].text(cell.slot, cell.field).cloned()
    }

    /// The text of a cell: as typed, or the computed value in its decimals (empty when empty).
    pub fn text(&self, cell: Cell) -> String {
        let field = self.plan.tables[cell.table].field(cell.field);
        match field.formula {
            None => self.typed(cell).unwrap_or("").to_string(),
            Some(_) => computed_text(&field.kind, self.value(cell)),
        }
    }

    /// A header field's cell.
    pub fn header(&self, form: &str, field: &str) -> Option<Cell> {
        self.cell(form, HEADER_ROW, field)
    }

    pub fn tally(&self, table: TableIx) -> Tally {
        self.tallies[table]
    }

    pub fn total_tally(&self) -> Tally {
        self.tallies.iter().fold(Tally::default(), |sum, t| Tally {
            errors: sum.errors + t.errors,
            warnings: sum.warnings + t.warnings,
        })
    }

    /// Everything typed, as it is stored and sent.
    pub fn document(&self) -> Document {
        let mut document = Document::new(self.plan.fiscal_year);
        for (table, plan) in self.plan.tables.iter().enumerate() {
            let rows: Vec<Row> = self.rows(table).iter().map(|slot| self.row(table, *slot)).collect();
            let untouched = plan.table.kind == TableKind::Header && rows.iter().all(|r| r.cells.is_empty());
            if !rows.is_empty() && !untouched {
                document.tables.insert(plan.table.key.clone(), rows);
            }
        }
        document
    }

    pub fn row(&self, table: TableIx, slot: Slot) -> Row {
        let rows = &self.store.tables[table];
        let fields = self.plan.tables[table].table.fields.iter().enumerate();
        let cells = fields
            .filter_map(|(field, f)| Some((f.key.clone(), rows.text(slot, field)?.to_string())))
            .collect();
        let id = RowId(rows.ids[slot as usize].clone());
        Row { id, rank: rows.ranks[slot as usize], cells }
    }
}

/// A computed value in the decimals of its kind, without thousands separators.
pub fn computed_text(kind: &super::definition::FieldKind, value: &Scalar) -> String {
    use super::definition::FieldKind;
    match (kind, value) {
        (FieldKind::Number { measure, .. }, Scalar::Number(n)) => {
            format!("{:.*}", measure.decimals() as usize, n)
        }
        (_, value) => value.plain().to_string(),
    }
}
