//! 键盘: the keys of a spreadsheet. One handler for the whole grid, on the one input.

use super::cursor::{CellPos, Movement, Selection};
use super::state::GridState;
use shared::engine::definition::FieldKind;
use web_sys::KeyboardEvent;

/// What `key` stands for while an input method is at work.
const COMPOSING: u32 = 229;

impl GridState {
    pub fn key_down(&self, event: &KeyboardEvent) {
        if event.is_composing() || event.key_code() == COMPOSING {
            return;
        }
        let key = event.key();
        let leaving = self.leaving.replace(false);
        let done = if self.is_editing() {
            self.editing_key(event, &key)
        } else {
            self.command_key(event, &key) || self.moving_key(event, &key, leaving)
        };
        if done {
            event.prevent_default();
            event.stop_propagation();
        }
    }

    /// While typing: how it ends.
    fn editing_key(&self, event: &KeyboardEvent, key: &str) -> bool {
        let within = self.editing.borrow().as_ref().is_some_and(|editing| editing.within);
        match key {
            "Enter" if event.alt_key() => return self.break_line(),
            "Enter" if event.ctrl_key() || event.meta_key() => self.fill_with_typed(),
            "Enter" => {
                self.commit_marked();
                self.enter(event.shift_key());
            }
            "Tab" => {
                self.commit_marked();
                return self.tab(event.shift_key(), false);
            }
            "Escape" => self.cancel(),
            "F2" => self.stay_within(),
            "ArrowDown" | "ArrowUp" if self.step_list(key == "ArrowDown") => {}
            "ArrowDown" | "ArrowUp" | "ArrowLeft" | "ArrowRight" if !within && !event.shift_key() => {
                self.commit();
                self.walk(arrow(key, false));
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

    fn commit_marked(&self) {
        match self.marked() {
            Some(stored) => self.commit_as(&stored),
            None => self.commit(),
        }
    }

    fn stay_within(&self) {
        if let Some(editing) = self.editing.borrow_mut().as_mut() {
            editing.within = true;
        }
    }

    /// A paragraph within a cell, as Alt+Enter makes it in a spreadsheet.
    fn break_line(&self) -> bool {
        let input = &self.frame.input;
        let _ = input.set_range_text("\n");
        let at = input.selection_end().ok().flatten().unwrap_or(0) + 1;
        let _ = input.set_selection_range(at, at);
        self.typed(false);
        true
    }

    /// Acts on what is selected.
    fn command_key(&self, event: &KeyboardEvent, key: &str) -> bool {
        let (shift, alt) = (event.shift_key(), event.alt_key());
        let control = event.ctrl_key() || event.meta_key();
        match (key, control) {
            ("z" | "Z", true) => self.step_back(shift),
            ("y" | "Y", true) => self.step_back(true),
            ("d" | "D", true) => self.fill_down(),
            ("a" | "A", true) => self.select_all(),
            ("l" | "L", true) if shift => self.open_filter(self.selection.get().cursor.column),
            ("=" | "+", true) if shift => self.insert_rows(),
            ("-" | "_", true) => self.remove_rows(),
            ("ArrowDown", _) if alt => self.open(),
            ("Enter", false) if !shift => return self.press(),
            ("F2", false) => self.open(),
            ("F8", false) => return self.next_error(shift, false),
            ("Delete" | "Backspace", false) => self.clear(),
            (" ", false) if self.on_flag() => self.toggle(),
            (" ", false) if shift => self.select_rows(),
            ("Escape", _) => {
                self.leaving.set(true);
                self.select(Selection::at(self.selection.get().cursor));
            }
            _ => return false,
        }
        true
    }

    /// What a column beside does; `false` for every other, and where there is nothing to do.
    pub fn press(&self) -> bool {
        let found =
            self.columns.borrow().aside(self.selection.get().cursor.column).map(|(b, at)| (b.clone(), at));
        match (found, self.current()) {
            (Some((beside, at)), Some(cell)) => (beside.press)(cell, at),
            _ => false,
        }
    }

    fn on_flag(&self) -> bool {
        self.current().is_some_and(|cell| matches!(self.plan().field(cell.field).kind, FieldKind::Flag))
    }

    fn moving_key(&self, event: &KeyboardEvent, key: &str, leaving: bool) -> bool {
        let control = event.ctrl_key() || event.meta_key();
        let shift = event.shift_key();
        let step = match key {
            "Enter" if control => return false,
            "Enter" => {
                self.enter(shift);
                return true;
            }
            "Tab" if control => return false,
            "Tab" => return self.tab(shift, leaving),
            "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight" => arrow(key, control),
            "PageUp" => Movement::PageUp,
            "PageDown" => Movement::PageDown,
            "Home" if control => Movement::TableStart,
            "End" if control => Movement::TableEnd,
            "Home" => Movement::RowStart,
            "End" => Movement::RowEnd,
            _ => return false,
        };
        if matches!(step, Movement::RowStart | Movement::TableStart) {
            self.scroll_home();
        }
        let selection = self.selection.get();
        if shift {
            let end = self.terrain(|terrain| terrain.step(selection.end, step));
            self.select(Selection { end, ..selection });
        } else {
            self.walk(step);
        }
        true
    }

    /// Moves the cursor by one step and lets go of the range.
    fn walk(&self, step: Movement) {
        let from = self.selection.get().cursor;
        let to = self.terrain(|terrain| terrain.step(from, step));
        self.select(Selection::at(to));
    }

    /// To the row below (or above), in the column where a run of Tabs began.
    fn enter(&self, up: bool) {
        let from = self.selection.get().cursor;
        let column = self.tab_from.get().unwrap_or(from.column);
        let step = if up { Movement::Up } else { Movement::Down };
        self.select(Selection::at(self.terrain(|terrain| terrain.step(CellPos { column, ..from }, step))));
    }

    /// To the next or previous cell; past the last one, Tab leaves the grid as everywhere on a page.
    fn tab(&self, back: bool, leaving: bool) -> bool {
        let from = self.selection.get().cursor;
        let to = self.terrain(|terrain| if back { terrain.previous(from) } else { terrain.next(from) });
        match to {
            Some(to) if !leaving => {
                let began = self.tab_from.get().or((!back).then_some(from.column));
                self.select(Selection::at(to));
                self.tab_from.set(began.filter(|_| to.row == from.row));
                true
            }
            _ => false,
        }
    }

    fn select_all(&self) {
        let end = CellPos { row: self.row_count().saturating_sub(1), column: self.width() - 1 };
        self.select_in_place(Selection { cursor: CellPos::default(), end });
    }

    fn select_rows(&self) {
        let Selection { cursor, end } = self.selection.get();
        self.choose_rows(cursor.row, end.row);
    }

    /// Selects whole rows from `first` to `last`.
    pub fn choose_rows(&self, first: usize, last: usize) {
        let end = CellPos { row: last, column: self.width() - 1 };
        self.select_in_place(Selection { cursor: CellPos { row: first, column: 0 }, end });
    }

    /// Goes to the next cell marked as an error, row by row, and round at the end if `round`; `false` when there is none.
    pub fn next_error(&self, back: bool, round: bool) -> bool {
        use shared::kernel::finding::Severity;
        let columns = self.width();
        let count = self.row_count() * columns;
        if count == 0 {
            return false;
        }
        let CellPos { row, column } = self.selection.get().cursor;
        let from = row * columns + column;
        let ahead = match (round, back) {
            (true, _) => count,
            (false, true) => from,
            (false, false) => count - 1 - from,
        };
        let found = self.sheet.read(|session| {
            (1..=ahead).map(|n| if back { from + count - n } else { from + n } % count).find(|at| {
                let cell = self.cell(CellPos { row: at / columns, column: at % columns });
                let own = self.columns.borrow().field(at % columns).is_some();
                own && cell.is_some_and(|cell| session.mark(cell) == Some(Severity::Error))
            })
        });
        if let Some(at) = found {
            self.select(Selection::at(CellPos { row: at / columns, column: at % columns }));
        }
        self.focus();
        found.is_some()
    }
}

fn arrow(key: &str, far: bool) -> Movement {
    match (key, far) {
        ("ArrowUp", false) => Movement::Up,
        ("ArrowUp", true) => Movement::FarUp,
        ("ArrowDown", false) => Movement::Down,
        ("ArrowDown", true) => Movement::FarDown,
        ("ArrowLeft", false) => Movement::Left,
        ("ArrowLeft", true) => Movement::FarLeft,
        (_, false) => Movement::Right,
        (_, true) => Movement::FarRight,
    }
}
