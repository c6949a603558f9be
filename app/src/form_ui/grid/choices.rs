//! 选项列表: the list under a cell whose field offers choices, narrowed by what is typed.

use super::dom::{describe, length, make};
use super::interaction::Event;
use super::list::List;
use super::state::GridState;
use super::values::{choice_options, lower, spoken_text};
use shared::engine::session::Cell;
use wasm_bindgen::JsValue;

/// Height the list may take, as in its style sheet.
const HEIGHT: f64 = 264.0;

impl GridState {
    /// Opens the list of a cell, narrowed by `typed`; the current value is marked.
    pub fn open_list(&self, cell: Cell, typed: &str) {
        let found =
            self.sheet.read(|session| Some((choice_options(session, cell)?, spoken_text(session, cell))));
        let Some((offers, current)) = found else { return };
        let mut list = List::new(offers, &current);
        if !typed.is_empty() {
            list.narrow(&lower(typed.trim()));
        }
        self.dispatch(Event::OpenList(list));
    }

    pub fn filter_list(&self, typed: &str) {
        self.dispatch(Event::NarrowList(lower(typed.trim())));
    }

    /// Moves the mark up or down; `false` when no list is open.
    pub fn step_list(&self, down: bool) -> bool {
        !self.dispatch(Event::StepList { down }).ignored
    }

    /// What the marked entry stores.
    pub fn marked(&self) -> Option<String> {
        let interaction = self.interaction.borrow();
        interaction.list.as_ref()?.marked().map(|offer| offer.stored.clone())
    }

    /// What the entry shown in place `at` stores.
    pub fn offer(&self, at: usize) -> Option<String> {
        let interaction = self.interaction.borrow();
        interaction.list.as_ref()?.offer(at).map(|offer| offer.stored.clone())
    }

    pub fn close_popup(&self) {
        self.dispatch(Event::CloseList);
        self.dom.popup.set_hidden(true);
        self.dom.popup.set_text_content(None);
        let input = &self.dom.input;
        let _ = input.remove_attribute("aria-haspopup");
        let _ = input.set_attribute("aria-controls", &self.dom.grid.id());
    }

    pub fn draw_list(&self) {
        if let Err(error) = self.try_draw_list() {
            leptos::logging::error!("{error:?}");
        }
    }

    fn try_draw_list(&self) -> Result<(), JsValue> {
        let interaction = self.interaction.borrow();
        let Some(list) = &interaction.list else { return Ok(()) };
        let popup = &self.dom.popup;
        let id = format!("list-{}", self.plan().table.key);
        popup.set_class_name("grid-popup grid-list");
        describe(popup, &[("role", "listbox"), ("id", &id), ("aria-label", "可选项")])?;
        popup.set_text_content(None);
        for (at, offer) in list.shown().enumerate() {
            let entry = make("div", "grid-offer")?;
            let marked = list.is_marked(at);
            let selected = if marked { "true" } else { "false" };
            let (entry_id, place) = (format!("{id}-{at}"), at.to_string());
            describe(
                &entry,
                &[("role", "option"), ("id", &entry_id), ("data-offer", &place), ("aria-selected", selected)],
            )?;
            entry.set_text_content(Some(&offer.text));
            if !offer.code.is_empty() {
                let code = make("span", "grid-offer-code")?;
                code.set_text_content(Some(&offer.code));
                entry.append_child(&code)?;
            }
            popup.append_child(&entry)?;
            if marked {
                self.dom.input.set_attribute("aria-activedescendant", &entry_id)?;
            }
        }
        if list.is_empty() {
            let none = make("div", "grid-no-offer")?;
            none.set_text_content(Some("没有相符的选项；按 Esc 放弃，或改写后再选"));
            popup.append_child(&none)?;
        }
        popup.set_hidden(false);
        describe(&self.dom.input, &[("aria-haspopup", "listbox"), ("aria-controls", &id)])?;
        self.place_popup_below_input();
        if let Some(marked) = popup.query_selector("[aria-selected=true]")? {
            marked.scroll_into_view_with_scroll_into_view_options(&nearest());
        }
        Ok(())
    }

    /// Keeps an open list at its cell while the table scrolls.
    pub fn place_list(&self) {
        if self.interaction.borrow().list.is_some() {
            self.place_popup_below_input();
        }
    }

    /// Opens downwards where there is room, else upwards.
    fn place_popup_below_input(&self) {
        let input = self.dom.input.get_bounding_client_rect();
        self.place_popup(input.left(), input.top(), input.bottom(), input.width());
    }

    pub fn place_popup(&self, left: f64, above: f64, below: f64, width: f64) {
        let popup = &self.dom.popup;
        let window = leptos::prelude::window();
        let size = |value: Result<JsValue, JsValue>| value.ok().and_then(|v| v.as_f64()).unwrap_or(800.0);
        let (window_width, window_height) = (size(window.inner_width()), size(window.inner_height()));
        let width = width.max(160.0);
        length(popup, "left", left.min(window_width - width - 8.0).max(8.0));
        length(popup, "min-width", width);
        let upwards = below + HEIGHT > window_height && above > window_height - below;
        let (side, other, distance) =
            if upwards { ("bottom", "top", window_height - above) } else { ("top", "bottom", below) };
        length(popup, side, distance);
        let _ = popup.style().set_property(other, "auto");
    }
}

fn nearest() -> web_sys::ScrollIntoViewOptions {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    options
}
