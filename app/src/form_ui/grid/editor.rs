//! 输入: the one input that follows the cursor, and what is typed into it.
//!
//! The input is empty and invisible while the person moves about, so that the first key, also of an input method,
//! starts a new text in it. Every key is applied at once where the field has no list.

use super::cursor::CellPos;
use super::dom::px;
use super::interaction::{Editing, Event};
use super::state::GridState;
use super::values::{TextReader, live, shown, spoken_text};
use crate::form_ui::sheet::words::severity;
use shared::engine::definition::{FieldKind, Measure};
use shared::engine::plan::FieldIx;
use shared::engine::session::{Cell, Session};
use wasm_bindgen::JsCast;
use web_sys::{FocusEvent, FocusOptions, Node};

/// Number of cells after which the input is taken out of the page and put back.
const FRESH_AFTER: u32 = 100;

impl GridState {
    fn has_focus(&self) -> bool {
        let active = leptos::prelude::document().active_element();
        active.is_some_and(|active| active.is_same_node(Some(&self.dom.input)))
    }

    pub fn focus(&self) {
        // Focusing the focused input would force a layout.
        if self.has_focus() {
            return;
        }
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        // It fails only while the input is not in the page.
        let _ = self.dom.input.focus_with_options(&options);
    }

    fn kind(&self, field: FieldIx) -> &FieldKind {
        &self.plan().field(field).kind
    }

    fn takes_typing(&self, cell: Cell) -> bool {
        self.plan().field(cell.field).formula.is_none() && self.sheet.takes(cell)
    }

    /// Puts the input over the cursor's cell.
    pub fn place_input(&self) {
        let pos = self.editing_pos().unwrap_or(self.selection().cursor);
        let input = &self.dom.input;
        let geometry = self.layout.geometry.borrow();
        let frozen = pos.column < geometry.frozen;
        let (x, y) = (geometry.left_of(pos.column), geometry.head() + pos.row as f64 * geometry.row_height);
        let style = input.style();
        let _ = input.class_list().toggle_with_force("frozen", frozen);
        let shift =
            if frozen { format!("translateY({})", px(y)) } else { format!("translate({},{})", px(x), px(y)) };
        // None of these values can be refused.
        let _ = style.set_property("left", &if frozen { px(x) } else { "0".to_string() });
        let _ = style.set_property("transform", &shift);
        let _ = style.set_property("width", &px(geometry.width_of(pos.column)));
        drop(geometry);
        let open = self.cell(pos).map_or_else(|| self.starts(), |cell| self.takes_typing(cell));
        if input.read_only() == open {
            input.set_read_only(!open);
        }
        self.point_to(pos);
    }

    /// Names the cursor's cell to assistive technology: column, row, value, and what is wrong there. The focus stays in
    /// the input, so all of it stands in the input's own name.
    fn point_to(&self, pos: CellPos) {
        if let Some(cell) = self.cell(pos) {
            let name = self.sheet.read(|session| self.cell_name(session, cell));
            let _ = self.dom.input.set_attribute("aria-label", &name);
        }
        let id = self.layout.pool.borrow().id(&self.plan().table.key, pos.row, pos.column);
        let input = &self.dom.input;
        let _ = match id {
            Some(id) => input.set_attribute("aria-activedescendant", &id),
            None => input.remove_attribute("aria-activedescendant"),
        };
    }

    fn cell_name(&self, session: &Session, cell: Cell) -> String {
        let number = self.rows.view.borrow().number(cell.slot);
        let mut name = format!("{}，第 {number} 行", self.plan().field(cell.field).label);
        let parts = (!self.is_editing()).then(|| shown(session, cell).into_owned());
        let found = session.cell_findings(cell).into_iter();
        let wrong = found.map(|finding| format!("{}：{}", severity(finding.severity), finding.message));
        for part in parts.into_iter().chain(wrong).filter(|part| !part.is_empty()) {
            name.push('，');
            name.push_str(&part);
        }
        name
    }

    fn editing_cell(&self) -> Option<Cell> {
        self.interaction.borrow().editing.as_ref().map(|editing| editing.cell)
    }

    fn editing_pos(&self) -> Option<CellPos> {
        let cell = self.editing_cell()?;
        self.pos(cell)
    }

    /// An open input must not cover the frozen columns when its cell is scrolled under them.
    pub fn hide_input_under_frozen(&self) {
        let Some(pos) = self.editing_pos() else { return };
        let geometry = self.layout.geometry.borrow();
        let x = geometry.left_of(pos.column) - geometry.left;
        let under = pos.column >= geometry.frozen && x < geometry.frozen_edge();
        let _ = self.dom.input.class_list().toggle_with_force("under", under);
    }

