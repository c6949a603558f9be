//! 单元格的样子: text, marks and selection of cells, written where they changed.

use super::columns::Columns;
use super::cursor::{Block, CellPos};
use super::dom::{describe, numeric, px};
use super::geometry::Geometry;
use super::pool::{CellView, RowView, UNPAINTED};
use super::side_columns::SideValue;
use super::values::shown;
use super::view::View;
use crate::form_ui::sheet::overlay::{CellMark, Overlay};
use shared::engine::definition::Field;
use shared::engine::plan::{Slot, TableIx, TablePlan};
use shared::engine::session::{Cell, Session};
use shared::kernel::finding::Severity;
use std::collections::HashSet;

const ERROR: u16 = 1;
const WARNING: u16 = 2;
const CONFLICT: u16 = 4;
/// Required and still empty: an error that is shown quietly, because nothing wrong has been typed.
const WANTED: u16 = 8;
const CURSOR: u16 = 16;
const CHOSEN: u16 = 32;
/// The lower right cell of the selection: it has the fill handle.
const CORNER: u16 = 64;

/// A review has an open remark on it.
const REMARKED: u16 = 128;
/// All remarks on it are settled.
const SETTLED: u16 = 256;
/// A return does not open it for typing.
const CLOSED: u16 = 512;

const CLASSES: [(u16, &str); 10] = [
    (ERROR, " error"),
    (WARNING, " warning"),
    (CONFLICT, " conflict"),
    (WANTED, " wanted"),
    (CURSOR, " cursor"),
    (CHOSEN, " chosen"),
    (CORNER, " corner"),
    (REMARKED, " remarked"),
    (SETTLED, " settled"),
    (CLOSED, " closed"),
];

/// Everything a cell's look depends on.
pub struct CellPainter<'a> {
    pub session: &'a Session,
    pub table: TableIx,
    pub columns: &'a Columns,
    pub view: &'a View,
    pub geometry: &'a Geometry,
    pub cursor: CellPos,
    pub block: Block,
    pub conflicts: &'a HashSet<Cell>,
    pub overlay: &'a Overlay,
}

