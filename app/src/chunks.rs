//! 分块: the parts of the program that come over the wire when they are first needed, so that the first form does not
//! wait for them. A part that does not arrive says so in its place and can be asked for again.

// The split points are foreign imports and exports, which is what they are to the linker; the macro writes them.
#![allow(unsafe_code)]

use crate::grid::{Card, Handle};
use crate::pages::accounts::AccountsPage;
use crate::pages::consolidation;
use crate::pages::desk::DeskPage;
use crate::pages::finance;
use crate::pages::invitation::InvitationPage;
use crate::pages::renewal::Renewal;
use crate::pages::request::review;
use crate::pages::request::{
    Ask, Changes, HandOver, ImportDialog, ProblemList, Record, ReturnForm, Selected, Work,
};
use crate::pages::separate;
use crate::pages::sign_in::SignInPage;
use crate::ui::{on_press, part};
use gloo_timers::callback::Timeout;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use shared::engine::plan::TableIx;
use shared::ids::AccountId;
use shared::workflow::language::Verb;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

type Fetching = Pin<Box<dyn Future<Output = Result<(), SplitLoaderError>>>>;

/// How far a part has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Arrival {
    Coming,
    Here,
    Missing,
}

/// `part(arguments) = view, in chunk`: what is shown once the chunk is here, and the way it is fetched.
macro_rules! split {
    ($($chunk:ident / $fetch:ident / $build:ident => $show:ident($($arg:ident: $type:ty),*) $view:expr;)+) => {$(
        #[wasm_split($chunk, wasm_split_path = ::leptos::wasm_split, preload($fetch), fallible)]
        fn $build($($arg: $type),*) -> Result<AnyView, SplitLoaderError> {
            Ok($view.into_any())
        }

        pub fn $show($($arg: $type),*) -> AnyView {
            arriving(|| Box::pin($fetch()), move || now(Box::pin($build($($arg),*))))
        }
    )+};
}

split! {
    desk / fetch_desk / build_desk => desk_page() view! { <DeskPage/> };
    office / fetch_consolidation / build_consolidation => consolidation_page() consolidation::consolidation_page();
    office / fetch_plan / build_plan => plan_page() consolidation::plan_page();
    office / fetch_finance / build_finance => finance_page() finance::finance_page();
    office / fetch_batch / build_batch => batch_page() finance::batch_page();
    office / fetch_result / build_result => result_page() finance::result_page();
    desk / fetch_sign_in / build_sign_in => sign_in() view! { <SignInPage/> };
    desk / fetch_renewal / build_renewal => renewal(account: StoredValue<AccountId>) view! { <Renewal account/> };
    desk / fetch_bell / build_bell => bell() crate::bell::bell();
    office / fetch_separates / build_separates => separates_page() separate::separates_page();
    office / fetch_separate / build_separate => separate_page() separate::separate_page();
    accounts / fetch_accounts / build_accounts => accounts_page() view! { <AccountsPage/> };
    accounts / fetch_invitation / build_invitation => invitation_page() view! { <InvitationPage/> };
    request / fetch_import / build_import =>
        import_dialog(work: Work, table: TableIx, open: RwSignal<bool>) view! { <ImportDialog work table open/> };
    request / fetch_hand_over / build_hand_over => hand_over(work: Work) view! { <HandOver work/> };
    request / fetch_changes / build_changes => changes(work: Work) view! { <Changes work/> };
    request / fetch_record / build_record => record(work: Work) view! { <Record work/> };
    request / fetch_ask / build_ask => ask(work: Work, verb: Verb) view! { <Ask work verb/> };
    review / fetch_review / build_review => review_panel(work: Work) review::panel(work);
    review / fetch_kept / build_kept => review_kept(work: Work) review::kept(work);
    side / fetch_selected / build_selected => selected(work: Work) view! { <Selected work/> };
    side / fetch_problems / build_problems => problems(work: Work) view! { <ProblemList work/> };
    request / fetch_card / build_card => card(board: Handle) view! { <Card board/> };
    request / fetch_return / build_return => return_form(work: Work) view! { <ReturnForm work/> };
}

/// How long a page is left alone before the parts it may need are fetched, in milliseconds.
const QUIET_MS: u32 = 1_500;

/// Says when the page has been left alone for a while: what it does not need at once comes then.
pub fn rested() -> RwSignal<bool> {
    let rested = RwSignal::new(false);
    Timeout::new(QUIET_MS, move || {
        // The page may have been left meanwhile.
        rested.try_set(true);
    })
    .forget();
    rested
}

/// Fetches the parts of the request page before they are asked for, so that they open at once and without a network.
pub fn fetch_ahead() {
    spawn_local(async {
        TimeoutFuture::new(QUIET_MS).await;
        // What does not arrive now is fetched when it is needed.
        let ahead: [Fetching; 3] =
            [Box::pin(fetch_problems()), Box::pin(fetch_hand_over()), Box::pin(fetch_desk())];
        for part in ahead {
            let _ = part.await;
        }
    });
}

/// Shows a part as soon as it is here, which is at once when it has been here before.
fn arriving(fetch: fn() -> Fetching, show: impl Fn() -> Option<AnyView> + Send + 'static) -> AnyView {
    let arrival = RwSignal::new(Arrival::Coming);
    let look = move || {
        let mut fetching = fetch();
        if let Poll::Ready(Ok(())) = fetching.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return arrival.set(Arrival::Here);
        }
        arrival.set(Arrival::Coming);
        spawn_local(async move {
            let arrived = if fetching.await.is_ok() { Arrival::Here } else { Arrival::Missing };
            // The page may have been left meanwhile.
            arrival.try_set(arrived);
        });
    };
    look();
    part(move || {
        let here = (arrival.get() == Arrival::Here).then(&show).flatten();
        match (here, arrival.get()) {
            (Some(view), _) => view,
            (None, Arrival::Coming) => view! { <p class="arriving" role="status">"正在打开…"</p> }.into_any(),
            (None, _) => view! {
                <p class="notice bad" role="alert">
                    <b>"这部分没有下载到。"</b>
                    "请检查网络后重试；系统刚升级过的，请刷新页面，填写的内容都在本机。"
                    <button type="button" on:click=on_press(look)>"重试"</button>
                </p>
            }
            .into_any(),
        }
    })
    .into_any()
}

/// The view of a part that is here: its function is ready at the first asking.
fn now(building: impl Future<Output = Result<AnyView, SplitLoaderError>>) -> Option<AnyView> {
    match pin!(building).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(view)) => Some(view),
        Poll::Ready(Err(_)) | Poll::Pending => None,
    }
}
