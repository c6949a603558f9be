//! omfund in the browser: Leptos, client-side rendered.

mod api;
mod live;
mod outbox;
mod pages;
mod router;
mod session;
mod grid;
mod sheet;

use leptos::prelude::*;
use leptos::task::spawn_local;

fn main() {
    leptos::mount::mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    let signed = session::provide();
    spawn_local(async move { drop(signed.look().await) });
    router::Pages()
}
