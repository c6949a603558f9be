//! 会话: a document, its plan, the computed cells and the findings, kept true edit by edit.
//!
//! `apply` re-evaluates only what an operation touches and says exactly what changed; sums are maintained
//! by difference, exactly. How edits are made is in `editing`, what is found in `findings`, why in `explain`.

use super::definition::TableKind;
use super::document::{Document, Row};
use super::eval::Spot;
use super::op::{HEADER_ROW, Op};
use super::plan::{Concerns, FieldIx, Keeps, Plan, Slot, Step, TableIx, Target};
use super::reading::{self, Faults};
use super::scalar::Scalar;
use super::store::Store;
use crate::ids::RowId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A cell of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    pub table: TableIx,
    pub slot: Slot,
    pub field: FieldIx,
}

/// Exactly what an operation changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Cells whose text or value changed, typed and computed.
    pub cells: BTreeSet<Cell>,
    /// Rows whose findings changed.
    pub marks: BTreeSet<(TableIx, Slot)>,
    /// Tables whose rows came, went or moved.
    pub rows: BTreeSet<TableIx>,
    /// The receipt: how much was evaluated.
    pub evaluated_cells: u64,
    pub evaluated_rules: u64,
}

/// Errors and warnings, of one table or in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub errors: i64,
    pub warnings: i64,
}

/// Formulas and rules waiting to be evaluated.
#[derive(Default)]
pub(super) struct Pending {
    /// By rank, so that each is evaluated once, after all it reads.
    formulas: BTreeSet<(u32, TableIx, usize, Slot)>,
    rules: BTreeMap<(TableIx, Slot), u64>,
    pub(super) changed: Changed,
}

#[derive(Debug)]
pub struct Session {
    pub(super) plan: Arc<Plan>,
    pub(super) store: Store,
    pub(super) tallies: Vec<Tally>,
    pub(super) undo: Vec<Op>,
    pub(super) redo: Vec<Op>,
}

impl Session {
    /// Opens a document: reads every cell, computes every formula and evaluates every rule once.
    /// Tables and fields the plan does not know are left out (an older document is opened with its own plan).
    pub fn open(plan: Arc<Plan>, document: &Document) -> Session {
        let store = Store::new(&plan);
        let tallies = vec![Tally::default(); plan.tables.len()];
        let mut session = Session { plan, store, tallies, undo: Vec::new(), redo: Vec::new() };
        for table in 0..session.plan.tables.len() {
            session.load(table, document);
        }
        session.compute_all();
        session
    }

    fn load(&mut self, table: TableIx, document: &Document) {
        let plan = self.plan.clone();
        let key = &plan.tables[table].table.key;
        let header = [Row { id: RowId::new(HEADER_ROW), rank: 0, cells: BTreeMap::new() }];
        let rows = match document.rows(key) {
            [] if plan.tables[table].is_header() => &header,
            rows => rows,
        };
        for row in rows {
            let slot = self.store.tables[table].claim(row.id.as_str(), row.rank);
            self.fill(table, slot, &row.cells);
        }
        self.store.tables[table].sort();
    }

    /// Types `cells` into an empty row without evaluating anything.
    pub(super) fn fill(&mut self, table: TableIx, slot: Slot, cells: &BTreeMap<String, String>) {
        let plan = self.plan.clone();
        for (field, definition) in plan.tables[table].table.fields.iter().enumerate() {
            if definition.formula.is_none() {
                let text = cells.get(&definition.key).map(String::as_str);
                self.put(table, slot, field, text);
            }
        }
    }

    /// Types one text; returns whether the value or its field faults changed.
    pub(super) fn put(&mut self, table: TableIx, slot: Slot, field: FieldIx, text: Option<&str>) -> bool {
        let definition = self.plan.tables[table].field(field);
        let (value, faults) = reading::read(definition, text.unwrap_or(""));
        let rows = &mut self.store.tables[table];
        let at = rows.at(slot, field);
        rows.texts[at] = text.map(Arc::from);
        let old = Faults(std::mem::replace(&mut rows.faults[at], faults.0));
        let tally = &mut self.tallies[table];
        tally.errors += i64::from(faults.count()) - i64::from(old.count());
        let changed = rows.values[at] != value;
        rows.values[at] = value;
        changed || old != faults
    }

