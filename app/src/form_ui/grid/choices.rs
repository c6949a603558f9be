//! 选项列表: the list under a cell whose field offers choices, narrowed by what is typed.

use super::dom::{describe, length, make};
use super::state::GridState;
use super::values::{ChoiceOption, choice_options, lower, spoken_text};
use shared::engine::session::Cell;
use wasm_bindgen::JsValue;

/// Entries shown at once; typing narrows further.
const MOST: usize = 100;
/// Height the list may take, as in its style sheet.
const HEIGHT: f64 = 264.0;

pub struct List {
    offers: Vec<ChoiceOption>,
    /// Positions of those that fit what is typed.
    fitting: Vec<usize>,
    /// The one Enter takes, among the fitting.
    at: Option<usize>,
}

impl GridState {
    /// Opens the list of a cell, narrowed by `typed`; the current value is marked.
    pub fn open_list(&self, cell: Cell, typed: &str) {
        let found =
            self.sheet.read(|session| Some((choice_options(session, cell)?, spoken_text(session, cell))));
        let Some((offers, current)) = found else { return };
        let at = offers.iter().position(|offer| offer.text == current);
        let fitting = (0..offers.len()).collect();
        *self.list.borrow_mut() = Some(List { offers, fitting, at });
        if typed.is_empty() {
            self.draw_list();
        } else {
            self.filter_list(typed);
        }
    }

    pub fn filter_list(&self, typed: &str) {
        let wanted = lower(typed.trim());
        if let Some(list) = self.list.borrow_mut().as_mut() {
            let fits = |offer: &ChoiceOption| {
                lower(&offer.text).contains(&wanted) || lower(&offer.code).starts_with(&wanted)
            };
            list.fitting = (0..list.offers.len()).filter(|at| fits(&list.offers[*at])).collect();
            list.at = (!wanted.is_empty() && !list.fitting.is_empty()).then_some(0);
        }
        self.draw_list();
    }

    /// Moves the mark up or down; `false` when no list is open.
    pub fn step_list(&self, down: bool) -> bool {
        {
            let mut open = self.list.borrow_mut();
            let Some(list) = open.as_mut() else { return false };
            let last = list.fitting.len().min(MOST).saturating_sub(1);
            list.at = match (list.at, down) {
                _ if list.fitting.is_empty() => None,
                (None, true) => Some(0),
                (None, false) => Some(last),
                (Some(at), true) => Some((at + 1).min(last)),
                (Some(at), false) => Some(at.saturating_sub(1)),
            };
        }
        self.draw_list();
        true
    }

    /// What the marked entry stores.
    pub fn marked(&self) -> Option<String> {
        let list = self.list.borrow();
        let list = list.as_ref()?;
        Some(list.offers[*list.fitting.get(list.at?)?].stored.clone())
    }

    /// What the entry shown in place `at` stores.
    pub fn offer(&self, at: usize) -> Option<String> {
        let list = self.list.borrow();
        let list = list.as_ref()?;
        Some(list.offers[*list.fitting.get(at)?].stored.clone())
    }

    pub fn close_popup(&self) {
        *self.list.borrow_mut() = None;
        self.frame.popup.set_hidden(true);
        self.frame.popup.set_text_content(None);
        let input = &self.frame.input;
        let _ = input.remove_attribute("aria-haspopup");
        let _ = input.set_attribute("aria-controls", &self.frame.grid.id());
    }

    fn draw_list(&self) {
        if let Err(error) = self.try_draw_list() {
            leptos::logging::error!("{error:?}");
        }
    }

    fn try_draw_list(&self) -> Result<(), JsValue> {
        let list = self.list.borrow();
        let Some(list) = list.as_ref() else { return Ok(()) };
        let popup = &self.frame.popup;
        let id = format!("list-{}", self.plan().table.key);
        popup.set_class_name("grid-popup grid-list");
        describe(popup, &[("role", "listbox"), ("id", &id), ("aria-label", "可选项")])?;
        popup.set_text_content(None);
        for (at, offer) in list.fitting.iter().take(MOST).map(|at| &list.offers[*at]).enumerate() {
            let entry = make("div", "grid-offer")?;
            let marked = list.at == Some(at);
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
                self.frame.input.set_attribute("aria-activedescendant", &entry_id)?;
            }
        }
        if list.fitting.is_empty() {
            let none = make("div", "grid-no-offer")?;
            none.set_text_content(Some("没有相符的选项；按 Esc 放弃，或改写后再选"));
            popup.append_child(&none)?;
        }
        popup.set_hidden(false);
        describe(&self.frame.input, &[("aria-haspopup", "listbox"), ("aria-controls", &id)])?;
        self.place_popup_below_input();
        if let Some(marked) = popup.query_selector("[aria-selected=true]")? {
            marked.scroll_into_view_with_scroll_into_view_options(&nearest());
        }
        Ok(())
    }

    /// Keeps an open list at its cell while the table scrolls.
    pub fn place_list(&self) {
        if self.list.borrow().is_some() {
            self.place_popup_below_input();
        }
    }

    /// Opens downwards where there is room, else upwards.
    fn place_popup_below_input(&self) {
        let input = self.frame.input.get_bounding_client_rect();
        self.place_popup(input.left(), input.top(), input.bottom(), input.width());
    }

    pub fn place_popup(&self, left: f64, above: f64, below: f64, width: f64) {
        let popup = &self.frame.popup;
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
