//! 变动: exactly what an operation changed, row by row, for whoever repaints; and, while it is being worked out, what
//! is due of each row.

use super::plan::{FieldIx, Plan, Slot, TableIx};
use super::session::Cell;
use super::store::Store;
use std::collections::BTreeSet;

/// What changed of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touched {
    pub table: TableIx,
    pub slot: Slot,
    /// Fields whose text or value changed, typed and computed, as a set.
    pub fields: u64,
    /// Its findings changed.
    pub judged: bool,
}

impl Touched {
    pub fn holds(&self, field: FieldIx) -> bool {
        self.fields & (1 << field) != 0
    }
}

/// Exactly what an operation changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// In the order of tables and slots, every row once.
    pub touched: Vec<Touched>,
    /// Tables whose rows came, went or moved.
    pub rows: BTreeSet<TableIx>,
    /// The receipt: how much was evaluated.
    pub evaluated_cells: u64,
    pub evaluated_rules: u64,
}

impl Changed {
    /// What changed of a row, if anything did.
    pub fn of(&self, table: TableIx, slot: Slot) -> Option<&Touched> {
        let at = self.touched.partition_point(|t| (t.table, t.slot) < (table, slot));
        self.touched.get(at).filter(|t| (t.table, t.slot) == (table, slot))
    }

    /// Whether the text or value of a cell changed.
    pub fn holds(&self, cell: Cell) -> bool {
        self.of(cell.table, cell.slot).is_some_and(|touched| touched.holds(cell.field))
    }

    /// Whether the findings of a row changed.
    pub fn judged(&self, table: TableIx, slot: Slot) -> bool {
        self.of(table, slot).is_some_and(|touched| touched.judged)
    }

    /// The rows of a table that changed.
    pub fn within(&self, table: TableIx) -> &[Touched] {
        let below = self.touched.partition_point(|t| t.table < table);
        let count = self.touched[below..].partition_point(|t| t.table == table);
        &self.touched[below..below + count]
    }
}

/// What is due of a row while an operation is worked out; nothing of any row between operations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dirty {
    fields: u64,
    judged: bool,
    /// Formulas that are waiting or done, rules that are waiting: as sets of positions.
    formulas: u64,
    rules: u64,
}

/// The rows concerned and the formulas waiting.
pub(super) struct Pending {
    rows: Vec<(TableIx, Slot)>,
    /// By the place of the formula among the plan's steps, so that each is evaluated after all it reads.
    formulas: Vec<Vec<Slot>>,
    pub moved: BTreeSet<TableIx>,
}

impl Pending {
    pub fn new(plan: &Plan) -> Pending {
        Pending { rows: Vec::new(), formulas: vec![Vec::new(); plan.steps.len()], moved: BTreeSet::new() }
    }

    fn due<'a>(&mut self, store: &'a mut Store, table: TableIx, slot: Slot) -> &'a mut Dirty {
        let due = &mut store.tables[table].due[slot as usize];
        if *due == Dirty::default() {
            self.rows.push((table, slot));
        }
        due
    }

    /// The text or value of a cell changed.
    pub fn changed(&mut self, store: &mut Store, table: TableIx, slot: Slot, field: FieldIx) {
        self.due(store, table, slot).fields |= 1 << field;
    }

    /// The findings of a row changed.
    pub fn judged(&mut self, store: &mut Store, table: TableIx, slot: Slot) {
        self.due(store, table, slot).judged = true;
    }

    /// Rules of a row are to be judged.
    pub fn mark_rules(&mut self, store: &mut Store, table: TableIx, slot: Slot, rules: u64) {
        if rules != 0 {
            self.due(store, table, slot).rules |= rules;
        }
    }

    /// A formula of a row is to be evaluated, once.
    pub fn evaluate(&mut self, plan: &Plan, store: &mut Store, table: TableIx, slot: Slot, at: usize) {
        let due = self.due(store, table, slot);
        if due.formulas & (1 << at) == 0 {
            due.formulas |= 1 << at;
            self.formulas[plan.tables[table].formulas[at].rank as usize].push(slot);
        }
    }

    /// The rows for which the formula of a step waits.
    pub fn waiting(&mut self, step: usize) -> Vec<Slot> {
        std::mem::take(&mut self.formulas[step])
    }

    /// Rows with rules to be judged; none is added while they are.
    pub fn rules(&self, store: &Store) -> Vec<(TableIx, Slot, u64)> {
        let rules = |(table, slot): &(TableIx, Slot)| store.tables[*table].due[*slot as usize].rules;
        let rows = self.rows.iter().filter(|row| rules(row) != 0);
        rows.map(|row| (row.0, row.1, rules(row))).collect()
    }

    /// All changes; nothing is due any more.
    pub fn finish(self, store: &mut Store) -> Changed {
        // Within a table they are nearly always in order already.
        let mut by_table: Vec<Vec<Touched>> = store.tables.iter().map(|_| Vec::new()).collect();
        for (table, slot) in self.rows {
            let Dirty { fields, judged, .. } = std::mem::take(&mut store.tables[table].due[slot as usize]);
            if fields != 0 || judged {
                by_table[table].push(Touched { table, slot, fields, judged });
            }
        }
        for touched in by_table.iter_mut().filter(|touched| !touched.is_sorted_by_key(|t| t.slot)) {
            touched.sort_by_key(|touched| touched.slot);
        }
        Changed { touched: by_table.concat(), rows: self.moved, ..Changed::default() }
    }
}
