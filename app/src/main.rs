//! omfund in the browser: Leptos, client-side rendered.

mod sheet;

use leptos::prelude::*;

fn main() {
    leptos::mount::mount_to_body(|| view! { <p>"omfund"</p> });
}
