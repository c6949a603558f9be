//! 填写有误: after a form is refused the cursor goes to its first wrong field.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Moves the focus to the first wrong field, after the page has marked it.
pub fn go_to_first_wrong() {
    request_animation_frame(|| {
        let wrong = document().query_selector("form [aria-invalid='true']").ok().flatten();
        if let Some(field) = wrong.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
            // A field that cannot take the focus is still marked.
            let _ = field.focus();
        }
    });
}
