//! The tablet's app (`/site`): 现场评价 without network. The rules of the sync are in `shared::sync::site`; here are its storage, its
//! network and its screens ([site-sync.md](../../../docs/site-sync.md)).

mod crypto;
mod database;
mod judged;
mod lifecycle;
mod moment;
mod net;
mod photo;
mod screens;
mod state;
mod storage_room;
mod typing;
mod update;
mod vault;
mod visit;
mod visit_store;
mod window_lock;

use leptos::prelude::*;
use leptos::task::spawn_local;
use state::{Screen, Site};

/// Shows the app.
pub fn run() {
    leptos::mount::mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    let site = Site::provide();
    lifecycle::watch(site);
    spawn_local(async move {
        if !window_lock::take(false).await {
            site.screen.set(Screen::OtherWindow);
            if !window_lock::take(true).await {
                return site.screen.set(Screen::Unusable("请使用 https 网址打开".to_string()));
            }
        }
        site.room.set(storage_room::ask().await);
        site.begin().await;
    });
    screens::Screens()
}