    fn compute_all(&mut self) {
        let plan = self.plan.clone();
        for step in &plan.steps {
            match *step {
                Step::Index(index) => {
                    let table = plan.indexes[index].table;
                    for slot in self.store.tables[table].order.clone() {
                        let entry = self.spot(&plan, table, slot).entry(&plan.indexes[index]);
                        let id = self.store.tables[table].ids[slot as usize].clone();
                        self.store.indexes[index].put(&plan.indexes[index].keeps, slot, &id, entry);
                    }
                }
                Step::Formula(table, at) => {
                    let formula = &plan.tables[table].formulas[at];
                    for slot in self.store.tables[table].order.clone() {
                        let value = self.spot(&plan, table, slot).eval(&formula.node);
                        let rows = &mut self.store.tables[table];
                        let cell = rows.at(slot, formula.field);
                        rows.values[cell] = value;
                    }
                }
            }
        }
        for table in 0..plan.tables.len() {
            let all = all_bits(plan.tables[table].rules.len());
            for slot in self.store.tables[table].order.clone() {
                self.judge(&plan, table, slot, all);
            }
        }
    }

    pub(super) fn spot<'a>(&'a self, plan: &'a Plan, table: TableIx, slot: Slot) -> Spot<'a> {
        Spot { plan, store: &self.store, table, slot }
    }

    /// Evaluates the rules of `mask` on a row; returns whether a finding came or went.
    fn judge(&mut self, plan: &Plan, table: TableIx, slot: Slot, mask: u64) -> bool {
        let mut now = self.store.tables[table].broken[slot as usize];
        let before = now;
        for at in bits(mask) {
            let broken = self.spot(plan, table, slot).eval(&plan.tables[table].rules[at].node).holds();
            if broken {
                now |= 1 << at;
            } else {
                now &= !(1 << at);
            }
        }
        self.set_broken(plan, table, slot, before, now);
        now != before
    }

    pub(super) fn set_broken(&mut self, plan: &Plan, table: TableIx, slot: Slot, before: u64, now: u64) {
        self.store.tables[table].broken[slot as usize] = now;
        for at in bits(before ^ now) {
            let tally = &mut self.tallies[plan.tables[table].rules[at].counts_in];
            let step = if now & (1 << at) != 0 { 1 } else { -1 };
            if plan.tables[table].error_rules & (1 << at) != 0 {
                tally.errors += step;
            } else {
                tally.warnings += step;
            }
        }
    }

    /// Evaluates everything pending and whatever that touches in turn.
    pub(super) fn settle(&mut self, mut pending: Pending) -> Changed {
        let plan = self.plan.clone();
        while let Some((_, table, at, slot)) = pending.formulas.pop_first() {
            if !self.store.tables[table].alive[slot as usize] {
                continue;
            }
            pending.changed.evaluated_cells += 1;
            let formula = &plan.tables[table].formulas[at];
            let value = self.spot(&plan, table, slot).eval(&formula.node);
            let rows = &mut self.store.tables[table];
            let cell = rows.at(slot, formula.field);
            if rows.values[cell] != value {
                rows.values[cell] = value;
                self.touch(&plan, table, slot, formula.field, &mut pending);
            }
        }
        for ((table, slot), mask) in std::mem::take(&mut pending.rules) {
            if self.store.tables[table].alive[slot as usize] {
                pending.changed.evaluated_rules += u64::from(mask.count_ones());
                if self.judge(&plan, table, slot, mask) {
                    pending.changed.marks.insert((table, slot));
                }
            }
        }
        pending.changed
    }

    /// A cell has a new value: queues all that reads it.
    pub(super) fn touch(
        &mut self,
        plan: &Plan,
        table: TableIx,
        slot: Slot,
        field: FieldIx,
        to: &mut Pending,
    ) {
        let bit = 1u64 << field;
        let here = &plan.tables[table];
        to.changed.cells.insert(Cell { table, slot, field });
        for (at, formula) in here.formulas.iter().enumerate() {
            if formula.reads & bit != 0 {
                to.formulas.insert((formula.rank, table, at, slot));
            }
        }
        let mut mask = 0;
        for (at, rule) in here.rules.iter().enumerate() {
            if rule.reads & bit != 0 {
                mask |= 1 << at;
            }
        }
        if mask != 0 {
            *to.rules.entry((table, slot)).or_default() |= mask;
        }
        for index in &here.indexes {
            if plan.indexes[*index].reads & bit != 0 {
                self.reindex(plan, *index, slot, to);
            }
        }
        for user in &here.header_users[field] {
            for slot in self.store.tables[target_table(user.target)].order.clone() {
                queue(plan, user.target, slot, to);
            }
        }
    }

