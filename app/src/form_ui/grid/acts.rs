//! 表格操作: what a person does to many cells or to rows. Each is one operation and one undo step.

use super::cursor::{Block, CellPos, Selection};
use super::state::GridState;
use super::values::TextReader;
use crate::kernel::random_id::new_id;
use shared::engine::editing::NewRow;
use shared::engine::op::Change;
use shared::engine::plan::{FieldIx, Slot};
use shared::engine::session::{Cell, Session};
use shared::kernel::ids::RowId;
use std::collections::BTreeMap;

impl GridState {
    /// The rows of a block, from the top.
    pub fn slots(&self, block: &Block) -> Vec<Slot> {
        block.rows.clone().filter_map(|row| self.slot(row)).collect()
    }

    /// Sets every cell of a block in one act: `text` returns the text to store, `None` leaves the cell.
    fn set_block(&self, block: &Block, mut text: impl FnMut(&Session, Cell) -> Option<String>) {
        let slots = self.slots(block);
        let changes: Vec<Change> = self.sheet.read(|session| {
            let columns = self.layout.columns.borrow();
            let fields: Vec<FieldIx> = block.columns.clone().filter_map(|at| columns.field(at)).collect();
            let cells = slots.iter().flat_map(|slot| fields.iter().map(move |field| (*slot, *field)));
            cells
                .filter_map(|(slot, field)| {
                    let cell = Cell { table: self.table, slot, field };
                    session.typing(cell, &text(session, cell)?)
                })
                .collect()
        });
        self.sheet.act(changes);
    }

    /// 清除: empties the selection.
    pub fn clear(&self) {
        self.set_block(&self.selection().block(), |_, _| Some(String::new()));
    }

    /// 向下填充: the selection's first row into the others; a single cell takes the one above.
    pub fn fill_down(&self) {
        let block = self.selection().block();
        let (first, last) = (*block.rows.start(), *block.rows.end());
        let source = if first == last { first.checked_sub(1) } else { Some(first) };
        let Some(source) = source else { return };
        let start = if first == last { first } else { first + 1 };
        let target = Block { rows: start..=last, columns: block.columns };
        let Some(slot) = self.slot(source) else { return };
        self.set_block(&target, |session, cell| Some(session.text(Cell { slot, ..cell })));
    }

    /// Puts the text being typed into every cell of the selection (Ctrl+Enter).
    pub fn fill_with_typed(&self) {
        let block = self.selection().block();
        let text = self.dom.input.value();
        self.cancel();
        let columns = self.plan().width();
        let texts: Vec<String> = self.sheet.read(|session| {
            let mut reader = TextReader::new(session, self.table);
            (0..columns).map(|field| reader.stored(field, &text)).collect()
        });
        self.set_block(&block, |_, cell| Some(texts[cell.field].clone()));
    }

    /// Fills `whole` by repeating `source` (dragging the fill handle).
    pub fn fill_from(&self, source: &Block, whole: &Block) {
        let source_slots = self.slots(source);
        let (height, width) = (source.height(), source.width());
        let (top, left) = (*source.rows.start(), *source.columns.start());
        self.set_block(whole, |session, cell| {
            let row = self.rows.view.borrow().place(cell.slot)?;
            let columns = self.layout.columns.borrow();
            let column = columns.place(cell.field);
            if source.holds(CellPos { row, column }) {
                return None;
            }
            let again = |at: usize, start: usize, size: usize| (at + size - start % size) % size;
            let slot = *source_slots.get(again(row, top, height))?;
            let field = columns.field(left + again(column, left, width))?;
            Some(session.text(Cell { table: cell.table, slot, field }))
        });
    }

    /// Sets 是 or 否 in the selection's cells, the opposite of the cursor's.
    pub fn toggle(&self) {
        let Some(cursor) = self.current() else { return };
        let on = self.sheet.read(|session| session.value(cursor).holds());
        let block = self.selection().block();
        let column = self.selection().cursor.column;
        let only = Block { columns: column..=column, ..block };
        self.set_block(&only, |_, _| Some((!on).to_string()));
    }

    /// 新增行: an empty row at the end.
    pub fn add_row(&self) {
        self.commit();
        let after = self.sheet.read(|session| session.rows(self.table).last().copied());
        self.insert(after, blank_rows(1));
    }

    /// Whether a key may make a row at the end: where rows may be added and the last one is not empty itself.
    pub fn grows(&self) -> bool {
        let changes = self.sheet.read(|session| {
            let last = session.rows(self.table).last().copied();
            let cells =
                |slot| (0..self.plan().width()).map(move |field| Cell { table: self.table, slot, field });
            let used = last.is_none_or(|slot| cells(slot).any(|cell| session.typed(cell).is_some()));
            used.then(|| session.inserting(self.table, last, blank_rows(1)))
        });
        changes.is_some_and(|changes| self.sheet.may(&changes))
    }

    /// Whether what is typed now makes the first row.
    pub fn starts(&self) -> bool {
        self.sheet.read(|session| session.rows(self.table).is_empty()) && self.grows()
    }

    /// 插入行: as many rows above the selection as it has.
    pub fn insert_rows(&self) {
        self.commit();
        let block = self.selection().block();
        let Some(first) = self.slot(*block.rows.start()) else { return self.add_row() };
        let before = self.sheet.read(|session| {
            let rows = session.rows(self.table);
            let at = rows.iter().position(|slot| *slot == first)?;
            at.checked_sub(1).map(|at| rows[at])
        });
        self.insert(before, blank_rows(block.height()));
    }

    /// 复制行: the selection's rows once more below it, without what may stand only once.
    pub fn duplicate_rows(&self) {
        self.commit();
        let slots = self.slots(&self.selection().block());
        let copy = |session: &Session, slot: Slot| {
            let fields = (0..self.plan().width()).filter(|field| !self.plan().field(*field).unique);
            let cells = fields.filter_map(|field| {
                let text = session.typed(Cell { table: self.table, slot, field })?;
                Some((self.plan().field(field).key.clone(), text.to_string()))
            });
            NewRow { id: RowId::new(new_id("r")), cells: cells.collect() }
        };
        let rows = self.sheet.read(|session| slots.iter().map(|slot| copy(session, *slot)).collect());
        self.insert(slots.last().copied(), rows);
    }

    fn insert(&self, after: Option<Slot>, rows: Vec<NewRow>) {
        let first = rows.first().map(|row| row.id.clone());
        let changes = self.sheet.read(|session| session.inserting(self.table, after, rows));
        self.sheet.act(changes);
        let slot = first.and_then(|id| self.sheet.read(|session| session.slot(self.table, id.as_str())));
        let place = slot.and_then(|slot| self.rows.view.borrow().place(slot));
        if let Some(row) = place {
            self.select(Selection::at(CellPos { row, column: 0 }));
        }
        self.focus();
    }

    /// 删除行: the rows of the selection.
    pub fn remove_rows(&self) {
        self.commit();
        let block = self.selection().block();
        let slots = self.slots(&block);
        let changes =
            self.sheet.read(|session| slots.iter().map(|slot| session.removing(self.table, *slot)).collect());
        self.sheet.act(changes);
        let cursor = CellPos { row: *block.rows.start(), ..self.selection().cursor };
        self.select(Selection::at(cursor));
        self.focus();
    }
}

fn blank_rows(count: usize) -> Vec<NewRow> {
    (0..count).map(|_| NewRow { id: RowId::new(new_id("r")), cells: BTreeMap::new() }).collect()
}
