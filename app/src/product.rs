//! 产品: who is signed in, what waits on this device, and the pages.

use crate::features::shell::Pages;
use crate::kernel::session;
use crate::kernel::session::SignedIn;
use crate::sync_client;
use crate::ui;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Before the server is asked again who is signed in, in milliseconds.
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
    spawn_local(async move {
        while signed.look().await.is_err() {
            TimeoutFuture::new(ASK_AGAIN_MS).await;
        }
    });
    deliver_for_whoever_signs_in(signed);
    Pages()
}

/// What this person left on this device goes on its way as soon as they are signed in.
fn deliver_for_whoever_signs_in(signed: SignedIn) {
    let account = Memo::new(move |_| signed.me.with(|me| me.as_ref().map(|me| me.actor.account.clone())));
    Effect::new(move |_| {
        if let Some(account) = account.get() {
            sync_client::resume(account);
        }
    });
}
