//! 光标与选区: the selection and how the keys of a spreadsheet move it. No DOM here.

use std::ops::RangeInclusive;

/// A cell by its place in what is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CellPos {
    pub row: usize,
    pub column: usize,
}

/// The cell being worked on and the other corner of the range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    pub cursor: CellPos,
    pub end: CellPos,
}

/// A rectangle of cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub rows: RangeInclusive<usize>,
    pub columns: RangeInclusive<usize>,
}

impl Block {
    pub fn between(a: CellPos, b: CellPos) -> Block {
        Block {
            rows: a.row.min(b.row)..=a.row.max(b.row),
            columns: a.column.min(b.column)..=a.column.max(b.column),
        }
    }

    pub fn holds(&self, pos: CellPos) -> bool {
        self.rows.contains(&pos.row) && self.columns.contains(&pos.column)
    }

    pub fn height(&self) -> usize {
        self.rows.end() - self.rows.start() + 1
    }

    pub fn width(&self) -> usize {
        self.columns.end() - self.columns.start() + 1
    }
}

impl Block {
    /// What filling from this block over `to` covers: down or up, or else to the side.
    pub fn stretched(&self, to: CellPos) -> Selection {
        let (top, bottom) = (*self.rows.start(), *self.rows.end());
        let (left, right) = (*self.columns.start(), *self.columns.end());
        let mut cursor = CellPos { row: top, column: left };
        let mut end = CellPos { row: bottom, column: right };
        if !self.rows.contains(&to.row) {
            cursor.row = top.min(to.row);
            end.row = bottom.max(to.row);
        } else {
            cursor.column = left.min(to.column);
            end.column = right.max(to.column);
        }
        Selection { cursor, end }
    }
}

impl Selection {
    pub fn at(pos: CellPos) -> Selection {
        Selection { cursor: pos, end: pos }
    }

    pub fn block(&self) -> Block {
        Block::between(self.cursor, self.end)
    }

    /// Keeps both corners within a table of this size.
    pub fn within(self, rows: usize, columns: usize) -> Selection {
        let clamp = |pos: CellPos| CellPos {
            row: pos.row.min(rows.saturating_sub(1)),
            column: pos.column.min(columns.saturating_sub(1)),
        };
        Selection { cursor: clamp(self.cursor), end: clamp(self.end) }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movement {
    Up,
    Down,
    Left,
    Right,
    /// To the edge of the filled cells, as Ctrl with an arrow.
    FarUp,
    FarDown,
    FarLeft,
    FarRight,
    PageUp,
    PageDown,
    RowStart,
    RowEnd,
    TableStart,
    TableEnd,
}

/// What moving in a table needs to know of it.
pub struct Navigator<'a> {
    pub rows: usize,
    pub columns: usize,
    pub page: usize,
    pub filled: &'a dyn Fn(CellPos) -> bool,
}

impl Navigator<'_> {
    /// The lower right cell.
    pub fn last(&self) -> CellPos {
        CellPos { row: self.rows.saturating_sub(1), column: self.columns.saturating_sub(1) }
    }

    pub fn step(&self, from: CellPos, step: Movement) -> CellPos {
        let CellPos { row: last_row, column: last_column } = self.last();
        let CellPos { row, column } = from;
        match step {
            Movement::Up => CellPos { row: row.saturating_sub(1), column },
            Movement::Down => CellPos { row: (row + 1).min(last_row), column },
            Movement::Left => CellPos { row, column: column.saturating_sub(1) },
            Movement::Right => CellPos { row, column: (column + 1).min(last_column) },
            Movement::PageUp => CellPos { row: row.saturating_sub(self.page), column },
            Movement::PageDown => CellPos { row: (row + self.page).min(last_row), column },
            Movement::RowStart => CellPos { row, column: 0 },
            Movement::RowEnd => CellPos { row, column: last_column },
            Movement::TableStart => CellPos { row: 0, column: 0 },
            Movement::TableEnd => CellPos { row: last_row, column: last_column },
            Movement::FarUp => self.far(from, Movement::Up),
            Movement::FarDown => self.far(from, Movement::Down),
            Movement::FarLeft => self.far(from, Movement::Left),
            Movement::FarRight => self.far(from, Movement::Right),
        }
    }

    /// The end of a filled stretch, else the next filled cell, else the edge of the table.
    fn far(&self, from: CellPos, step: Movement) -> CellPos {
        let mut at = self.step(from, step);
        let stretch = (self.filled)(from) && (self.filled)(at);
        loop {
            let next = self.step(at, step);
            let stop = if stretch { !(self.filled)(next) } else { (self.filled)(at) };
            if next == at || stop {
                return at;
            }
            at = next;
        }
    }

    /// The cell after `from` as Tab goes, into the next row at the end; `None` at the very end.
    pub fn next(&self, from: CellPos) -> Option<CellPos> {
        match from.column + 1 < self.columns {
            true => Some(CellPos { row: from.row, column: from.column + 1 }),
            false => (from.row + 1 < self.rows).then_some(CellPos { row: from.row + 1, column: 0 }),
        }
    }

    pub fn previous(&self, from: CellPos) -> Option<CellPos> {
        match from.column.checked_sub(1) {
            Some(column) => Some(CellPos { row: from.row, column }),
            None => {
                from.row.checked_sub(1).map(|row| CellPos { row, column: self.columns.saturating_sub(1) })
            }
        }
    }
}
