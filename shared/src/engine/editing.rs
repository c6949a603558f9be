//! 编辑: turns what a person does into operations, applies them, and takes them back.

use super::dirty::{Changed, Pending};
use super::document::{Document, RANK_STEP, RowEffect, decide, retype};
use super::op::{CellAt, Change, Conflict, Op, Typed};
use super::plan::{Plan, Slot, TableIx};
use super::session::{Cell, Session};
use crate::kernel::ids::{OpId, RowId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What applying an operation did.
#[derive(Debug, Default)]
pub struct Applied {
    pub changed: Changed,
    /// Changes that did not fit; nothing of them was applied.
    pub conflicts: Vec<Conflict>,
}

/// A row about to be inserted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRow {
    pub id: RowId,
    pub cells: BTreeMap<String, String>,
}

/// The row of the change before, found already: a paste fills cell after cell of it.
struct LastRow<'a> {
    at: &'a CellAt,
    table: TableIx,
    slot: Slot,
}

impl LastRow<'_> {
    /// Whether a change types into the same row, by the texts both share.
    fn holds(&self, change: &Change) -> bool {
        let Change::Set { at, .. } = change else { return false };
        Arc::ptr_eq(&at.row.0, &self.at.row.0) && Arc::ptr_eq(&at.table, &self.at.table)
    }
}

impl Session {
    /// Applies an operation of anybody: what fits is applied, what does not is named.
    pub fn apply(&mut self, op: &Op) -> Applied {
        let plan = self.plan.clone();
        let mut pending = Pending::new(&plan);
        let mut conflicts = Vec::new();
        let mut moved = vec![false; plan.tables.len()];
        let mut last = None;
        for change in &op.changes {
            if let Err(conflict) = self.change(&plan, change, &mut last, &mut moved, &mut pending) {
                conflicts.push(conflict);
            }
        }
        for table in (0..moved.len()).filter(|t| moved[*t]) {
            self.store.tables[table].sort();
        }
        Applied { changed: self.recompute(pending), conflicts }
    }

