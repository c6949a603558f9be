//! 焦点: where the keyboard goes on when the element that had it has gone with the act it began. Without this it falls
//! to the top of the page, thirty Tabs away (WCAG 2.4.3).

use leptos::prelude::{document, request_animation_frame, window_event_listener};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement};

/// What the keyboard can reach.
const REACHABLE: &str = "button:enabled:not([tabindex='-1']), a[href], input:enabled, select:enabled, \
                         textarea:enabled, summary, [tabindex='0']";
/// How far up another place is looked for.
const FAR: usize = 24;

/// Installs the listeners; called once, at the start.
pub fn stay_near() {
    let path: Rc<RefCell<Vec<Element>>> = Rc::default();
    let entered = path.clone();
    window_event_listener(leptos::ev::focusin, move |event| *entered.borrow_mut() = ancestors(&event));
    // The element may go at once or with the answer of the server: either takes the focus from it.
    window_event_listener(leptos::ev::focusout, move |event| {
        if event.related_target().is_none() {
            // As it is now: what takes the focus is entered in it at once.
            let path = path.borrow().clone();
            request_animation_frame(move || go_on(&path));
        }
    });
}

/// Focuses the first element that fits `selector`, once the page has drawn what has just changed.
pub fn focus_soon(selector: &str) {
    let selector = selector.to_string();
    request_animation_frame(move || {
        let found = document().query_selector(&selector).ok().flatten();
        if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            // An element that cannot take the focus leaves it where it is.
            let _ = element.focus();
        }
    });
}

fn ancestors(event: &Event) -> Vec<Element> {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    std::iter::successors(target, |element| element.parent_element()).take(FAR).collect()
}

/// Focuses what is nearest to where the focus was, if its element is gone and nothing else has taken it.
fn go_on(path: &[Element]) {
    let Some((lost, around)) = path.split_first() else { return };
    let nowhere = document().active_element().is_none_or(|active| active.tag_name() == "BODY");
    if !nowhere || usable(lost) {
        return;
    }
    let modal = modal();
    let reached = |near: &HtmlElement| modal.as_ref().is_none_or(|modal| modal.contains(Some(near)));
    let near = around.iter().filter(|element| element.is_connected()).find_map(nearest_in);
    if let Some(near) = near.filter(reached).or_else(|| within(modal.as_ref()?)) {
        // An element that cannot take the focus leaves it where it is.
        let _ = near.focus();
    }
}

/// The dialog beneath which nothing can be reached.
fn modal() -> Option<Element> {
    let open = document().query_selector_all("dialog:modal").ok()?;
    open.item(open.length().checked_sub(1)?)?.dyn_into().ok()
}

fn usable(element: &Element) -> bool {
    let disabled = element.has_attribute("disabled") || element.matches(":disabled").unwrap_or(false);
    element.is_connected() && !disabled
}

/// Where another page has taken the place of the one before, the beginning of its content; else the first element of
/// `around` that the keyboard reaches.
fn nearest_in(around: &Element) -> Option<HtmlElement> {
    let content = around.query_selector("#content").ok().flatten();
    content.and_then(|content| content.dyn_into().ok()).or_else(|| within(around))
}

/// The first element in `around` that the keyboard reaches and a person sees.
fn within(around: &Element) -> Option<HtmlElement> {
    let found = around.query_selector_all(REACHABLE).ok()?;
    let mut elements = (0..found.length()).filter_map(|at| found.item(at)?.dyn_into::<HtmlElement>().ok());
    elements.find(|element| element.offset_parent().is_some())
}
