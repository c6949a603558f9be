//! 鼠标与触摸: choosing, dragging, the fill handle, headings. Scrolling itself is the browser's.

use super::cursor::{Block, CellPos, Selection};
use super::state::GridState;
use super::view::Direction;
use leptos::prelude::GetUntracked;
use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent, PointerEvent};

/// How near the lower right corner of the selection takes hold of the fill handle, in pixels.
const HANDLE: i32 = 10;

/// What the pressed pointer is doing.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Drag {
    #[default]
    None,
    Select,
    Rows,
    /// Filling from this block.
    Fill(Block),
    Resize {
        column: usize,
        from: f64,
        width: f64,
    },
}

/// What of the grid an event is on.
enum Part {
    Cell(CellPos, Element),
    Number(usize),
    Heading(usize),
    Filter(usize),
    Resize(usize),
}

impl Part {
    fn of(target: Option<web_sys::EventTarget>) -> Option<Part> {
        let element = target?.dyn_into::<Element>().ok()?;
        let found = element.closest("[role=gridcell],[role=rowheader],[role=columnheader]").ok()??;
        let column = found.get_attribute("aria-colindex")?.parse::<usize>().ok()?;
        let class = element.class_list();
        match found.get_attribute("role")?.as_str() {
            "columnheader" => {
                let column = column.checked_sub(2)?;
                Some(match (class.contains("grid-resize"), class.contains("grid-filter")) {
                    (true, _) => Part::Resize(column),
                    (_, true) => Part::Filter(column),
                    _ => Part::Heading(column),
                })
            }
            role => {
                let row = found.parent_element()?.get_attribute("data-row-index")?.parse().ok()?;
                Some(match (role, column.checked_sub(2)) {
                    ("gridcell", Some(column)) => Part::Cell(CellPos { row, column }, found),
                    _ => Part::Number(row),
                })
            }
        }
    }
}

impl GridState {
    pub fn pointer_down(&self, event: &PointerEvent) {
        if event.button() != 0 || event.pointer_type() == "touch" {
            return;
        }
        let Some(part) = Part::of(event.target()) else { return };
        event.prevent_default();
        let drag = match part {
            Part::Cell(spot, cell) => {
                let held = self.sheet.editable.get_untracked()
                    && cell.class_list().contains("corner")
                    && event.offset_x() > cell.client_width() - HANDLE
                    && event.offset_y() > cell.client_height() - HANDLE;
                self.choose(spot, event.shift_key(), held)
            }
            Part::Number(row) => {
                self.commit();
                let first = if event.shift_key() { self.selection.get().cursor.row } else { row };
                self.choose_rows(first, row);
                self.tell_selected();
                Drag::Rows
            }
            Part::Resize(column) => {
                let width = self.geometry.borrow().width_of(column);
                Drag::Resize { column, from: f64::from(event.client_x()), width }
            }
            Part::Heading(_) | Part::Filter(_) => Drag::None,
        };
        *self.drag.borrow_mut() = drag;
        self.focus();
    }

    fn choose(&self, spot: CellPos, extend: bool, held: bool) -> Drag {
        self.commit();
        let selection = self.selection.get();
        if held {
            return Drag::Fill(selection.block());
        }
        match extend {
            true => self.select(Selection { end: spot, ..selection }),
            false => self.select(Selection::at(spot)),
        }
        Drag::Select
    }

    pub fn pointer_move(&self, event: &PointerEvent) {
        let drag = self.drag.borrow().clone();
        if drag == Drag::None {
            return;
        }
        if event.buttons() & 1 == 0 {
            return self.pointer_up();
        }
        // Beyond the grid the drag goes on.
        let _ = self.frame.viewport.set_pointer_capture(event.pointer_id());
        match drag {
            Drag::Resize { column, from, width } => {
                self.geometry.borrow_mut().resize(column, width + f64::from(event.client_x()) - from);
                self.lay_out();
            }
            Drag::Select => {
                let end = self.spot_under(event);
                let selection = self.selection.get();
                if selection.end != end {
                    self.select(Selection { end, ..selection });
                }
            }
            Drag::Rows => {
                let row = self.spot_under(event).row;
                self.choose_rows(self.selection.get().cursor.row, row);
            }
            Drag::Fill(source) => self.stretch(&source, self.spot_under(event)),
            Drag::None => {}
        }
    }

