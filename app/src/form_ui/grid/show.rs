//! 显示: how the state reaches the page: which rows have elements, where the canvas is scrolled to, and what is painted
//! again after the selection or the size has changed.

use super::cursor::CellPos;
use super::dom::{describe, length};
use super::paint::CellPainter;
use super::pool::Pool;
use super::state::GridState;
use leptos::prelude::*;
use shared::engine::session::Session;
use std::ops::RangeInclusive;

impl GridState {
    pub fn painting(&self, session: &Session, paint: impl FnOnce(&CellPainter, &mut Pool)) {
        let selection = self.selection();
        let painter = CellPainter {
            session,
            table: self.table,
            columns: &self.layout.columns.borrow(),
            view: &self.rows.view.borrow(),
            geometry: &self.layout.geometry.borrow(),
            cursor: selection.cursor,
            block: selection.block(),
            conflicts: &self.marks.conflicts.borrow(),
            overlay: &self.marks.overlay.borrow(),
        };
        paint(&painter, &mut self.layout.pool.borrow_mut());
    }

    /// Gives the rows in view elements; with `all`, paints them whole.
    pub fn show(&self, session: &Session, mut all: bool) {
        {
            let (geometry, columns) = (self.layout.geometry.borrow(), self.layout.columns.borrow());
            let mut pool = self.layout.pool.borrow_mut();
            if !pool.fits(&geometry) {
                match Pool::build(&self.dom.body, self.plan(), &columns, &geometry) {
                    Ok(built) => *pool = built,
                    Err(error) => leptos::logging::error!("{error:?}"),
                }
            } else if !pool.covers(&geometry) {
                pool.place(self.plan(), &columns, &geometry);
                all = true;
            }
        }
        self.painting(session, |painter, pool| {
            pool.show(painter, painter.geometry.rows(painter.view.rows.len()), all);
        });
    }

    /// Lays the grid out after the size of the viewport or of a column has changed.
    pub fn lay_out(&self) {
        {
            let geometry = self.layout.geometry.borrow();
            let _ = self.dom.viewport.class_list().toggle_with_force("fits", geometry.fits());
            for (column, heading) in self.dom.headings.borrow().iter().enumerate() {
                length(&heading.element, "left", geometry.left_of(column));
                length(&heading.element, "width", geometry.width_of(column));
                let frozen = column < geometry.frozen;
                let _ = heading.element.class_list().toggle_with_force("frozen", frozen);
            }
            let mut pool = self.layout.pool.borrow_mut();
            if pool.fits(&geometry) {
                pool.place(self.plan(), &self.layout.columns.borrow(), &geometry);
            }
        }
        self.size_canvas();
        self.sheet.read(|session| self.show(session, true));
        self.place_input();
    }

    pub fn size_canvas(&self) {
        let geometry = self.layout.geometry.borrow();
        let rows = self.row_count();
        length(&self.dom.canvas, "width", geometry.total_width());
        length(&self.dom.canvas, "height", geometry.head() + rows as f64 * geometry.row_height);
        let _ = describe(&self.dom.grid, &[("aria-rowcount", &(rows + 1).to_string())]);
    }

    /// Follows the viewport to where the person has scrolled.
    pub fn scrolled(&self) {
        self.look_where();
        self.sheet.read(|session| self.show(session, false));
        self.hide_input_under_frozen();
        self.place_list();
    }

    fn look_where(&self) {
        let viewport = &self.dom.viewport;
        let (left, top) = (viewport.scroll_left(), viewport.scroll_top());
        let mut geometry = self.layout.geometry.borrow_mut();
        (geometry.left, geometry.top) = (f64::from(left), f64::from(top));
    }

    /// Whether the browser has given it a size.
    pub fn laid_out(&self) -> bool {
        self.layout.geometry.borrow().width > 0.0
    }

    /// Follows the viewport's size. Called right after the browser has laid it out: everything is read before anything
    /// is written.
    pub fn resized(&self) {
        let (width, height) = (self.dom.viewport.client_width(), self.dom.viewport.client_height());
        let (width, height) = (f64::from(width), f64::from(height));
        if width == 0.0 {
            return;
        }
        // A viewport that was hidden behind a card has been scrolled back to its beginning.
        self.look_where();
        let same = {
            let geometry = self.layout.geometry.borrow();
            geometry.width == width && geometry.height == height
        };
        match same {
            true => self.sheet.read(|session| self.show(session, false)),
            false => {
                self.layout.geometry.borrow_mut().look(width, height);
                self.lay_out();
            }
        }
        self.hide_input_under_frozen();
        self.place_list();
    }

    /// Repaints the rows the selection left and entered.
    pub fn selection_changed(&self, [before, after]: &[RangeInclusive<usize>; 2]) {
        self.sheet.read(|session| {
            self.painting(session, |painter, pool| {
                let concerned = |row: usize| before.contains(&row) || after.contains(&row);
                let rows = pool.rows.iter_mut().filter(|view| view.row.is_some_and(concerned));
                rows.for_each(|view| painter.looks(view));
            });
        });
        self.place_input();
        self.tell_selected();
    }

    /// Tells the rest of the page where the cursor is.
    pub fn tell_selected(&self) {
        let cell = self.current();
        if self.sheet.selected.get_untracked() != cell {
            self.sheet.selected.set(cell);
        }
    }

    /// Scrolls to the first of the columns that scroll: the first column itself is always seen.
    pub fn scroll_home(&self) {
        let top = self.layout.geometry.borrow().top;
        self.scroll_to(0.0, top);
    }

    pub fn reveal(&self, pos: CellPos) {
        let (left, top) = self.layout.geometry.borrow().reveal(pos.row, pos.column);
        self.scroll_to(left, top);
    }

    fn scroll_to(&self, left: f64, top: f64) {
        let (left, top) = (left.round(), top.round());
        {
            let mut geometry = self.layout.geometry.borrow_mut();
            if (left, top) == (geometry.left.round(), geometry.top.round()) {
                return;
            }
            (geometry.left, geometry.top) = (left, top);
        }
        self.dom.viewport.scroll_to_with_x_and_y(left, top);
        self.sheet.read(|session| self.show(session, false));
    }
}
