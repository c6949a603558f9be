//! 筛选面板: sorts and filters one column; opened by its heading's button or Ctrl+Shift+L.

use super::dom::{describe, make};
use super::state::GridState;
use super::values::lower;
use super::view_spec::{Direction, FILLED, SpecChange, ViewSpec};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlInputElement};

impl GridState {
    pub fn open_filter(&self, column: usize) {
        self.commit();
        if let Err(error) = self.try_open_filter(column) {
            leptos::logging::error!("{error:?}");
        }
    }

    fn try_open_filter(&self, column: usize) -> Result<(), JsValue> {
        let popup = &self.dom.popup;
        self.close_popup();
        popup.set_class_name("grid-popup grid-filter-panel");
        let title = format!("“{}”的排序与筛选", self.layout.columns.borrow().label(self.plan(), column));
        describe(popup, &[("role", "dialog"), ("aria-label", &title), ("data-column", &column.to_string())])?;
        let input = make("input", "")?.unchecked_into::<HtmlInputElement>();
        describe(&input, &[("type", "search"), ("placeholder", "包含的文字"), ("aria-label", &title)])?;
        if let Some(words) = self.interaction.borrow().spec.filters.get(&column) {
            input.set_value(words);
        }
        popup.append_child(&input)?;
        for (act, label) in [
            ("rising", "升序"),
            ("falling", "降序"),
            ("filled", "只看非空"),
            ("clear", "清除本列"),
            ("close", "完成"),
        ] {
            let button = make("button", "")?;
            describe(&button, &[("type", "button"), ("data-act", act)])?;
            button.set_text_content(Some(label));
            popup.append_child(&button)?;
        }
        popup.set_hidden(false);
        let heading = self.dom.headings.borrow()[column].element.get_bounding_client_rect();
        self.place_popup(heading.left(), heading.top(), heading.bottom(), heading.width());
        input.focus()
    }

    fn filter_column(&self) -> Option<usize> {
        self.dom.popup.get_attribute("data-column")?.parse().ok()
    }

    /// The words of the panel's input have changed.
    pub fn filter_typed(&self, input: &HtmlInputElement) {
        let Some(column) = self.filter_column() else { return };
        let words = lower(input.value().trim());
        self.arrange(SpecChange::Filter { column, words });
    }

    /// A press on the popup: an entry of a list or a button of the panel.
    pub fn popup_pressed(&self, target: &Element) {
        if let Some(offer) = target.closest("[data-offer]").ok().flatten() {
            let place = offer.get_attribute("data-offer").and_then(|place| place.parse().ok());
            if let Some(stored) = place.and_then(|place| self.offer(place)) {
                self.commit_as(&stored);
                self.focus();
            }
        }
        let act = target.closest("[data-act]").ok().flatten().and_then(|b| b.get_attribute("data-act"));
        let (Some(act), Some(column)) = (act, self.filter_column()) else { return };
        match act.as_str() {
            "rising" => self.arrange(SpecChange::Sort { column, direction: Direction::Rising }),
            "falling" => self.arrange(SpecChange::Sort { column, direction: Direction::Falling }),
            "filled" => self.arrange(SpecChange::Filter { column, words: FILLED.to_string() }),
            "clear" => self.arrange(SpecChange::ClearColumn { column }),
            _ => {}
        }
        self.close_popup();
        self.focus();
    }

    /// Marks the headings of sorted and filtered columns.
    pub fn head_states(&self, spec: &ViewSpec) {
        for (column, heading) in self.dom.headings.borrow().iter().enumerate() {
            let sort = spec.sort.filter(|(by, _)| *by == column).map(|(_, direction)| direction);
            let _ = match sort {
                Some(Direction::Rising) => heading.element.set_attribute("aria-sort", "ascending"),
                Some(Direction::Falling) => heading.element.set_attribute("aria-sort", "descending"),
                None => heading.element.remove_attribute("aria-sort"),
            };
            let filtered = spec.filters.contains_key(&column);
            let _ = heading.filter.class_list().toggle_with_force("on", filtered);
        }
    }
}
