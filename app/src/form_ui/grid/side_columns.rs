//! 旁列: read-only columns the page lays beside a field of the table, such as a review's. They are no part of the
//! document; the page gives their values. A file of its own, so that a first form without them does not load it.

use super::columns::Columns;
use super::dom::{Heading, describe};
use super::interaction::Event;
use super::state::GridState;
use super::view_spec::ViewSpec;
use leptos::prelude::Set;
use shared::engine::session::{Cell, Session};
use std::sync::Arc;
use wasm_bindgen::JsValue;

/// A side column.
pub struct SideColumn {
    /// Its key in the page, as a field has one.
    pub key: &'static str,
    pub label: &'static str,
    pub help: &'static str,
    /// Its width in pixels.
    pub width: f64,
}

/// The value of a side column in a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SideValue {
    pub text: String,
    /// A word before the text, such as the verdict on a cut.
    pub note: &'static str,
    /// Its class in the style sheet.
    pub look: &'static str,
}

type Tell = Arc<dyn Fn(&Session, Cell, usize) -> SideValue + Send + Sync>;
type Press = Arc<dyn Fn(Cell, usize) -> bool + Send + Sync>;

#[derive(Clone)]
pub struct SideColumns {
    /// Key of the field they follow; a table without that field has none.
    pub after: &'static str,
    /// The label of that field meanwhile.
    pub label: &'static str,
    pub columns: &'static [SideColumn],
    pub tell: Tell,
    /// Enter or a double click on one; `false` when there is nothing to do.
    pub press: Press,
    pub lay: fn(&GridState, SideColumns),
}

impl SideColumns {
    /// `tell` and `press` get the cell of the field before the columns and the index of the column.
    pub fn new(
        (after, label): (&'static str, &'static str),
        columns: &'static [SideColumn],
        tell: impl Fn(&Session, Cell, usize) -> SideValue + Send + Sync + 'static,
        press: impl Fn(Cell, usize) -> bool + Send + Sync + 'static,
    ) -> SideColumns {
        SideColumns { after, label, columns, tell: Arc::new(tell), press: Arc::new(press), lay }
    }
}

/// Takes over side columns: puts other columns in place, or repaints the values of the same ones.
fn lay(grid: &GridState, side: SideColumns) {
    let next = Columns::new(grid.plan(), Some(side));
    let (before, after) = (grid.layout.columns.borrow().extra(), next.extra());
    let same = before == after;
    let old = grid.layout.columns.replace(next);
    if same {
        return grid.sheet.read(|session| {
            grid.painting(session, |painter, pool| pool.rows.iter_mut().for_each(|view| painter.row(view)));
        });
    }
    if let Err(error) = put(grid, &old, before) {
        leptos::logging::error!("{error:?}");
    }
}

/// Puts the side columns in the place of the `gone` ones.
fn put(grid: &GridState, old: &Columns, gone: usize) -> Result<(), JsValue> {
    let widths: Vec<f64> = {
        let columns = grid.layout.columns.borrow();
        columns.side.iter().flat_map(|side| side.columns.iter().map(|extra| extra.width)).collect()
    };
    let after = grid.layout.columns.borrow().after();
    grid.layout.geometry.borrow_mut().put(after, gone, &widths);
    head(grid, after, gone)?;
    let moved = |column: usize| old.field(column).map(|field| grid.layout.columns.borrow().place(field));
    let spec = {
        let ViewSpec { sort, filters, only_errors } = grid.interaction.borrow().spec.clone();
        let sort = sort.and_then(|(column, direction)| Some((moved(column)?, direction)));
        let filters = filters.into_iter().filter_map(|(column, words)| Some((moved(column)?, words)));
        ViewSpec { sort, filters: filters.collect(), only_errors }
    };
    grid.head_states(&spec);
    grid.rows.spec.set(spec.clone());
    grid.dispatch(Event::ColumnsMoved(spec));
    let mut selection = grid.selection();
    for pos in [&mut selection.cursor, &mut selection.end] {
        pos.column = grid.layout.columns.borrow().place(old.under(pos.column));
    }
    grid.dispatch(Event::Moved(selection));
    // Row elements are built anew for the other columns.
    *grid.layout.pool.borrow_mut() = Default::default();
    grid.lay_out();
    Ok(())
}

/// The headings of the side columns, between those of the fields.
fn head(grid: &GridState, after: usize, gone: usize) -> Result<(), JsValue> {
    let columns = grid.layout.columns.borrow();
    let mut headings = grid.dom.headings.borrow_mut();
    let removed: Vec<Heading> = headings.drain(after + 1..after + 1 + gone).collect();
    removed.iter().for_each(|heading| heading.element.remove());
    let row = headings[after].element.parent_element().ok_or("headings without their row")?;
    headings[after].name(columns.label(grid.plan(), after))?;
    let next = headings.get(after + 1).map(|heading| heading.element.clone());
    for (at, extra) in columns.side.iter().flat_map(|side| side.columns.iter()).enumerate() {
        let heading = Heading::build(extra.label, extra.help, true)?;
        row.insert_before(&heading.element, next.as_ref().map(AsRef::as_ref))?;
        headings.insert(after + 1 + at, heading);
    }
    for (column, heading) in headings.iter().enumerate() {
        describe(&heading.element, &[("aria-colindex", &(column + 2).to_string())])?;
    }
    describe(&grid.dom.grid, &[("aria-colcount", &(columns.len() + 1).to_string())])
}
