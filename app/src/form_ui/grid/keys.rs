//! 键盘: the keys of a spreadsheet. One handler for the whole grid, on the one input.

use super::cursor::{CellPos, CursorMovement, Selection};
use super::interaction::Event;
use super::state::GridState;
use shared::engine::definition::FieldKind;
use web_sys::KeyboardEvent;

/// The key code of every key while an input method is composing.
const COMPOSING: u32 = 229;

/// Keys that mean nothing alone: the Shift of Shift+Tab does not come between Esc and Tab.
const MODIFIERS: [&str; 4] = ["Shift", "Control", "Alt", "Meta"];

impl GridState {
    pub fn key_down(&self, event: &KeyboardEvent) {
        if event.is_composing() || event.key_code() == COMPOSING {
            return;
        }
        let key = event.key();
        if MODIFIERS.contains(&key.as_str()) {
            return;
        }
        self.dispatch(Event::KeyDown);
        let done = if self.is_editing() {
            self.editing_key(event, &key)
        } else {
            self.command_key(event, &key) || self.moving_key(event, &key)
        };
        if done {
            event.prevent_default();
            event.stop_propagation();
        }
    }

    /// Keys while a cell is open.
    fn editing_key(&self, event: &KeyboardEvent, key: &str) -> bool {
        let within = self.interaction.borrow().editing.as_ref().is_some_and(|editing| editing.within);
        match key {
            "Enter" if event.alt_key() => return self.break_line(),
            "Enter" if event.ctrl_key() || event.meta_key() => self.fill_with_typed(),
            "Enter" => {
                self.commit_marked();
                self.enter(event.shift_key());
            }
            "Tab" => {
                self.commit_marked();
                return self.tab(event.shift_key());
            }
            "Escape" => self.cancel(),
            "F2" => drop(self.dispatch(Event::WorkWithin)),
            "ArrowDown" | "ArrowUp" if self.step_list(key == "ArrowDown") => {}
            "ArrowDown" | "ArrowUp" | "ArrowLeft" | "ArrowRight" if !within && !event.shift_key() => {
                self.commit();
                self.dispatch(Event::Step { movement: arrow(key, false), extend: false });
            }
            "F8" => {
                self.commit();
                // Past the last one of this table, the page goes on to the next part.
                return self.next_error(event.shift_key(), false);
            }
            _ => return false,
        }
        true
    }

    /// To the row below or above; below the last row, a new one.
    fn enter(&self, up: bool) -> bool {
        let last = self.selection().cursor.row + 1 == self.row_count();
        if !up && last && self.grows() {
            self.add_row();
            return true;
        }
        !self.dispatch(Event::Enter { up }).ignored
    }

    fn commit_marked(&self) {
        match self.marked() {
            Some(stored) => self.commit_as(&stored),
            None => self.commit(),
        }
    }

    /// A paragraph within a cell, as Alt+Enter makes it in a spreadsheet.
    fn break_line(&self) -> bool {
        let input = &self.dom.input;
        let _ = input.set_range_text("\n");
        let at = input.selection_end().ok().flatten().unwrap_or(0) + 1;
        let _ = input.set_selection_range(at, at);
        self.typed(false);
        true
    }

    /// Keys that act on the selection.
    fn command_key(&self, event: &KeyboardEvent, key: &str) -> bool {
        let (shift, alt) = (event.shift_key(), event.alt_key());
        let control = event.ctrl_key() || event.meta_key();
        match (key, control) {
            ("z" | "Z", true) => self.step_back(shift),
            ("y" | "Y", true) => self.step_back(true),
            ("d" | "D", true) if shift => self.duplicate_rows(),
            ("d" | "D", true) => self.fill_down(),
            ("a" | "A", true) => drop(self.dispatch(Event::SelectAll)),
            ("l" | "L", true) if shift => self.open_filter(self.selection().cursor.column),
            ("=" | "+", true) if shift => self.insert_rows(),
            ("-" | "_", true) => self.remove_rows(),
            ("ArrowDown", _) if alt => self.open(),
            ("Enter", false) if !shift => return self.press(),
            ("F2", false) => self.open(),
            ("F8", false) => return self.next_error(shift, false),
            ("Delete" | "Backspace", false) => self.clear(),
            (" ", false) if self.on_flag() => self.toggle(),
            (" ", false) if shift => {
                let Selection { cursor, end } = self.selection();
                self.dispatch(Event::SelectRows { first: cursor.row, last: end.row });
            }
            ("Escape", _) => drop(self.dispatch(Event::Escape)),
            _ => return false,
        }
        true
    }