    fn change<'a>(
        &mut self,
        plan: &Plan,
        change: &'a Change,
        last: &mut Option<LastRow<'a>>,
        moved: &mut [bool],
        pending: &mut Pending,
    ) -> Result<(), Conflict> {
        let unknown = || Conflict::Row { table: change.table().to_string(), row: change.row().clone() };
        let same = last.take().filter(|last| last.holds(change));
        let table = match &same {
            Some(last) => last.table,
            None => plan.table(change.table()).ok_or_else(unknown)?,
        };
        let found = same.map(|last| last.slot).or_else(|| self.slot(table, change.row().as_str()));
        // Most changes by far: no row is made of the cells for it.
        if let (Change::Set { at, from, to }, Some(slot)) = (change, found) {
            *last = Some(LastRow { at, table, slot });
            let field = plan.tables[table].field_at(&at.field).ok_or_else(unknown)?;
            let now = self.store.tables[table].text(slot, field).map(|text| &**text);
            if retype(now, at, from, to)? {
                if self.put(table, slot, field, to.clone()) {
                    pending.judged(&mut self.store, table, slot);
                }
                self.touch(plan, table, slot, field, pending);
            }
            return Ok(());
        }
        let current = found.map(|slot| self.row(table, slot));
        match decide(current.as_ref(), change)? {
            RowEffect::Nothing => {}
            RowEffect::Remove => {
                if let Some(slot) = found {
                    self.remove(plan, table, slot, pending);
                    moved[table] = true;
                }
            }
            RowEffect::Write(row) => match (change, found) {
                (Change::MoveRow { to, .. }, Some(slot)) => {
                    self.store.tables[table].ranks[slot as usize] = *to;
                    self.touch_row(plan, table, slot, pending);
                    moved[table] = true;
                }
                _ => {
                    let slot = self.store.tables[table].claim(row.id.as_str(), row.rank);
                    self.fill(table, slot, &row.cells);
                    self.touch_row(plan, table, slot, pending);
                    moved[table] = true;
                }
            },
        }
        Ok(())
    }

    fn remove(&mut self, plan: &Plan, table: TableIx, slot: Slot, pending: &mut Pending) {
        let broken = self.store.tables[table].broken[slot as usize];
        self.set_broken(plan, table, slot, broken, 0);
        let rows = &self.store.tables[table];
        let first = rows.at(slot, 0);
        let faults: u32 = rows.faults[first..first + rows.width].iter().map(|f| f.count_ones()).sum();
        self.tallies[table].errors -= i64::from(faults);
        self.store.tables[table].release(slot);
        self.touch_row(plan, table, slot, pending);
    }

    /// Applies an act of the person at this session and remembers it for undo.
    pub fn act(&mut self, op: Op) -> Applied {
        let applied = self.apply(&op);
        self.remember(op);
        applied
    }

    /// Remembers an act applied already (typing is applied key by key and is one undo step).
    pub fn remember(&mut self, op: Op) {
        self.history.remember(op);
    }

    /// The change that types `text` into a cell, `None` when it is there already or the cell is computed.
    pub fn typing(&self, cell: Cell, text: &str) -> Option<Change> {
        let field = self.plan.tables[cell.table].field(cell.field);
        let to: Typed = (!text.is_empty()).then(|| Arc::from(text));
        let from = self.typed_text(cell);
        (field.formula.is_none() && from != to).then(|| Change::Set { at: self.cell_at(cell), from, to })
    }

    pub fn cell_at(&self, cell: Cell) -> CellAt {
        let plan = &self.plan.tables[cell.table];
        CellAt {
            table: plan.key.clone(),
            row: RowId(self.store.tables[cell.table].ids[cell.slot as usize].clone()),
            field: plan.field_keys[cell.field].clone(),
        }
    }

    /// The changes that put `rows` after the row `after` (`None`: before all), in order. Where the ranks
    /// between the neighbours are used up, the rows below make room first.
    pub fn inserting(&self, table: TableIx, after: Option<Slot>, rows: Vec<NewRow>) -> Vec<Change> {
        let key = self.plan.tables[table].table.key.clone();
        let stored = &self.store.tables[table];
        let order = &stored.order;
        let below = match after {
            None => 0,
            Some(slot) => order.iter().position(|s| *s == slot).map_or(order.len(), |at| at + 1),
        };
        let count = rows.len() as i64;
        let rank = |at: usize| order.get(at).map(|slot| stored.ranks[*slot as usize]);
        let high = rank(below);
        let low = match below.checked_sub(1).and_then(rank) {
            Some(low) => low,
            None => high.unwrap_or(0).saturating_sub(RANK_STEP.saturating_mul(count + 1)),
        };
        let mut changes = Vec::new();
        let mut step = RANK_STEP;
        if let Some(high) = high {
            step = ((high - low) / (count + 1)).min(RANK_STEP);
            if step == 0 {
                let shift = RANK_STEP.saturating_mul(count + 1);
                changes.extend(order[below..].iter().map(|slot| {
                    let from = stored.ranks[*slot as usize];
                    let row = RowId(stored.ids[*slot as usize].clone());
                    Change::MoveRow { table: key.clone(), row, from, to: from.saturating_add(shift) }
                }));
                step = RANK_STEP;
            }
        }
        changes.extend((1..).zip(rows).map(|(n, row)| Change::InsertRow {
            table: key.clone(),
            row: row.id,
            rank: low.saturating_add(step.saturating_mul(n)),
            cells: row.cells,
        }));
        changes
    }

    /// The change that removes a row, carrying all that was in it.
    pub fn removing(&self, table: TableIx, slot: Slot) -> Change {
        let row = self.row(table, slot);
        let table = self.plan.tables[table].table.key.clone();
        Change::RemoveRow { table, row: row.id, rank: row.rank, cells: row.cells }
    }

    pub fn can_undo(&self) -> bool {
        self.history.can_undo()
    }

    pub fn can_redo(&self) -> bool {
        self.history.can_redo()
    }

    /// Takes the last act back; the operation doing so is sent like any other. Where others have changed
    /// the same cells since, theirs stay and are named as conflicts.
    pub fn undo(&mut self, id: OpId) -> Option<(Op, Applied)> {
        let op = self.history.last_done()?;
        let inverse = op.inverse(id);
        let applied = self.apply(&inverse);
        self.history.took_back(inverse.clone());
        Some((inverse, applied))
    }

    /// Does again what was taken back last.
    pub fn redo(&mut self, id: OpId) -> Option<(Op, Applied)> {
        let op = self.history.last_undone()?;
        let again = op.inverse(id);
        let applied = self.apply(&again);
        self.history.did(again.clone());
        Some((again, applied))
    }

    /// Everything typed, with all computed and found anew: what a check of the whole means.
    pub fn reopened(&self) -> Session {
        let document: Document = self.document();
        Session::open(self.plan.clone(), &document)
    }
}
