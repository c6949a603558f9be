//! 视图: what the person asked to see of a table: sorted by which column, filtered by which words.

use std::collections::BTreeMap;

/// Stands for anything in place of a column's words.
pub const FILLED: &str = "*";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Rising,
    Falling,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ViewSpec {
    /// By which column.
    pub sort: Option<(usize, Direction)>,
    /// Words a column must contain, or [`FILLED`].
    pub filters: BTreeMap<usize, String>,
    pub only_errors: bool,
}

/// A change of what is shown. Columns are counted as the grid shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpecChange {
    Sort {
        column: usize,
        direction: Direction,
    },
    /// A press on a heading: rising, falling, as in the document.
    NextSort {
        column: usize,
    },
    /// Empty words remove the filter.
    Filter {
        column: usize,
        words: String,
    },
    ClearColumn {
        column: usize,
    },
    ToggleOnlyErrors,
    /// Shows every row again, sorted as before.
    ShowAll,
    /// Document order, every row.
    Reset,
}

impl ViewSpec {
    /// Document order, every row.
    pub fn is_plain(&self) -> bool {
        self.sort.is_none() && !self.hides()
    }

    pub fn hides(&self) -> bool {
        self.only_errors || !self.filters.is_empty()
    }

    pub fn apply(&mut self, change: SpecChange) {
        match change {
            SpecChange::Sort { column, direction } => self.sort = Some((column, direction)),
            SpecChange::NextSort { column } => {
                self.sort = match self.sort {
                    Some((by, Direction::Rising)) if by == column => Some((column, Direction::Falling)),
                    Some((by, Direction::Falling)) if by == column => None,
                    _ => Some((column, Direction::Rising)),
                }
            }
            SpecChange::Filter { column, words } if words.is_empty() => drop(self.filters.remove(&column)),
            SpecChange::Filter { column, words } => drop(self.filters.insert(column, words)),
            SpecChange::ClearColumn { column } => {
                self.filters.remove(&column);
                self.sort = self.sort.filter(|(by, _)| *by != column);
            }
            SpecChange::ToggleOnlyErrors => self.only_errors = !self.only_errors,
            SpecChange::ShowAll => *self = ViewSpec { sort: self.sort, ..ViewSpec::default() },
            SpecChange::Reset => *self = ViewSpec::default(),
        }
    }
}
