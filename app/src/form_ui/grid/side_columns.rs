//! 旁列: columns the page lays beside a field of the table, such as a review's. They are read-only and no part of the
//! document; whoever lays them tells their texts. Laying is apart from the grid's own files because only pages that
//! lay something need it: a first form to fill in is shown without.

use super::columns::Columns;
use super::dom::{Heading, describe};
use super::state::GridState;
use super::view::ViewSpec;
use leptos::prelude::Set;
use shared::engine::session::{Cell, Session};
use std::sync::Arc;
use wasm_bindgen::JsValue;

/// A column beside the fields.
pub struct SideColumn {
    /// What the page knows it by, where a field has its key.
    pub key: &'static str,
    pub label: &'static str,
    pub help: &'static str,
    /// Its width in pixels.
    pub width: f64,
}

/// What a column beside tells of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SideValue {
    pub text: String,
    /// A word before the text, such as what became of a cut.
    pub note: &'static str,
    /// What the style sheet knows this state by.
    pub look: &'static str,
}

type Tell = Arc<dyn Fn(&Session, Cell, usize) -> SideValue + Send + Sync>;
type Press = Arc<dyn Fn(Cell, usize) -> bool + Send + Sync>;

#[derive(Clone)]
pub struct SideColumns {
    /// Key of the field they follow; a table without that field has none.
    pub after: &'static str,
    /// What that field is called meanwhile.
    pub label: &'static str,
    pub columns: &'static [SideColumn],
    pub tell: Tell,
    /// Enter or a double click on one; `false` when there is nothing to do.
    pub press: Press,
    pub lay: fn(&GridState, SideColumns),
}

impl SideColumns {
    /// `tell` and `press` get the cell of the field they stand beside and which column is meant.
    pub fn new(
        (after, label): (&'static str, &'static str),
        columns: &'static [SideColumn],
        tell: impl Fn(&Session, Cell, usize) -> SideValue + Send + Sync + 'static,
        press: impl Fn(Cell, usize) -> bool + Send + Sync + 'static,
    ) -> SideColumns {
        SideColumns { after, label, columns, tell: Arc::new(tell), press: Arc::new(press), lay }
    }
}

/// Takes over what is laid: other columns are put in place, other texts of the same columns painted.
fn lay(board: &GridState, beside: SideColumns) {
    let next = Columns::new(board.plan(), Some(beside));
    let (before, after) = (board.columns.borrow().extra(), next.extra());
    let same = before == after;
    let old = board.columns.replace(next);
    if same {
        return board.sheet.read(|session| {
            board.painting(session, |brush, pool| pool.rows.iter_mut().for_each(|view| brush.row(view)));
        });
    }
    if let Err(error) = put(board, &old, before) {
        leptos::logging::error!("{error:?}");
    }
}

/// Puts the columns beside in the place of the `gone` that stood there.
fn put(board: &GridState, old: &Columns, gone: usize) -> Result<(), JsValue> {
    let widths: Vec<f64> = {
        let columns = board.columns.borrow();
        columns.beside.iter().flat_map(|beside| beside.columns.iter().map(|extra| extra.width)).collect()
    };
    let after = board.columns.borrow().after();
    board.geometry.borrow_mut().put(after, gone, &widths);
    head(board, after, gone)?;
    let moved = |column: usize| old.field(column).map(|field| board.columns.borrow().place(field));
    let wish = {
        let mut view = board.view.borrow_mut();
        let ViewSpec { sort, filters, only_errors } = std::mem::take(&mut view.wish);
        let sort = sort.and_then(|(column, direction)| Some((moved(column)?, direction)));
        let filters = filters.into_iter().filter_map(|(column, words)| Some((moved(column)?, words)));
        view.wish = ViewSpec { sort, filters: filters.collect(), only_errors };
        view.wish.clone()
    };
    board.head_states(&wish);
    board.wish.set(wish);
    let mut selection = board.selection.get();
    for spot in [&mut selection.cursor, &mut selection.end] {
        spot.column = board.columns.borrow().place(old.under(spot.column));
    }
    board.selection.set(selection);
    // Elements are made anew: there are other columns for them.
    *board.pool.borrow_mut() = Default::default();
    board.lay_out();
    Ok(())
}

/// The headings of what is laid, between those of the fields.
fn head(board: &GridState, after: usize, gone: usize) -> Result<(), JsValue> {
    let columns = board.columns.borrow();
    let mut headings = board.frame.headings.borrow_mut();
    let removed: Vec<Heading> = headings.drain(after + 1..after + 1 + gone).collect();
    removed.iter().for_each(|heading| heading.element.remove());
    let row = headings[after].element.parent_element().ok_or("headings without their row")?;
    headings[after].name(columns.label(board.plan(), after))?;
    let next = headings.get(after + 1).map(|heading| heading.element.clone());
    for (at, extra) in columns.beside.iter().flat_map(|beside| beside.columns.iter()).enumerate() {
        let heading = Heading::build(extra.label, extra.help, true)?;
        row.insert_before(&heading.element, next.as_ref().map(AsRef::as_ref))?;
        headings.insert(after + 1 + at, heading);
    }
    for (column, heading) in headings.iter().enumerate() {
        describe(&heading.element, &[("aria-colindex", &(column + 2).to_string())])?;
    }
    describe(&board.frame.grid, &[("aria-colcount", &(columns.len() + 1).to_string())])
}
