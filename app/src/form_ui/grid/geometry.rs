//! 版面: where rows and columns lie. Pure arithmetic on fixed row heights; the browser's layout is never read.

use shared::engine::definition::{Field, FieldKind};
use std::ops::Range;

/// Rows painted above and below the viewport, so that fast scrolling shows no blank row.
const SPARE_ROWS: usize = 8;
/// Pixels painted left and right of the viewport.
const SPARE_WIDTH: f64 = 160.0;
const CHARACTER: f64 = 14.0;
const NARROWEST: f64 = 48.0;
/// Width of the column of line numbers.
pub const NUMBERS: f64 = 52.0;

pub struct Geometry {
    /// 32 px, 44 px where people use fingers.
    pub row_height: f64,
    /// Left edges of the columns and, last, the right edge of the table.
    edges: Vec<f64>,
    /// Number of first columns that are frozen when there is room: up to the one that names the row.
    freezable: usize,
    pub frozen: usize,
    pub width: f64,
    pub height: f64,
    pub left: f64,
    pub top: f64,
}

impl Geometry {
    pub fn new(fields: &[Field], coarse: bool) -> Geometry {
        let names_row =
            |field: &Field| matches!(field.kind, FieldKind::Text { .. }) && field.required && !field.unique;
        let freezable = fields.iter().position(names_row).map_or(1, |at| at + 1);
        let mut edges = vec![NUMBERS];
        for field in fields {
            let width = f64::from(field.width) * CHARACTER + 16.0;
            // The heading with its filter button and its resize handle stays readable.
            let heading = field.label.chars().count() as f64 * 13.0 + 46.0;
            edges.push(edges[edges.len() - 1] + width.max(heading));
        }
        let row_height = if coarse { 44.0 } else { 32.0 };
        Geometry { row_height, edges, freezable, frozen: 0, width: 0.0, height: 0.0, left: 0.0, top: 0.0 }
    }

    pub fn columns(&self) -> usize {
        self.edges.len() - 1
    }

    pub fn left_of(&self, column: usize) -> f64 {
        self.edges[column]
    }

    pub fn width_of(&self, column: usize) -> f64 {
        self.edges[column + 1] - self.edges[column]
    }

    pub fn total_width(&self) -> f64 {
        self.edges[self.columns()]
    }

    /// Where the heading row ends and the first row begins.
    pub fn head(&self) -> f64 {
        self.row_height + 4.0
    }

    pub fn frozen_edge(&self) -> f64 {
        self.edges[self.frozen]
    }

    pub fn resize(&mut self, column: usize, width: f64) {
        let change = width.max(NARROWEST) - self.width_of(column);
        for edge in &mut self.edges[column + 1..] {
            *edge += change;
        }
        self.freeze();
    }

    /// Replaces the `gone` columns after column `after` by columns of these widths.
    pub fn put(&mut self, after: usize, gone: usize, widths: &[f64]) {
        let mut all: Vec<f64> = (0..self.columns()).map(|column| self.width_of(column)).collect();
        all.splice(after + 1..after + 1 + gone, widths.iter().copied());
        self.edges.truncate(1);
        for width in all {
            self.edges.push(self.total_width() + width);
        }
        self.freeze();
    }

    /// Takes over the size of the viewport.
    pub fn look(&mut self, width: f64, height: f64) {
        self.width = width;
        self.height = height;
        self.freeze();
    }

    /// Freezes the naming columns as long as they leave room for the others. Where nothing scrolls sideways nothing is
    /// frozen, and the browser has fewer layers to paint.
    fn freeze(&mut self) {
        let fits = |count: &usize| self.edges[*count] <= self.width * 0.55;
        self.frozen = match self.fits() {
            true => 0,
            false => [self.freezable, 1].into_iter().find(fits).unwrap_or(0),
        };
    }

    /// Whether all columns are seen at once.
    pub fn fits(&self) -> bool {
        self.total_width() <= self.width
    }

    pub fn rows_seen(&self) -> usize {
        ((self.height - self.head()) / self.row_height).floor().max(1.0) as usize
    }

    /// Rows that have elements: the viewport and the spare ones.
    pub fn rows(&self, count: usize) -> Range<usize> {
        let first = (self.top / self.row_height).floor().max(0.0) as usize;
        let start = first.saturating_sub(SPARE_ROWS);
        let end = (first + self.pool() - SPARE_ROWS).min(count);
        start.min(end)..end
    }

    /// Row elements needed for that.
    pub fn pool(&self) -> usize {
        (self.height / self.row_height).ceil() as usize + 1 + 2 * SPARE_ROWS
    }

    /// Scrolled columns that have elements: always `span` many.
    pub fn scrolled_columns(&self) -> Range<usize> {
        let span = self.span();
        let from = self.left + self.frozen_edge() - SPARE_WIDTH;
        let first = (self.frozen..self.columns()).find(|c| self.edges[c + 1] > from);
        let last_start = self.columns() - span;
        let start = first.unwrap_or(last_start).min(last_start).max(self.frozen);
        start..start + span
    }

    /// Column elements needed beside the frozen ones.
    fn span(&self) -> usize {
        let seen = (self.width - self.frozen_edge()).max(0.0) + 2.0 * SPARE_WIDTH;
        let reach = |start: usize| {
            let end = self.edges[start] + seen;
            (start..self.columns()).take_while(|c| self.edges[*c] < end).count()
        };
        let most = (self.frozen..self.columns()).map(reach).max().unwrap_or(0);
        (most + 1).min(self.columns() - self.frozen)
    }

    /// The column at `x` and the row at `y` of the canvas, within the table.
    pub fn column_at(&self, x: f64) -> usize {
        let at = self.edges[1..].iter().position(|edge| x < *edge);
        at.unwrap_or(self.columns() - 1)
    }

    pub fn row_at(&self, y: f64, count: usize) -> usize {
        let row = ((y - self.head()) / self.row_height).floor().max(0.0) as usize;
        row.min(count.saturating_sub(1))
    }

    /// Where to scroll so that a cell is seen whole: `(left, top)`.
    pub fn reveal(&self, row: usize, column: usize) -> (f64, f64) {
        let y = row as f64 * self.row_height;
        let room = self.height - self.head() - self.row_height;
        let top = self.top.min(y).max(y - room.max(0.0));
        if column < self.frozen {
            return (self.left, top);
        }
        let (start, end) = (self.edges[column] - self.frozen_edge(), self.edges[column + 1] - self.width);
        (self.left.max(end).min(start).max(0.0), top)
    }
}