impl CellPainter<'_> {
    /// Gives a row element to another row.
    pub fn assign(&self, view: &mut RowView, row: usize, slot: Slot) {
        if view.row != Some(row) {
            let y = row as f64 * self.geometry.row_height;
            let _ = view.element.style().set_property("transform", &format!("translateY({})", px(y)));
            let _ = view.element.set_attribute("data-row-index", &row.to_string());
            let _ = view.element.set_attribute("aria-rowindex", &(row + 2).to_string());
        }
        view.row = Some(row);
        view.slot = slot;
        let id = self.session.row_id(self.table, slot);
        let plan = &self.session.plan().tables[self.table];
        for cell in &mut view.cells {
            let _ = cell.element.set_attribute("data-row", id);
            let (key, computed) = self.columns.key(plan, cell.column);
            if computed {
                let _ = cell.element.set_attribute("data-total", &format!("row:{id}:{key}"));
            }
        }
        self.row(view);
    }

    pub fn row(&self, view: &mut RowView) {
        let (Some(row), slot) = (view.row, view.slot) else { return };
        view.number.set_data(&self.view.number(slot).to_string());
        for cell in &mut view.cells {
            self.cell(cell, row, slot);
        }
    }

    pub fn cell(&self, view: &mut CellView, row: usize, slot: Slot) {
        let cell = self.under(view, slot);
        match self.columns.side_value(self.session, cell, view.column) {
            Some(side_value) => self.side_value(view, side_value, row),
            None => {
                view.write(&shown(self.session, cell));
                self.look(view, cell, row);
            }
        }
    }

    fn under(&self, view: &CellView, slot: Slot) -> Cell {
        Cell { table: self.table, slot, field: self.columns.under(view.column) }
    }

    /// Paints a side column: its text, note and look.
    fn side_value(&self, view: &mut CellView, side_value: SideValue, row: usize) {
        view.write(&side_value.text);
        view.flags = UNPAINTED;
        let flags = self.chosen(row, view.column);
        let mut class = class(true, true, flags, false);
        class.push(' ');
        class.push_str(side_value.look);
        view.element.set_class_name(&class);
        // Attribute names are constants; setting them cannot fail.
        let chosen = if flags & CHOSEN != 0 { "true" } else { "false" };
        let _ = view.element.set_attribute("aria-selected", chosen);
        let _ = match side_value.note {
            "" => view.element.remove_attribute("data-note"),
            note => view.element.set_attribute("data-note", note),
        };
    }

    /// Repaints marks and selection of a whole row, not its texts.
    pub fn looks(&self, view: &mut RowView) {
        let (Some(row), slot) = (view.row, view.slot) else { return };
        for view in &mut view.cells {
            let cell = self.under(view, slot);
            match self.columns.side_value(self.session, cell, view.column) {
                Some(side_value) => self.side_value(view, side_value, row),
                None => self.look(view, cell, row),
            }
        }
    }

    fn look(&self, view: &mut CellView, cell: Cell, row: usize) {
        let field = self.session.plan().tables[self.table].field(cell.field);
        let flags = self.flags(cell, field, view.shown.is_empty()) | self.chosen(row, view.column);
        if flags == view.flags {
            return;
        }
        let changed = if view.flags == UNPAINTED { UNPAINTED } else { flags ^ view.flags };
        view.flags = flags;
        let frozen = view.column < self.geometry.frozen;
        view.element.set_class_name(&class(numeric(&field.kind), field.formula.is_some(), flags, frozen));
        if changed & CHOSEN != 0 {
            let chosen = if flags & CHOSEN != 0 { "true" } else { "false" };
            let _ = view.element.set_attribute("aria-selected", chosen);
        }
        if changed & (ERROR | WANTED) != 0 {
            let invalid = if flags & (ERROR | WANTED) != 0 { "true" } else { "false" };
            let _ = view.element.set_attribute("aria-invalid", invalid);
        }
    }

    fn flags(&self, cell: Cell, field: &Field, empty: bool) -> u16 {
        let mut flags = match self.overlay.mark(self.session, cell) {
            // What a judgement misses is shown as quietly as a required field.
            Some(Severity::Error) if empty && (field.required || self.session.mark(cell).is_none()) => WANTED,
            Some(Severity::Error) => ERROR,
            Some(Severity::Warning) => WARNING,
            None => 0,
        };
        if self.conflicts.contains(&cell) {
            flags |= CONFLICT;
        }
        flags |= match self.overlay.notes.get(&cell) {
            Some(CellMark::Open) => REMARKED,
            Some(CellMark::Settled) => SETTLED,
            None => 0,
        };
        if field.formula.is_none() && !self.overlay.opens(self.session, cell) {
            flags |= CLOSED;
        }
        flags
    }

    /// The flags of a cell from cursor and selection.
    fn chosen(&self, row: usize, column: usize) -> u16 {
        let (pos, mut flags) = (CellPos { row, column }, 0);
        if pos == self.cursor {
            flags |= CURSOR;
        }
        if self.block.holds(pos) {
            flags |= CHOSEN;
        }
        if row == *self.block.rows.end() && column == *self.block.columns.end() {
            flags |= CORNER;
        }
        flags
    }
}

/// Writes the look of a cell that has no mark, where its column shows a field.
pub fn plain(view: &mut CellView, plan: &TablePlan, columns: &Columns, geometry: &Geometry) {
    let Some(field) = columns.field(view.column).map(|field| plan.field(field)) else { return };
    let frozen = view.column < geometry.frozen;
    view.element.set_class_name(&class(numeric(&field.kind), field.formula.is_some(), 0, frozen));
    // Attribute names are constants; setting them cannot fail.
    let _ = describe(&view.element, &[("aria-selected", "false"), ("aria-invalid", "false")]);
    view.flags = 0;
}

fn class(numeric: bool, computed: bool, flags: u16, frozen: bool) -> String {
    let mut class = String::with_capacity(64);
    class.push_str("grid-cell");
    if numeric {
        class.push_str(" numeric");
    }
    if computed {
        class.push_str(" computed");
    }
    if frozen {
        class.push_str(" frozen");
    }
    CLASSES.iter().filter(|(flag, _)| flags & flag != 0).for_each(|(_, name)| class.push_str(name));
    class
}
