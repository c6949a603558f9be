//! 表格状态: everything one grid consists of, and the way an event changes it: [`Interaction::reduce`] decides, the
//! effects it returns are carried out here.
//!
//! Invariant: nothing here is held borrowed while the sheet is called, because the sheet answers every act by calling
//! `follow`.

use super::columns::Columns;
use super::cursor::{Block, CellPos, Navigator, Selection};
use super::dom::GridDom;
use super::geometry::Geometry;
use super::interaction::{Effects, Event, Interaction};
use super::pool::Pool;
use super::side_columns::SideColumns;
use super::view::View;
use super::view_spec::ViewSpec;
use crate::form_ui::sheet::overlay::Overlay;
use crate::form_ui::sheet::store::FormSheet;
use leptos::prelude::*;
use shared::engine::plan::{Plan, Slot, TableIx, TablePlan};
use shared::engine::session::Cell;
use std::cell::{Cell as Held, RefCell};
use std::collections::HashSet;
use std::sync::Arc;
use wasm_bindgen::JsValue;

pub struct GridState {
    pub sheet: FormSheet,
    pub table: TableIx,
    /// The plan of the whole form.
    pub form: Arc<Plan>,
    /// What the person is doing; changed only by [`GridState::dispatch`].
    pub interaction: RefCell<Interaction>,
    pub rows: GridRows,
    pub layout: GridLayout,
    pub marks: Marks,
    pub dom: GridDom,
    /// What the page wants laid beside a field.
    pub side_columns: RwSignal<Option<SideColumns>>,
}

/// Which rows are shown.
pub struct GridRows {
    pub view: RefCell<View>,
    /// For the toolbar: how they are sorted and filtered.
    pub spec: RwSignal<ViewSpec>,
    /// For the toolbar: how many are shown.
    pub shown: RwSignal<usize>,
    /// Several selected cells; `None` for one.
    pub selected: RwSignal<Option<Block>>,
}

/// Where rows and columns lie and the elements that show them.
pub struct GridLayout {
    pub columns: RefCell<Columns>,
    pub geometry: RefCell<Geometry>,
    pub pool: RefCell<Pool>,
}

/// What others say of cells.
#[derive(Default)]
pub struct Marks {
    /// Cells whose conflicts wait for a choice.
    pub conflicts: RefCell<HashSet<Cell>>,
    /// What a review lays over the cells.
    pub overlay: RefCell<Overlay>,
    /// The first typed cell of this table in the sheet's last answer.
    pub first_changed: Held<Option<Cell>>,
}

impl GridState {
    pub fn new(
        sheet: FormSheet,
        table: TableIx,
        side_columns: RwSignal<Option<SideColumns>>,
        coarse: bool,
    ) -> Result<GridState, JsValue> {
        let (form, view) = sheet.read(|session| (session.plan().clone(), View::new(session, table)));
        let plan = &form.tables[table];
        let (spec, shown) = (RwSignal::new(ViewSpec::default()), RwSignal::new(view.rows.len()));
        Ok(GridState {
            sheet,
            table,
            interaction: RefCell::default(),
            rows: GridRows { view: RefCell::new(view), spec, shown, selected: RwSignal::new(None) },
            layout: GridLayout {
                columns: RefCell::new(Columns::new(plan, None)),
                geometry: RefCell::new(Geometry::new(&plan.table.fields, coarse)),
                pool: RefCell::default(),
            },
            marks: Marks::default(),
            dom: GridDom::build(plan)?,
            side_columns,
            form,
        })
    }

    /// Changes the state by an event and carries out what follows. Returns the effects, for what the caller alone
    /// can do with them.
    pub fn dispatch(&self, event: Event) -> Effects {
        let effects = self.navigate(|table| self.interaction.borrow_mut().reduce(event, table));
        let several = Some(self.selection().block()).filter(|block| block.height() * block.width() > 1);
        if self.rows.selected.with_untracked(|selected| *selected != several) {
            self.rows.selected.set(several);
        }
        if effects.scroll_home {
            self.scroll_home();
        }
        if let Some(pos) = effects.reveal {
            self.reveal(pos);
        }
        if let Some(rows) = &effects.selected {
            self.selection_changed(rows);
        }
        if let Some((column, width)) = effects.resize {
            self.layout.geometry.borrow_mut().resize(column, width);
            self.lay_out();
        }
        if let Some((source, whole)) = &effects.fill {
            self.fill_from(source, whole);
        }
        if effects.draw_list {
            self.draw_list();
        }
        if let Some(sorted) = effects.arrange {
            self.rearranged(sorted);
        }
        effects
    }

    pub fn selection(&self) -> Selection {
        self.interaction.borrow().selection
    }

    /// Goes somewhere and brings it into sight.
    pub fn select(&self, selection: Selection) {
        self.dispatch(Event::Select(selection));
    }

    pub fn is_editing(&self) -> bool {
        self.interaction.borrow().editing.is_some()
    }

    pub fn plan(&self) -> &TablePlan {
        &self.form.tables[self.table]
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        self.layout.columns.borrow().len()
    }

    pub fn row_count(&self) -> usize {
        self.rows.view.borrow().rows.len()
    }

    pub fn slot(&self, row: usize) -> Option<Slot> {
        self.rows.view.borrow().rows.get(row).copied()
    }

    pub fn cell(&self, pos: CellPos) -> Option<Cell> {
        let field = self.layout.columns.borrow().under(pos.column);
        self.slot(pos.row).map(|slot| Cell { table: self.table, slot, field })
    }

    /// Where a cell is shown; `None` while its row is not.
    pub fn pos(&self, cell: Cell) -> Option<CellPos> {
        let column = self.layout.columns.borrow().place(cell.field);
        Some(CellPos { row: self.rows.view.borrow().place(cell.slot)?, column })
    }

    /// The cell under the cursor.
    pub fn current(&self) -> Option<Cell> {
        self.cell(self.selection().cursor)
    }

    fn navigate<R>(&self, ask: impl FnOnce(&Navigator) -> R) -> R {
        let page = self.layout.geometry.borrow().rows_seen();
        self.sheet.read(|session| {
            let filled = |pos: CellPos| {
                let cell = self.cell(pos);
                cell.is_some_and(|cell| session.typed(cell).is_some() || !session.value(cell).is_empty())
            };
            ask(&Navigator { rows: self.row_count(), columns: self.width(), page, filled: &filled })
        })
    }
}
