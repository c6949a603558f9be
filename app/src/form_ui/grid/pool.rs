//! 行的复用: as many row elements as are seen and a few more, given to other rows as the person scrolls.
//!
//! Texts, classes, positions and attributes are written only where they differ from what an element has. No element
//! is made or removed while scrolling or typing.

use super::columns::Columns;
use super::dom::{describe, length, make};
use super::geometry::Geometry;
use super::paint::{CellPainter, plain};
use shared::engine::plan::{Slot, TablePlan};
use std::ops::Range;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, Node, Text};

/// Flags of a cell whose whole look is written with the next painting.
pub const UNPAINTED: u16 = u16::MAX;

pub struct CellView {
    pub element: HtmlElement,
    pub text: Text,
    pub column: usize,
    /// Left edge and width.
    place: (f64, f64),
    /// What it looks like now, see `paint`.
    pub flags: u16,
    pub shown: String,
}

pub struct RowView {
    pub element: HtmlElement,
    pub number: Text,
    pub cells: Vec<CellView>,
    /// The row it shows; `None` while it is not needed.
    pub row: Option<usize>,
    pub slot: Slot,
}

#[derive(Default)]
pub struct Pool {
    /// Holds the rows in use; the others are out of the page, so that each row is in it once.
    body: Option<HtmlElement>,
    pub rows: Vec<RowView>,
    frozen: usize,
    /// The scrolled columns that have elements.
    columns: Range<usize>,
}

impl Pool {
    /// Whether it has the right number of elements for what is seen.
    pub fn fits(&self, geometry: &Geometry) -> bool {
        self.rows.len() == geometry.pool()
            && self.frozen == geometry.frozen
            && self.columns.len() == geometry.scrolled_columns().len()
    }

    /// Makes the elements anew: when the size of what is seen has changed.
    pub fn build(
        body: &HtmlElement,
        plan: &TablePlan,
        columns: &Columns,
        geometry: &Geometry,
    ) -> Result<Pool, JsValue> {
        let scrolled = geometry.scrolled_columns();
        let mut pool =
            Pool { body: Some(body.clone()), rows: Vec::new(), frozen: geometry.frozen, columns: scrolled };
        // What all rows have in common is written once; the others are copies.
        pool.rows.push(RowView::over(pattern(plan, geometry.frozen + pool.columns.len())?)?);
        pool.place(plan, columns, geometry);
        let first = &mut pool.rows[0];
        first.cells.iter_mut().for_each(|cell| plain(cell, plan, columns, geometry));
        let copies = (1..geometry.pool()).map(|_| first.copied()).collect::<Result<Vec<_>, _>>()?;
        pool.rows.extend(copies);
        body.set_text_content(None);
        Ok(pool)
    }

    /// Which of a row's elements shows a column.
    pub fn index(&self, column: usize) -> Option<usize> {
        if column < self.frozen {
            return Some(column);
        }
        let span = self.columns.len();
        self.columns.contains(&column).then(|| self.frozen + (column - self.frozen) % span)
    }

    /// The place of the element row that shows `row`, if one does.
    fn showing(&self, row: usize) -> Option<usize> {
        let at = row.checked_rem(self.rows.len())?;
        (self.rows[at].row == Some(row)).then_some(at)
    }

    pub fn at(&mut self, row: usize) -> Option<&mut RowView> {
        let at = self.showing(row)?;
        self.rows.get_mut(at)
    }

    /// The id of the element that shows a cell; set at the first call.
    pub fn id(&self, table: &str, row: usize, column: usize) -> Option<String> {
        let (at, index) = (self.showing(row)?, self.index(column)?);
        let element = &self.rows[at].cells.get(index)?.element;
        if element.id().is_empty() {
            element.set_id(&format!("cell-{table}-{at}-{index}"));
        }
        Some(element.id())
    }

    /// Gives every element its column and place, after columns were scrolled or resized.
    pub fn place(&mut self, plan: &TablePlan, columns: &Columns, geometry: &Geometry) {
        self.columns = geometry.scrolled_columns();
        let all: Vec<usize> = (0..self.frozen).chain(self.columns.clone()).collect();
        for column in all {
            let Some(index) = self.index(column) else { continue };
            for row in &mut self.rows {
                row.cells[index].place(column, plan, columns, geometry);
            }
        }
    }

    /// Puts rows and cells into the order in which they are seen: a screen reader follows the order of the page.
    pub fn put_in_order(&self) {
        let Some(body) = &self.body else { return };
        let Some(first) = self.rows.iter().filter_map(|row| row.row).min() else { return };
        let mut place = body.first_child();
        for row in (first..first + self.rows.len()).filter_map(|row| self.showing(row)) {
            let row = &self.rows[row];
            place = put(body, &row.element, place);
            // The number comes first.
            let mut cell = row.element.first_child().and_then(|number| number.next_sibling());
            for index in (0..self.frozen).chain(self.columns.clone()).filter_map(|column| self.index(column))
            {
                cell = put(&row.element, &row.cells[index].element, cell);
            }
        }
    }