    /// Opens the cursor's cell. With `keep` its text is put into the input; else what is typed replaces it.
    pub fn begin(&self, keep: bool) -> bool {
        if self.starts() {
            self.add_row();
        }
        let Some(cell) = self.current().filter(|cell| self.takes_typing(*cell)) else { return false };
        if self.is_editing() {
            return true;
        }
        self.reveal(self.selection().cursor);
        let (before, text) = self.sheet.read(|session| (session.text(cell), spoken_text(session, cell)));
        self.dispatch(Event::Open(Editing { cell, within: keep, before }));
        let input = &self.dom.input;
        let _ = input.class_list().add_1("open");
        let _ = input.class_list().toggle_with_force("numeric", super::dom::numeric(self.kind(cell.field)));
        let _ = input.class_list().toggle_with_force("long", is_long(self.kind(cell.field)));
        let _ = input.set_attribute("inputmode", input_mode(self.kind(cell.field)));
        self.point_to(self.selection().cursor);
        // While typing, the input itself is the active element.
        let _ = input.remove_attribute("aria-activedescendant");
        if keep {
            input.set_value(&text);
            let end = text.encode_utf16().count() as u32;
            let _ = input.set_selection_range(end, end);
        }
        if !live(self.kind(cell.field)) {
            let typed = if keep { String::new() } else { input.value() };
            self.open_list(cell, &typed);
        }
        true
    }

    /// Opens the cursor's cell to work within its text, with its list where it has one.
    pub fn open(&self) {
        self.begin(true);
    }

    /// An input method begins; its first character is already in the empty input.
    pub fn composing(&self) {
        if !self.begin(false) {
            self.dom.input.set_value("");
        }
    }

    /// The input has changed; `composing` while an input method has not committed its text.
    pub fn typed(&self, composing: bool) {
        if !self.is_editing() && !self.begin(false) {
            self.dom.input.set_value("");
            return;
        }
        let text = self.dom.input.value();
        let Some(cell) = self.editing_cell() else { return };
        if composing {
            return;
        }
        if live(self.kind(cell.field)) {
            let stored = self.read_typed(cell, &text);
            self.sheet.type_live(cell, &stored);
        } else {
            self.filter_list(&text);
        }
    }

    fn read_typed(&self, cell: Cell, text: &str) -> String {
        self.sheet.read(|session| TextReader::new(session, self.table).stored(cell.field, text))
    }

    /// Ends typing and stores what was typed. What cannot be read is stored too and marked by the rules.
    pub fn commit(&self) {
        let Some(editing) = self.close() else { return };
        let text = self.dom.input.value();
        self.empty_input();
        let stored = self.read_typed(editing.cell, &text);
        if live(self.kind(editing.cell.field)) {
            self.sheet.type_live(editing.cell, &stored);
            self.sheet.end_typing();
        } else {
            self.sheet.type_text(editing.cell, &stored);
        }
    }

    /// Ends typing with a choice of the list.
    pub fn commit_as(&self, stored: &str) {
        let Some(editing) = self.close() else { return };
        self.empty_input();
        self.sheet.type_text(editing.cell, stored);
    }

    /// The grid has the focus: shows the cursor and tells the rest of the page where it is.
    pub fn focused(&self) {
        let _ = self.dom.viewport.class_list().add_1("focused");
        self.tell_selected();
    }

    /// The focus has left: stores what was typed.
    pub fn blurred(&self, event: &FocusEvent) {
        if !self.within_popup(event) {
            self.commit();
            let _ = self.dom.viewport.class_list().remove_1("focused");
        }
    }

    /// The focus has left the popup: closes a filter panel.
    pub fn popup_left(&self, event: &FocusEvent) {
        if !self.within_popup(event) && !self.is_editing() {
            self.close_popup();
        }
    }

    fn within_popup(&self, event: &FocusEvent) -> bool {
        let to = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
        to.is_some_and(|node| self.dom.popup.contains(Some(&node)))
    }

    /// Ends typing and restores what was stored before.
    pub fn cancel(&self) {
        let Some(editing) = self.close() else { return };
        self.empty_input();
        if live(self.kind(editing.cell.field)) {
            self.sheet.type_live(editing.cell, &editing.before);
            self.sheet.end_typing();
        }
    }

    /// Makes the input ready for the next cell. A browser keeps some 15 KB per cell for an undo of its own until the
    /// input leaves the page: in a day more than the document. So the input is taken out and put back now and then.
    fn empty_input(&self) {
        self.dom.input.set_value("");
        let typed = self.dom.typed_cells.get() + 1;
        self.dom.typed_cells.set(typed % FRESH_AFTER);
        if typed == FRESH_AFTER {
            let had_focus = self.has_focus();
            // An element that leaves the page loses the focus.
            let _ = self.dom.canvas.insert_before(&self.dom.input, Some(&self.dom.grid));
            if had_focus {
                self.focus();
            }
        }
    }

    fn close(&self) -> Option<Editing> {
        if !self.is_editing() {
            return None;
        }
        let editing = self.dispatch(Event::Close).closed?;
        self.close_popup();
        let input = &self.dom.input;
        let _ = input.class_list().remove_2("open", "under");
        // Moving the cursor by touch does not open the on-screen keyboard.
        let _ = input.set_attribute("inputmode", "none");
        self.place_input();
        Some(editing)
    }
}

/// Whether a field needs room for sentences.
pub fn is_long(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Text { longest, .. } if *longest > 60)
}

/// The keyboard a screen offers for a field.
pub fn input_mode(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Number { measure: Measure::Count, .. } => "numeric",
        FieldKind::Number { .. } => "decimal",
        FieldKind::Phone => "tel",
        _ => "text",
    }
}
