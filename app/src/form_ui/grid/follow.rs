//! 跟随: what the grid does when the sheet, the page or the view has changed.

use super::card;
use super::cursor::{CellPos, Selection};
use super::interaction::Event;
use super::state::GridState;
use super::view_spec::SpecChange;
use crate::form_ui::sheet::overlay::Overlay;
use leptos::prelude::*;
use shared::engine::definition::FieldKind;
use shared::engine::dirty::{Changed, Touched};
use shared::engine::op::Conflict;
use shared::engine::plan::Slot;
use shared::engine::session::{Cell, Session};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

impl GridState {
    /// Repaints exactly what the sheet says has changed.
    pub fn follow(&self, session: &Session, changed: &Changed) {
        self.marks.first_changed.set(self.first_typed(changed));
        if changed.rows.contains(&self.table) {
            return self.follow_rows(session);
        }
        let names = self.changed_names(changed);
        self.painting(session, |painter, pool| {
            for view in pool.rows.iter_mut() {
                let (slot, Some(row)) = (view.slot, view.row) else { continue };
                let touched = changed.of(self.table, slot);
                // A side column may depend on any cell of its row.
                let whole = |touched: &Touched| touched.judged || painter.columns.extra() > 0;
                if names || touched.is_some_and(whole) {
                    painter.row(view);
                } else if let Some(touched) = touched {
                    let painted = view.cells.iter_mut().filter(|view| touched.holds(view.column));
                    painted.for_each(|view| painter.cell(view, row, slot));
                }
            }
        });
    }

    fn first_typed(&self, changed: &Changed) -> Option<Cell> {
        changed.within(self.table).iter().find_map(|touched| {
            let mut typed =
                (0..self.plan().width()).filter(|field| self.plan().field(*field).formula.is_none());
            let field = typed.find(|field| touched.holds(*field))?;
            Some(Cell { table: self.table, slot: touched.slot, field })
        })
    }

    /// Undoes or redoes an act and goes to where it was.
    pub fn step_back(&self, redo: bool) {
        self.commit();
        self.marks.first_changed.set(None);
        match redo {
            true => self.sheet.redo(),
            false => self.sheet.undo(),
        }
        let cell = self.marks.first_changed.get();
        if let Some(pos) = cell.and_then(|cell| self.pos(cell)) {
            self.select(Selection::at(pos));
        }
    }

    /// Whether names that this table shows for rows of another table may have changed.
    fn changed_names(&self, changed: &Changed) -> bool {
        let fields = &self.plan().table.fields;
        fields.iter().any(|field| match &field.kind {
            FieldKind::RowOf { table, label } => self.form.table(table).is_some_and(|other| {
                let label = self.form.field(other, label);
                let mut touched = changed.within(other).iter();
                changed.rows.contains(&other)
                    || touched.any(|touched| label.is_some_and(|label| touched.holds(label)))
            }),
            _ => false,
        })
    }

    fn follow_rows(&self, session: &Session) {
        let selection = self.selection();
        let before = [selection.cursor, selection.end].map(|pos| self.slot(pos.row));
        {
            let spec = &self.interaction.borrow().spec;
            let overlay = self.marks.overlay.borrow();
            let columns = self.layout.columns.borrow();
            self.rows.view.borrow_mut().follow((session, &overlay), &columns, spec);
        }
        let place = |slot: Option<Slot>| slot.and_then(|slot| self.rows.view.borrow().place(slot));
        let [cursor, end] = before.map(place);
        let cursor = CellPos { row: cursor.unwrap_or(selection.cursor.row), ..selection.cursor };
        let end = CellPos { row: end.unwrap_or(selection.end.row), ..selection.end };
        self.dispatch(Event::Moved(Selection { cursor, end }));
        self.rows_replaced(session);
        if self.sheet.selected.get_untracked().is_some_and(|cell| cell.table == self.table) {
            self.tell_selected();
        }
    }

    /// Shows other rows, or the rows in another order.
    pub fn rows_replaced(&self, session: &Session) {
        self.rows.shown.set(self.row_count());
        self.size_canvas();
        self.show(session, true);
        self.place_input();
    }

    /// Sorts or filters the rows otherwise.
    pub fn arrange(&self, change: SpecChange) {
        self.commit();
        self.dispatch(Event::Arrange(change));
    }

    /// Sorts and filters the rows by the new spec. After sorting the cursor is on the first row; after filtering it
    /// stays on its row where that is still shown.
    pub fn rearranged(&self, sorted: bool) {
        let spec = self.interaction.borrow().spec.clone();
        let slot = self.slot(self.selection().cursor.row);
        let place = {
            let mut view = self.rows.view.borrow_mut();
            let columns = self.layout.columns.borrow();
            let overlay = self.marks.overlay.borrow();
            self.sheet.read(|session| view.arrange((session, &overlay), &columns, &spec));
            slot.and_then(|slot| view.place(slot))
        };
        self.head_states(&spec);
        let rows = (!spec.is_plain()).then(|| (self.table, self.rows.view.borrow().rows.clone()));
        self.sheet.rows_shown.set(rows);
        self.rows.spec.set(spec);
        let row = place.filter(|_| !sorted).unwrap_or(0);
        let selection = Selection::at(CellPos { row, ..self.selection().cursor });
        self.dispatch(Event::Moved(selection));
        self.sheet.read(|session| self.rows_replaced(session));
        self.select(selection);
    }

    /// Marks the cells whose conflicts wait for a choice.
    pub fn mark_conflicts(&self, conflicts: &[Conflict]) {
        self.sheet.read(|session| {
            let cells = conflicts.iter().filter_map(|conflict| match conflict {
                Conflict::Cell { at, .. } => session.cell(&at.table, at.row.as_str(), &at.field),
                Conflict::Row { .. } => None,
            });
            *self.marks.conflicts.borrow_mut() = cells.filter(|cell| cell.table == self.table).collect();
            self.painting(session, |painter, pool| pool.rows.iter_mut().for_each(|view| painter.looks(view)));
        });
    }

    /// Takes over what lies over the cells.
    pub fn lay_over(&self, overlay: Overlay) {
        *self.marks.overlay.borrow_mut() = overlay;
        self.sheet.read(|session| {
            self.painting(session, |painter, pool| pool.rows.iter_mut().for_each(|view| painter.looks(view)));
        });
        self.place_input();
    }

    /// Goes to a cell, showing its row again where a filter hides it.
    pub fn jump(&self, cell: Cell) {
        self.commit();
        if self.rows.view.borrow().place(cell.slot).is_none() {
            self.arrange(SpecChange::ShowAll);
        }
        let Some(pos) = self.pos(cell) else { return };
        // Its side columns are brought into sight with it.
        let last = self.layout.columns.borrow().last_over(cell.field);
        self.reveal(CellPos { column: last, ..pos });
        self.select(Selection::at(pos));
        self.focus();
        // A card that is shown gives the focus to its field, once it shows this row.
        let id = card::control_id(&self.plan().table.key, &self.plan().field(cell.field).key);
        request_animation_frame(move || {
            if let Some(control) = document().get_element_by_id(&id) {
                let _ = control.unchecked_into::<HtmlElement>().focus();
            }
        });
    }
}
