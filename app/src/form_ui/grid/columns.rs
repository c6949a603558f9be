//! 列: which column shows what: the fields of the table and, right after one of them, the page's side columns.

use super::side_columns::{SideColumns, SideValue};
use super::values::{shown, spoken_text};
use shared::engine::plan::{FieldIx, TablePlan};
use shared::engine::session::{Cell, Session};
use std::borrow::Cow;

/// Maps fields to columns and back. A side column lies on the cell of the field before it: selecting it selects that
/// cell, which is computed and takes no typing.
#[derive(Default)]
pub struct Columns {
    fields: usize,
    /// The field the side columns follow.
    after: FieldIx,
    pub side: Option<SideColumns>,
}

impl Columns {
    /// Ignores side columns whose field the table does not have.
    pub fn new(plan: &TablePlan, side: Option<SideColumns>) -> Columns {
        let after = side.as_ref().and_then(|side| plan.by_key.get(side.after).copied());
        Columns {
            fields: plan.width(),
            after: after.unwrap_or_default(),
            side: side.filter(|_| after.is_some()),
        }
    }

    /// Number of side columns.
    pub fn extra(&self) -> usize {
        self.side.as_ref().map_or(0, |side| side.columns.len())
    }

    pub fn len(&self) -> usize {
        self.fields + self.extra()
    }

    pub fn after(&self) -> FieldIx {
        self.after
    }

    /// The field whose cell a column lies on.
    pub fn under(&self, column: usize) -> FieldIx {
        column - column.saturating_sub(self.after).min(self.extra())
    }

    /// The column that shows a field.
    pub fn place(&self, field: FieldIx) -> usize {
        if field > self.after { field + self.extra() } else { field }
    }

    /// The last column that lies on a field's cell.
    pub fn last_over(&self, field: FieldIx) -> usize {
        if field == self.after { field + self.extra() } else { self.place(field) }
    }

    /// The field a column shows; `None` for a side column.
    pub fn field(&self, column: usize) -> Option<FieldIx> {
        let field = self.under(column);
        (self.place(field) == column).then_some(field)
    }

    /// The index of a side column; `None` for a field's column.
    pub fn aside(&self, column: usize) -> Option<(&SideColumns, usize)> {
        let side = self.side.as_ref().filter(|_| self.field(column).is_none())?;
        Some((side, column - self.after - 1))
    }

    /// Key of a column in the page, and whether it takes no typing.
    pub fn key<'a>(&'a self, plan: &'a TablePlan, column: usize) -> (&'a str, bool) {
        match self.aside(column) {
            Some((side, at)) => (side.columns[at].key, true),
            None => {
                let field = plan.field(self.under(column));
                (&field.key, field.formula.is_some())
            }
        }
    }

    pub fn label<'a>(&'a self, plan: &'a TablePlan, column: usize) -> &'a str {
        match (self.aside(column), &self.side) {
            (Some((side, at)), _) => side.columns[at].label,
            (None, Some(side)) if column == self.after => side.label,
            _ => &plan.field(self.under(column)).label,
        }
    }

    /// The value of a side column in the row of `cell`.
    pub fn side_value(&self, session: &Session, cell: Cell, column: usize) -> Option<SideValue> {
        self.aside(column).map(|(side, at)| (side.tell)(session, Cell { field: self.after, ..cell }, at))
    }

    /// The text a column shows in the row of `cell`.
    pub fn text<'a>(&self, session: &'a Session, cell: Cell, column: usize) -> Cow<'a, str> {
        match self.side_value(session, cell, column) {
            Some(side_value) => Cow::Owned(side_value.text),
            None => shown(session, Cell { field: self.under(column), ..cell }),
        }
    }

    /// The text a column gives to the clipboard: figures without 千分位.
    pub fn copied(&self, session: &Session, cell: Cell, column: usize) -> String {
        match self.side_value(session, cell, column) {
            Some(side_value) => side_value.text.replace(',', ""),
            None => spoken_text(session, Cell { field: self.under(column), ..cell }),
        }
    }
}