    /// Runs the action of a side column; `false` for other columns and where there is nothing to do.
    pub fn press(&self) -> bool {
        let found =
            self.layout.columns.borrow().aside(self.selection().cursor.column).map(|(b, at)| (b.clone(), at));
        match (found, self.current()) {
            (Some((side, at)), Some(cell)) => (side.press)(cell, at),
            _ => false,
        }
    }

    fn on_flag(&self) -> bool {
        self.current().is_some_and(|cell| matches!(self.plan().field(cell.field).kind, FieldKind::Flag))
    }

    fn moving_key(&self, event: &KeyboardEvent, key: &str) -> bool {
        let control = event.ctrl_key() || event.meta_key();
        let shift = event.shift_key();
        let movement = match key {
            "Enter" if control => return false,
            "Enter" => return self.enter(shift),
            "Tab" if control => return false,
            "Tab" => return self.tab(shift),
            "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight" => arrow(key, control),
            "PageUp" => CursorMovement::PageUp,
            "PageDown" => CursorMovement::PageDown,
            "Home" if control => CursorMovement::TableStart,
            "End" if control => CursorMovement::TableEnd,
            "Home" => CursorMovement::RowStart,
            "End" => CursorMovement::RowEnd,
            _ => return false,
        };
        !self.dispatch(Event::Step { movement, extend: shift }).ignored
    }

    /// `false` where the key is the browser's: it leaves the grid.
    fn tab(&self, back: bool) -> bool {
        !self.dispatch(Event::Tab { back }).ignored
    }

    /// Goes to the next cell marked as an error, row by row, with `round` past the end to the first; `false` when there
    /// is none.
    pub fn next_error(&self, back: bool, round: bool) -> bool {
        use shared::kernel::finding::Severity;
        let columns = self.width();
        let count = self.row_count() * columns;
        if count == 0 {
            return false;
        }
        let CellPos { row, column } = self.selection().cursor;
        let from = row * columns + column;
        let ahead = match (round, back) {
            (true, _) => count,
            (false, true) => from,
            (false, false) => count - 1 - from,
        };
        let overlay = self.marks.overlay.borrow();
        let found = self.sheet.read(|session| {
            (1..=ahead).map(|n| if back { from + count - n } else { from + n } % count).find(|at| {
                let cell = self.cell(CellPos { row: at / columns, column: at % columns });
                let own = self.layout.columns.borrow().field(at % columns).is_some();
                own && cell.is_some_and(|cell| overlay.mark(session, cell) == Some(Severity::Error))
            })
        });
        drop(overlay);
        if let Some(at) = found {
            self.select(Selection::at(CellPos { row: at / columns, column: at % columns }));
        }
        self.focus();
        found.is_some()
    }
}

fn arrow(key: &str, far: bool) -> CursorMovement {
    match (key, far) {
        ("ArrowUp", false) => CursorMovement::Up,
        ("ArrowUp", true) => CursorMovement::FarUp,
        ("ArrowDown", false) => CursorMovement::Down,
        ("ArrowDown", true) => CursorMovement::FarDown,
        ("ArrowLeft", false) => CursorMovement::Left,
        ("ArrowLeft", true) => CursorMovement::FarLeft,
        (_, false) => CursorMovement::Right,
        (_, true) => CursorMovement::FarRight,
    }
}