    /// Shows what letting go would fill: down or up, or else to the side.
    fn stretch(&self, source: &Block, to: CellPos) {
        let (top, bottom) = (*source.rows.start(), *source.rows.end());
        let (left, right) = (*source.columns.start(), *source.columns.end());
        let mut cursor = CellPos { row: top, column: left };
        let mut end = CellPos { row: bottom, column: right };
        if !source.rows.contains(&to.row) {
            cursor.row = top.min(to.row);
            end.row = bottom.max(to.row);
        } else {
            cursor.column = left.min(to.column);
            end.column = right.max(to.column);
        }
        self.select(Selection { cursor, end });
    }

    pub fn pointer_up(&self) {
        let drag = std::mem::take(&mut *self.drag.borrow_mut());
        if let Drag::Fill(source) = drag {
            let whole = self.selection.get().block();
            if whole != source {
                self.fill_from(&source, &whole);
            }
        }
    }

    /// The cell a pointer is over, or nearest to when it is outside.
    fn spot_under(&self, event: &PointerEvent) -> CellPos {
        let outer = self.frame.viewport.get_bounding_client_rect();
        let geometry = self.geometry.borrow();
        let x = (f64::from(event.client_x()) - outer.left()).clamp(0.0, geometry.width);
        let y = f64::from(event.client_y()) - outer.top();
        let frozen = x < geometry.frozen_edge() && x > 0.0;
        let column = geometry.column_at(if frozen { x } else { x + geometry.left });
        // Above the first row and below the last, one row further: the selection scrolls along.
        let y = y.min(geometry.height + 1.0).max(geometry.head() - 1.0);
        CellPos { row: geometry.row_at(y + geometry.top, self.row_count()), column }
    }

    pub fn click(&self, event: &MouseEvent) {
        let touched = event.dyn_ref::<PointerEvent>().is_some_and(|event| event.pointer_type() == "touch");
        match Part::of(event.target()) {
            Some(Part::Heading(column)) => self.sort_by(column),
            Some(Part::Filter(column)) => self.open_filter(column),
            Some(Part::Cell(spot, _)) if touched => {
                let again = self.selection.get() == Selection::at(spot) && !self.is_editing();
                self.commit();
                self.select(Selection::at(spot));
                match again {
                    true => self.open_by_touch(),
                    false => self.focus(),
                }
            }
            Some(Part::Number(row)) if touched => {
                self.choose_rows(row, row);
                self.tell_selected();
            }
            // The blank part of a table takes the keyboard too: one pastes into an empty table.
            None if !self.is_editing() => self.focus(),
            _ => {}
        }
    }

    /// A second tap types: the keyboard of the screen comes up with the focus.
    fn open_by_touch(&self) {
        let _ = self.frame.input.blur();
        if self.begin(true) {
            self.focus();
        }
    }

    pub fn double_click(&self, event: &MouseEvent) {
        let on_input = event.target().is_some_and(|target| target == *self.frame.input.as_ref());
        if !on_input && matches!(Part::of(event.target()), Some(Part::Cell(..))) && !self.press() {
            self.begin(true);
        }
    }

    /// Rising, falling, as in the document.
    pub fn sort_by(&self, column: usize) {
        self.arrange(|wish| {
            wish.sort = match wish.sort {
                Some((by, Direction::Rising)) if by == column => Some((column, Direction::Falling)),
                Some((by, Direction::Falling)) if by == column => None,
                _ => Some((column, Direction::Rising)),
            }
        });
        self.focus();
    }
}