    /// Whether the columns in view are among those that have elements.
    pub fn covers(&self, geometry: &Geometry) -> bool {
        self.columns == geometry.scrolled_columns()
    }

    /// Gives every row of `range` an element. Elements that show the right row already are repainted only with `all`.
    pub fn show(&mut self, painter: &CellPainter, range: Range<usize>, all: bool) {
        let count = self.rows.len();
        if count == 0 {
            return;
        }
        let total = painter.view.rows.len();
        for view in &mut self.rows {
            // When everything is painted, rows beyond the range wait until they come into it.
            let needless = |row: usize| row >= total || (all && !range.contains(&row));
            if view.row.is_some_and(needless) {
                view.element.remove();
                view.row = None;
            }
        }
        for row in range {
            let view = &mut self.rows[row % count];
            let slot = painter.view.rows[row];
            if let (None, Some(body)) = (view.row, &self.body) {
                // Appending an element we made cannot fail.
                let _ = body.append_child(&view.element);
            }
            if view.row != Some(row) || view.slot != slot {
                painter.assign(view, row, slot);
            } else if all {
                painter.row(view);
            }
        }
    }
}

/// Puts a child of `parent` at a place among its children; returns the place after it.
fn put(parent: &HtmlElement, child: &HtmlElement, place: Option<Node>) -> Option<Node> {
    if place.as_ref().is_some_and(|node| node.is_same_node(Some(child))) {
        return child.next_sibling();
    }
    // Moving a child of the same parent cannot fail.
    let _ = parent.insert_before(child, place.as_ref());
    place
}

/// A row's element with its number and `count` cells.
fn pattern(plan: &TablePlan, count: usize) -> Result<HtmlElement, JsValue> {
    let pattern = make("div", "grid-row")?;
    pattern.set_attribute("role", "row")?;
    let number = make("div", "grid-cell grid-number")?;
    describe(&number, &[("role", "rowheader"), ("aria-colindex", "1")])?;
    number.set_text_content(Some("0"));
    pattern.append_child(&number)?;
    for _ in 0..count {
        let cell = make("div", "grid-cell")?;
        describe(&cell, &[("role", "gridcell"), ("data-table", &plan.table.key)])?;
        cell.set_text_content(Some(" "));
        pattern.append_child(&cell)?;
    }
    Ok(pattern)
}

impl RowView {
    fn over(element: HtmlElement) -> Result<RowView, JsValue> {
        let missing = || JsValue::from_str("a row element without its cells");
        let mut nodes: Vec<Node> = Vec::new();
        let mut next = element.first_child();
        while let Some(node) = next {
            next = node.next_sibling();
            nodes.push(node);
        }
        let text = |node: &Node| node.first_child().map(JsCast::unchecked_into::<Text>).ok_or_else(missing);
        let number = text(nodes.first().ok_or_else(missing)?)?;
        let mut cells = Vec::with_capacity(nodes.len());
        for node in nodes.into_iter().skip(1) {
            cells.push(CellView {
                text: text(&node)?,
                element: node.unchecked_into::<HtmlElement>(),
                column: usize::MAX,
                place: (-1.0, -1.0),
                flags: 0,
                shown: " ".to_string(),
            });
        }
        Ok(RowView { element, number, cells, row: None, slot: 0 })
    }

    /// A copy with everything written onto it.
    fn copied(&self) -> Result<RowView, JsValue> {
        let element = self.element.clone_node_with_deep(true)?.unchecked_into::<HtmlElement>();
        let mut copy = RowView::over(element)?;
        for (cell, of) in copy.cells.iter_mut().zip(&self.cells) {
            (cell.column, cell.place, cell.flags) = (of.column, of.place, of.flags);
        }
        Ok(copy)
    }
}

impl CellView {
    pub fn write(&mut self, text: &str) {
        if text != self.shown {
            self.text.set_data(text);
            self.shown.clear();
            self.shown.push_str(text);
        }
    }

    fn place(&mut self, column: usize, plan: &TablePlan, columns: &Columns, geometry: &Geometry) {
        let place = (geometry.left_of(column), geometry.width_of(column));
        if self.place != place {
            self.place = place;
            length(&self.element, "left", place.0);
            length(&self.element, "width", place.1);
        }
        if self.column == column {
            return;
        }
        self.column = column;
        let (key, computed) = columns.key(plan, column);
        self.flags = UNPAINTED;
        let index = (column + 2).to_string();
        let attributes = [("data-field", key), ("aria-colindex", index.as_str())];
        // Attribute names are constants; setting them cannot fail.
        let _ = describe(&self.element, &attributes);
        let _ = match computed {
            true => self.element.set_attribute("aria-readonly", "true"),
            false => self.element.remove_attribute("aria-readonly"),
        };
        if !computed {
            let _ = self.element.remove_attribute("data-total");
        }
        // The note of a side column does not belong to another column.
        let _ = self.element.remove_attribute("data-note");
    }
}
