//! 表格面板: one grid's state and how it reaches the page. Its acts are in the files beside this one.
//!
//! Nothing here is held borrowed while the sheet is called: the sheet answers every act by calling `follow`.

use super::choices::List;
use super::columns::Columns;
use super::cursor::{CellPos, Navigator, Selection};
use super::dom::{GridDom, describe, length};
use super::editor::Editing;
use super::geometry::Geometry;
use super::paint::CellPainter;
use super::pointer::Drag;
use super::pool::Pool;
use super::side_columns::SideColumns;
use super::view::{View, ViewSpec};
use crate::form_ui::sheet::overlay::Overlay;
use crate::form_ui::sheet::store::FormSheet;
use leptos::prelude::*;
use shared::engine::plan::{Plan, Slot, TableIx, TablePlan};
use shared::engine::session::{Cell, Session};
use std::cell::{Cell as Held, RefCell};
use std::collections::HashSet;
use std::sync::Arc;
use wasm_bindgen::JsValue;

pub struct GridState {
    pub sheet: FormSheet,
    pub table: TableIx,
    pub whole: Arc<Plan>,
    pub frame: GridDom,
    pub columns: RefCell<Columns>,
    /// What the page wants laid beside a field.
    pub beside: RwSignal<Option<SideColumns>>,
    pub view: RefCell<View>,
    pub geometry: RefCell<Geometry>,
    pub pool: RefCell<Pool>,
    pub selection: Held<Selection>,
    pub editing: RefCell<Option<Editing>>,
    /// How many cells were typed into since the input was put into the page.
    pub typed_cells: Held<u32>,
    pub list: RefCell<Option<List>>,
    pub drag: RefCell<Drag>,
    /// Esc was pressed: the next Tab leaves the grid instead of the cell.
    pub leaving: Held<bool>,
    /// Where a run of Tabs began: Enter goes to the next row there, as in a spreadsheet.
    pub tab_from: Held<Option<usize>>,
    /// The first cell of this table that the sheet's last answer named.
    pub touched: Held<Option<Cell>>,
    pub conflicts: RefCell<HashSet<Cell>>,
    pub overlay: RefCell<Overlay>,
    /// For the toolbar: what is shown of the table.
    pub wish: RwSignal<ViewSpec>,
    pub shown: RwSignal<usize>,
}

impl GridState {
    pub fn new(
        sheet: FormSheet,
        table: TableIx,
        beside: RwSignal<Option<SideColumns>>,
        coarse: bool,
    ) -> Result<GridState, JsValue> {
        let (plan, view) = sheet.read(|session| (session.plan().clone(), View::new(session, table)));
        let frame = GridDom::build(&plan.tables[table])?;
        let geometry = Geometry::new(&plan.tables[table].table.fields, coarse);
        let shown = view.rows.len();
        let columns = Columns::new(&plan.tables[table], None);
        Ok(GridState {
            sheet,
            table,
            whole: plan,
            frame,
            columns: RefCell::new(columns),
            beside,
            view: RefCell::new(view),
            geometry: RefCell::new(geometry),
            pool: RefCell::default(),
            selection: Held::default(),
            editing: RefCell::default(),
            typed_cells: Held::default(),
            list: RefCell::default(),
            drag: RefCell::default(),
            leaving: Held::new(false),
            tab_from: Held::default(),
            touched: Held::default(),
            conflicts: RefCell::default(),
            overlay: RefCell::default(),
            wish: RwSignal::new(ViewSpec::default()),
            shown: RwSignal::new(shown),
        })
    }

    pub fn plan(&self) -> &TablePlan {
        &self.whole.tables[self.table]
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        self.columns.borrow().len()
    }

    pub fn row_count(&self) -> usize {
        self.view.borrow().rows.len()
    }

    pub fn slot(&self, row: usize) -> Option<Slot> {
        self.view.borrow().rows.get(row).copied()
    }

    pub fn cell(&self, spot: CellPos) -> Option<Cell> {
        let field = self.columns.borrow().under(spot.column);
        self.slot(spot.row).map(|slot| Cell { table: self.table, slot, field })
    }

    /// Where a cell is shown; `None` while its row is not.
    pub fn spot(&self, cell: Cell) -> Option<CellPos> {
        let column = self.columns.borrow().place(cell.field);
        Some(CellPos { row: self.view.borrow().place(cell.slot)?, column })
    }

    /// The cell under the cursor.
    pub fn current(&self) -> Option<Cell> {
        self.cell(self.selection.get().cursor)
    }

    pub fn terrain<R>(&self, ask: impl FnOnce(&Navigator) -> R) -> R {
        let page = self.geometry.borrow().rows_seen();
        self.sheet.read(|session| {
            let filled = |spot: CellPos| {
                let cell = self.cell(spot);
                cell.is_some_and(|cell| session.typed(cell).is_some() || !session.value(cell).is_empty())
            };
            ask(&Navigator { rows: self.row_count(), columns: self.width(), page, filled: &filled })
        })
    }

    pub fn painting(&self, session: &Session, paint: impl FnOnce(&CellPainter, &mut Pool)) {
        let selection = self.selection.get();
        let brush = CellPainter {
            session,
            table: self.table,
            columns: &self.columns.borrow(),
            view: &self.view.borrow(),
            geometry: &self.geometry.borrow(),
            cursor: selection.cursor,
            block: selection.block(),
            conflicts: &self.conflicts.borrow(),
            overlay: &self.overlay.borrow(),
        };
        paint(&brush, &mut self.pool.borrow_mut());
    }

