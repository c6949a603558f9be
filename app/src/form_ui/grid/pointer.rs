//! 鼠标与触摸: choosing, dragging, the fill handle, headings. Scrolling itself is the browser's.

use super::cursor::{CellPos, Selection};
use super::interaction::{Drag, Event};
use super::state::GridState;
use super::view_spec::SpecChange;
use leptos::prelude::GetUntracked;
use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent, PointerEvent};

/// Size of the fill handle at the lower right corner of the selection, in pixels.
const HANDLE: i32 = 10;

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
        match part {
            Part::Cell(pos, cell) => {
                let on_handle = self.sheet.editable.get_untracked()
                    && cell.class_list().contains("corner")
                    && event.offset_x() > cell.client_width() - HANDLE
                    && event.offset_y() > cell.client_height() - HANDLE;
                self.commit();
                self.dispatch(Event::PressCell { pos, extend: event.shift_key(), on_handle })
            }
            Part::Number(row) => {
                self.commit();
                self.dispatch(Event::PressRow { row, extend: event.shift_key() })
            }
            Part::Resize(column) => {
                let width = self.layout.geometry.borrow().width_of(column);
                self.dispatch(Event::PressEdge { column, from: f64::from(event.client_x()), width })
            }
            Part::Heading(_) | Part::Filter(_) => self.dispatch(Event::Release),
        };
        self.focus();
    }

    pub fn pointer_move(&self, event: &PointerEvent) {
        let (dragging, resizing) = {
            let drag = &self.interaction.borrow().drag;
            (*drag != Drag::None, matches!(drag, Drag::Resize { .. }))
        };
        if !dragging {
            return;
        }
        if event.buttons() & 1 == 0 {
            return self.pointer_up();
        }
        // The drag goes on beyond the grid.
        let _ = self.dom.viewport.set_pointer_capture(event.pointer_id());
        self.dispatch(match resizing {
            true => Event::DragTo(f64::from(event.client_x())),
            false => Event::DragOver(self.pos_under(event)),
        });
    }

    pub fn pointer_up(&self) {
        self.dispatch(Event::Release);
    }

    /// The cell a pointer is over, or nearest to when it is outside.
    fn pos_under(&self, event: &PointerEvent) -> CellPos {
        let outer = self.dom.viewport.get_bounding_client_rect();
        let geometry = self.layout.geometry.borrow();
        let x = (f64::from(event.client_x()) - outer.left()).clamp(0.0, geometry.width);
        let y = f64::from(event.client_y()) - outer.top();
        let frozen = x < geometry.frozen_edge() && x > 0.0;
        let column = geometry.column_at(if frozen { x } else { x + geometry.left });
        // Above the first row and below the last it is one row further, so that the grid scrolls along. Not `clamp`,
        // which fails where the grid is lower than its heading.
        let y = y.min(geometry.height + 1.0).max(geometry.head() - 1.0);
        CellPos { row: geometry.row_at(y + geometry.top, self.row_count()), column }
    }

    pub fn click(&self, event: &MouseEvent) {
        let touched = event.dyn_ref::<PointerEvent>().is_some_and(|event| event.pointer_type() == "touch");
        match Part::of(event.target()) {
            Some(Part::Heading(column)) => self.sort_by(column),
            Some(Part::Filter(column)) => self.open_filter(column),
            Some(Part::Cell(pos, _)) if touched => {
                let again = self.selection() == Selection::at(pos) && !self.is_editing();
                self.commit();
                self.select(Selection::at(pos));
                match again {
                    true => self.open_by_touch(),
                    false => self.focus(),
                }
            }
            Some(Part::Number(row)) if touched => {
                self.dispatch(Event::SelectRows { first: row, last: row });
            }
            // The blank part of a table takes the focus too: people paste into an empty table.
            None if !self.is_editing() => self.focus(),
            _ => {}
        }
    }

    /// A second tap opens the cell; the on-screen keyboard opens with the focus.
    fn open_by_touch(&self) {
        let _ = self.dom.input.blur();
        if self.begin(true) {
            self.focus();
        }
    }

    pub fn double_click(&self, event: &MouseEvent) {
        let on_input = event.target().is_some_and(|target| target == *self.dom.input.as_ref());
        if !on_input && matches!(Part::of(event.target()), Some(Part::Cell(..))) && !self.press() {
            self.begin(true);
        }
    }

    /// Rising, falling, as in the document.
    fn sort_by(&self, column: usize) {
        self.arrange(SpecChange::NextSort { column });
        self.focus();
    }
}
