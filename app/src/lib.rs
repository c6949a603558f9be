//! omfund in the browser: Leptos, client-side rendered.
//!
//! A library so that the benchmark's page can show a form by the very grid and fields of the product.

mod api;
mod bell;
mod chunks;
mod grid;
mod live;
mod matter;
mod outbox;
mod pages;
mod router;
mod session;
mod sheet;
mod shell;
mod ui;

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use session::Signed;

/// Before the server is asked again who is signed in, in milliseconds.
const ASK_AGAIN_MS: u32 = 2_000;

/// Quicker than the usual one where thousands of small texts are kept, and smaller.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

pub use grid::Grid;
pub use sheet::fields::{Computed, HeaderForm};
pub use sheet::follow::{cell_findings, total_tally};
pub use sheet::store::{Sheet, new_id};
pub use sheet::words::article;

/// Shows the product.
pub fn run() {
    leptos::mount::mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    let signed = session::provide();
    signed.follow_other_tabs();
    ui::Said::provide();
    outbox::wake();
    spawn_local(async move {
        while signed.look().await.is_err() {
            TimeoutFuture::new(ASK_AGAIN_MS).await;
        }
    });
    deliver_for_whoever_signs_in(signed);
    router::Pages()
}

/// What this person left on this device goes on its way as soon as they are signed in.
fn deliver_for_whoever_signs_in(signed: Signed) {
    let account = Memo::new(move |_| signed.me.with(|me| me.as_ref().map(|me| me.actor.account.clone())));
    Effect::new(move |_| {
        if let Some(account) = account.get() {
            outbox::resume(account);
        }
    });
}