    /// Puts what is seen onto elements; with `all`, paints it whole.
    pub fn show(&self, session: &Session, mut all: bool) {
        {
            let (geometry, columns) = (self.geometry.borrow(), self.columns.borrow());
            let mut pool = self.pool.borrow_mut();
            if !pool.fits(&geometry) {
                match Pool::build(&self.frame.body, self.plan(), &columns, &geometry) {
                    Ok(built) => *pool = built,
                    Err(error) => leptos::logging::error!("{error:?}"),
                }
            } else if !pool.covers(&geometry) {
                pool.place(self.plan(), &columns, &geometry);
                all = true;
            }
        }
        self.painting(session, |brush, pool| {
            pool.show(brush, brush.geometry.rows(brush.view.rows.len()), all);
        });
    }

    /// The size of what is seen, or of the columns, has changed.
    pub fn lay_out(&self) {
        {
            let geometry = self.geometry.borrow();
            let _ = self.frame.viewport.class_list().toggle_with_force("fits", geometry.fits());
            for (column, heading) in self.frame.headings.borrow().iter().enumerate() {
                length(&heading.element, "left", geometry.left_of(column));
                length(&heading.element, "width", geometry.width_of(column));
                let frozen = column < geometry.frozen;
                let _ = heading.element.class_list().toggle_with_force("frozen", frozen);
            }
            let mut pool = self.pool.borrow_mut();
            if pool.fits(&geometry) {
                pool.place(self.plan(), &self.columns.borrow(), &geometry);
            }
        }
        self.size_canvas();
        self.sheet.read(|session| self.show(session, true));
        self.place_input();
    }

    pub fn size_canvas(&self) {
        let geometry = self.geometry.borrow();
        let rows = self.row_count();
        length(&self.frame.canvas, "width", geometry.total_width());
        length(&self.frame.canvas, "height", geometry.head() + rows as f64 * geometry.row_height);
        let _ = describe(&self.frame.grid, &[("aria-rowcount", &(rows + 1).to_string())]);
    }

    /// Takes over where the person has scrolled to.
    pub fn scrolled(&self) {
        self.look_where();
        self.sheet.read(|session| self.show(session, false));
        self.hide_input_under_frozen();
        self.place_list();
    }

    fn look_where(&self) {
        let viewport = &self.frame.viewport;
        let (left, top) = (viewport.scroll_left(), viewport.scroll_top());
        let mut geometry = self.geometry.borrow_mut();
        (geometry.left, geometry.top) = (f64::from(left), f64::from(top));
    }

    /// Whether the browser has given it a size.
    pub fn laid_out(&self) -> bool {
        self.geometry.borrow().width > 0.0
    }

    /// Reads the size of the scroll container and where it is scrolled to; called where the browser has just laid it
    /// out, so all is read before anything is written.
    pub fn resized(&self) {
        let (width, height) = (self.frame.viewport.client_width(), self.frame.viewport.client_height());
        let (width, height) = (f64::from(width), f64::from(height));
        if width == 0.0 {
            return;
        }
        // Hidden behind a card and shown again, it has been scrolled back to its beginning.
        self.look_where();
        let same = {
            let geometry = self.geometry.borrow();
            geometry.width == width && geometry.height == height
        };
        match same {
            true => self.sheet.read(|session| self.show(session, false)),
            false => {
                self.geometry.borrow_mut().look(width, height);
                self.lay_out();
            }
        }
        self.hide_input_under_frozen();
        self.place_list();
    }

    /// Moves the selection, brings its end into sight and the input onto its cursor.
    pub fn select(&self, selection: Selection) {
        let selection = selection.within(self.row_count(), self.width());
        self.reveal(selection.end);
        self.select_in_place(selection);
    }

    /// Selects without scrolling: choosing everything is no way of going to the end.
    pub fn select_in_place(&self, selection: Selection) {
        let selection = selection.within(self.row_count(), self.width());
        let old = self.selection.replace(selection);
        self.tab_from.set(None);
        let (before, after) = (old.block().rows, selection.block().rows);
        self.sheet.read(|session| {
            self.painting(session, |brush, pool| {
                let concerned = |row: usize| before.contains(&row) || after.contains(&row);
                let rows = pool.rows.iter_mut().filter(|view| view.row.is_some_and(concerned));
                rows.for_each(|view| brush.looks(view));
            });
        });
        self.place_input();
        self.tell_selected();
    }

    /// Says to the rest of the page where the cursor is.
    pub fn tell_selected(&self) {
        let cell = self.current();
        if self.sheet.selected.get_untracked() != cell {
            self.sheet.selected.set(cell);
        }
    }

    /// Shows the first of the columns that scroll: the first column itself is always seen.
    pub fn scroll_home(&self) {
        let top = self.geometry.borrow().top;
        self.scroll_to(0.0, top);
    }

    pub fn reveal(&self, spot: CellPos) {
        let (left, top) = self.geometry.borrow().reveal(spot.row, spot.column);
        self.scroll_to(left, top);
    }

    fn scroll_to(&self, left: f64, top: f64) {
        let (left, top) = (left.round(), top.round());
        {
            let mut geometry = self.geometry.borrow_mut();
            if (left, top) == (geometry.left.round(), geometry.top.round()) {
                return;
            }
            (geometry.left, geometry.top) = (left, top);
        }
        self.frame.viewport.scroll_to_with_x_and_y(left, top);
        self.sheet.read(|session| self.show(session, false));
    }
}
