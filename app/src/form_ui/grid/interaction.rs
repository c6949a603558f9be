//! 操作状态: what the person is doing in a grid — where the cursor is, what is dragged, which cell is open, how the rows
//! are sorted — as plain data, and the one function that changes it. No page and no sheet here: what follows from a
//! change is returned as [`Effects`] and carried out by `state`.

use super::cursor::{Block, CellPos, Movement, Navigator, Selection};
use super::list::List;
use super::view_spec::{SpecChange, ViewSpec};
use shared::engine::session::Cell;
use std::ops::RangeInclusive;

#[derive(Default)]
pub struct Interaction {
    pub selection: Selection,
    /// Column where a run of Tabs began: Enter goes to the next row there, as in a spreadsheet.
    tab_from: Option<usize>,
    /// The last key was Esc.
    escaped: bool,
    /// The key before this one was Esc: a Tab leaves the grid instead of the cell.
    leaving: bool,
    pub drag: Drag,
    /// The cell being typed into.
    pub editing: Option<Editing>,
    /// The choices offered for it.
    pub list: Option<List>,
    /// How the rows are sorted and filtered.
    pub spec: ViewSpec,
}

/// A cell being typed into.
pub struct Editing {
    pub cell: Cell,
    /// The person works within the text: arrows move the caret instead of leaving the cell.
    pub within: bool,
    /// What was stored before.
    pub before: String,
}

/// What the pressed pointer is doing.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Drag {
    #[default]
    None,
    Select,
    Rows,
    /// Filling from this block.
    Fill(Block),
    /// Changing the width of a column that was `width` wide when the pointer was at `from`, in pixels.
    Resize {
        column: usize,
        from: f64,
        width: f64,
    },
}

/// What happens in a grid.
pub enum Event {
    /// Any key, before what it means.
    KeyDown,
    /// Goes somewhere and brings it into sight.
    Select(Selection),
    /// Selects without scrolling: choosing everything is no way of going to the end.
    SelectInPlace(Selection),
    SelectAll,
    SelectRows {
        first: usize,
        last: usize,
    },
    /// A step by a key; with `extend` it moves the far corner of the selection.
    Step {
        movement: Movement,
        extend: bool,
    },
    /// Enter: to the row below, or above.
    Enter {
        up: bool,
    },
    /// Tab: to the next cell, or the previous one.
    Tab {
        back: bool,
    },
    Escape,
    /// The selected rows or columns are elsewhere now; everything is painted by whoever moved them.
    Moved(Selection),
    /// Columns came or went: sorting and filters are by these columns now.
    ColumnsMoved(ViewSpec),
    PressCell {
        pos: CellPos,
        extend: bool,
        on_handle: bool,
    },
    PressRow {
        row: usize,
        extend: bool,
    },
    PressEdge {
        column: usize,
        from: f64,
        width: f64,
    },
    /// The pressed pointer is over this cell.
    DragOver(CellPos),
    /// The pressed pointer is at this place of the screen, in pixels.
    DragTo(f64),
    Release,
    Open(Editing),
    WorkWithin,
    Close,
    OpenList(List),
    /// Narrows the list to what fits these words, in small letters.
    NarrowList(String),
    StepList {
        down: bool,
    },
    CloseList,
    Arrange(SpecChange),
}

/// What follows from an event.
#[derive(Default)]
pub struct Effects {
    /// The event means nothing here: its key is the browser's.
    pub ignored: bool,
    /// Scroll to the first column.
    pub scroll_home: bool,
    /// Bring this cell into sight.
    pub reveal: Option<CellPos>,
    /// The selection has changed from these rows to those.
    pub selected: Option<[RangeInclusive<usize>; 2]>,
    /// Fill the second block from the first.
    pub fill: Option<(Block, Block)>,
    /// Give a column a width.
    pub resize: Option<(usize, f64)>,
    /// The cell whose typing has ended.
    pub closed: Option<Editing>,
    /// The list has changed.
    pub draw_list: bool,
    /// Sort and filter anew; `true` when the order has changed.
    pub arrange: Option<bool>,
}

impl Effects {
    fn ignored() -> Effects {
        Effects { ignored: true, ..Effects::default() }
    }
}

impl Interaction {
    /// The only way the state changes.
    pub fn reduce(&mut self, event: Event, table: &Navigator) -> Effects {
        match event {
            Event::KeyDown => {
                self.leaving = std::mem::take(&mut self.escaped);
                Effects::default()
            }
            Event::Select(_)
            | Event::SelectInPlace(_)
            | Event::SelectAll
            | Event::SelectRows { .. }
            | Event::Step { .. }
            | Event::Enter { .. }
            | Event::Tab { .. }
            | Event::Escape
            | Event::Moved(_) => self.reduce_cursor(event, table),
            Event::PressCell { .. }
            | Event::PressRow { .. }
            | Event::PressEdge { .. }
            | Event::DragOver(_)
            | Event::DragTo(_)
            | Event::Release => self.reduce_drag(event, table),
            Event::Open(_)
            | Event::WorkWithin
            | Event::Close
            | Event::OpenList(_)
            | Event::NarrowList(_)
            | Event::StepList { .. }
            | Event::CloseList => self.reduce_editor(event),
            Event::ColumnsMoved(spec) => {
                self.spec = spec;
                Effects::default()
            }
            Event::Arrange(change) => {
                let before = self.spec.sort;
                self.spec.apply(change);
                Effects { arrange: Some(self.spec.sort != before), ..Effects::default() }
            }
        }
    }

