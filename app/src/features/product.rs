//! 启动: the session, the delivery of what waits on this device, and the pages.

use crate::features::shell::Pages;
use crate::kernel::pause::Pause;
use crate::kernel::session;
use crate::kernel::session::SignedIn;
use crate::sync_client;
use crate::ui;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Before the server is asked again who is signed in, in milliseconds. Only asking finds out that the server is back;
/// a network that comes back is an event and ends the wait.
const ASK_AGAIN_MS: u32 = 2_000;

/// Shows the product.
pub fn run() {
    leptos::mount::mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    let signed = session::provide();
    signed.follow_other_tabs();
    ui::Toast::provide();
    sync_client::wake();
    ui::stay_near();
    spawn_local(async move {
        let pause = Pause::default();
        let back = pause.clone();
        let online = window_event_listener(leptos::ev::online, move |_| back.end());
        while signed.look().await.is_err() {
            pause.wait(ASK_AGAIN_MS).await;
        }
        online.remove();
    });
    deliver_for_whoever_signs_in(signed);
    Pages()
}

/// Delivers what this person left on this device as soon as they are signed in.
fn deliver_for_whoever_signs_in(signed: SignedIn) {
    let account = Memo::new(move |_| signed.me.with(|me| me.as_ref().map(|me| me.actor.account.clone())));
    Effect::new(move |_| {
        if let Some(account) = account.get() {
            sync_client::resume(account);
        }
    });
}