    /// A row came, went or moved: queues all that reads any of it.
    pub(super) fn touch_row(&mut self, plan: &Plan, table: TableIx, slot: Slot, to: &mut Pending) {
        let here = &plan.tables[table];
        to.changed.rows.insert(table);
        if self.store.tables[table].alive[slot as usize] {
            for (at, formula) in here.formulas.iter().enumerate() {
                to.formulas.insert((formula.rank, table, at, slot));
            }
            *to.rules.entry((table, slot)).or_default() |= all_bits(here.rules.len());
        }
        for index in &here.indexes {
            self.reindex(plan, *index, slot, to);
        }
    }

    /// Brings a row's contribution to an index up to date and queues who reads the groups concerned.
    fn reindex(&mut self, plan: &Plan, index: usize, slot: Slot, to: &mut Pending) {
        let table = plan.indexes[index].table;
        let alive = self.store.tables[table].alive[slot as usize];
        let new = if alive { self.spot(plan, table, slot).entry(&plan.indexes[index]) } else { None };
        let old = self.store.indexes[index].entry(slot).cloned();
        if old == new {
            return;
        }
        let keeps = &plan.indexes[index].keeps;
        let mut keys: Vec<Arc<str>> = old.iter().chain(&new).map(|entry| entry.key.clone()).collect();
        keys.dedup();
        let firsts = |groups: &super::store::Groups| keys.iter().filter_map(|k| groups.first(k)).collect();
        let mut concerned: Vec<Slot> = firsts(&self.store.indexes[index]);
        let id = self.store.tables[table].ids[slot as usize].clone();
        self.store.indexes[index].put(keeps, slot, &id, new);
        let after: Vec<Slot> = firsts(&self.store.indexes[index]);
        concerned.extend(after);
        concerned.push(slot);
        for user in &plan.indexes[index].users {
            if *keeps == Keeps::Order {
                concerned.iter().for_each(|slot| queue(plan, user.target, *slot, to));
                continue;
            }
            let slots: Vec<Slot> = match &user.concerns {
                Concerns::Key(key) if !keys.contains(key) => continue,
                Concerns::Key(_) | Concerns::All => {
                    self.store.tables[target_table(user.target)].order.clone()
                }
                Concerns::Rows(rows) => {
                    let groups = &self.store.indexes[*rows].groups;
                    keys.iter()
                        .filter_map(|key| groups.get(key))
                        .flat_map(|g| g.rows.iter().copied())
                        .collect()
                }
            };
            slots.into_iter().for_each(|slot| queue(plan, user.target, slot, to));
        }
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
        let id = RowId::new(&*rows.ids[slot as usize]);
        Row { id, rank: rows.ranks[slot as usize], cells }
    }
}

fn target_table(target: Target) -> TableIx {
    match target {
        Target::Formula(table, _) | Target::Rule(table, _) => table,
    }
}

fn queue(plan: &Plan, target: Target, slot: Slot, to: &mut Pending) {
    match target {
        Target::Formula(table, at) => {
            to.formulas.insert((plan.tables[table].formulas[at].rank, table, at, slot));
        }
        Target::Rule(table, at) => *to.rules.entry((table, slot)).or_default() |= 1 << at,
    }
}

fn all_bits(count: usize) -> u64 {
    if count == 64 { u64::MAX } else { (1 << count) - 1 }
}

/// Positions of the set bits, lowest first.
pub(super) fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        if mask == 0 {
            return None;
        }
        let at = mask.trailing_zeros() as usize;
        mask &= mask - 1;
        Some(at)
    })
}

/// A computed value in the decimals of its kind, without thousands separators.
pub fn computed_text(kind: &super::definition::Kind, value: &Scalar) -> String {
    use super::definition::Kind;
    match (kind, value) {
        (Kind::Number { measure, .. }, Scalar::Number(n)) => {
            format!("{:.*}", measure.decimals() as usize, n)
        }
        (_, value) => value.plain().to_string(),
    }
}