    fn reduce_cursor(&mut self, event: Event, table: &Navigator) -> Effects {
        let from = self.selection.cursor;
        match event {
            Event::Select(selection) => self.select(selection, table),
            Event::SelectInPlace(selection) => self.select_in_place(selection, table),
            Event::SelectAll => {
                self.select_in_place(Selection { cursor: CellPos::default(), end: table.last() }, table)
            }
            Event::SelectRows { first, last } => self.select_rows(first, last, table),
            Event::Step { movement, extend } => {
                let effects = match extend {
                    true => {
                        let end = table.step(self.selection.end, movement);
                        self.select(Selection { end, ..self.selection }, table)
                    }
                    false => self.select(Selection::at(table.step(from, movement)), table),
                };
                let scroll_home = matches!(movement, Movement::RowStart | Movement::TableStart);
                Effects { scroll_home, ..effects }
            }
            Event::Enter { up } => {
                let from = CellPos { column: self.tab_from.unwrap_or(from.column), ..from };
                let movement = if up { Movement::Up } else { Movement::Down };
                self.select(Selection::at(table.step(from, movement)), table)
            }
            // Past the last cell, Tab leaves the grid as everywhere on a page.
            Event::Tab { back } => match if back { table.previous(from) } else { table.next(from) } {
                Some(to) if !self.leaving => {
                    let began = self.tab_from.or((!back).then_some(from.column));
                    let effects = self.select(Selection::at(to), table);
                    self.tab_from = began.filter(|_| to.row == from.row);
                    effects
                }
                _ => Effects::ignored(),
            },
            Event::Escape => {
                self.escaped = true;
                self.select(Selection::at(from), table)
            }
            Event::Moved(selection) => {
                self.selection = selection.within(table.rows, table.columns);
                Effects::default()
            }
            _ => Effects::ignored(),
        }
    }

    fn select(&mut self, selection: Selection, table: &Navigator) -> Effects {
        let reveal = Some(selection.within(table.rows, table.columns).end);
        Effects { reveal, ..self.select_in_place(selection, table) }
    }

    fn select_in_place(&mut self, selection: Selection, table: &Navigator) -> Effects {
        let selection = selection.within(table.rows, table.columns);
        let before = std::mem::replace(&mut self.selection, selection);
        self.tab_from = None;
        Effects { selected: Some([before.block().rows, selection.block().rows]), ..Effects::default() }
    }

    fn select_rows(&mut self, first: usize, last: usize, table: &Navigator) -> Effects {
        let end = CellPos { row: last, ..table.last() };
        self.select_in_place(Selection { cursor: CellPos { row: first, column: 0 }, end }, table)
    }

    fn reduce_drag(&mut self, event: Event, table: &Navigator) -> Effects {
        match (event, self.drag.clone()) {
            (Event::PressCell { on_handle: true, .. }, _) => {
                self.drag = Drag::Fill(self.selection.block());
                Effects::default()
            }
            (Event::PressCell { pos, extend, .. }, _) => {
                self.drag = Drag::Select;
                let cursor = if extend { self.selection.cursor } else { pos };
                self.select(Selection { cursor, end: pos }, table)
            }
            (Event::PressRow { row, extend }, _) => {
                self.drag = Drag::Rows;
                let first = if extend { self.selection.cursor.row } else { row };
                self.select_rows(first, row, table)
            }
            (Event::PressEdge { column, from, width }, _) => {
                self.drag = Drag::Resize { column, from, width };
                Effects::default()
            }
            (Event::DragTo(x), Drag::Resize { column, from, width }) => {
                Effects { resize: Some((column, width + x - from)), ..Effects::default() }
            }
            (Event::DragOver(end), Drag::Select) if self.selection.end != end => {
                self.select(Selection { end, ..self.selection }, table)
            }
            (Event::DragOver(to), Drag::Rows) => self.select_rows(self.selection.cursor.row, to.row, table),
            (Event::DragOver(to), Drag::Fill(source)) => self.select(source.stretched(to), table),
            (Event::Release, drag) => {
                self.drag = Drag::None;
                let whole = self.selection.block();
                let fill = match drag {
                    Drag::Fill(source) if source != whole => Some((source, whole)),
                    _ => None,
                };
                Effects { fill, ..Effects::default() }
            }
            _ => Effects::ignored(),
        }
    }

    fn reduce_editor(&mut self, event: Event) -> Effects {
        let draw = || Effects { draw_list: true, ..Effects::default() };
        match (event, &mut self.list) {
            (Event::Open(editing), _) => {
                self.editing = Some(editing);
                Effects::default()
            }
            (Event::WorkWithin, _) => {
                if let Some(editing) = &mut self.editing {
                    editing.within = true;
                }
                Effects::default()
            }
            (Event::Close, _) => Effects { closed: self.editing.take(), ..Effects::default() },
            (Event::OpenList(list), open) => {
                *open = Some(list);
                draw()
            }
            (Event::CloseList, open) => {
                *open = None;
                Effects::default()
            }
            (Event::NarrowList(words), Some(list)) => {
                list.narrow(&words);
                draw()
            }
            (Event::StepList { down }, Some(list)) => {
                list.step(down);
                draw()
            }
            _ => Effects::ignored(),
        }
    }
}
