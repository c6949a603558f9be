//! 产品的各块: the pages and panels that come when they are first needed, and when they are fetched ahead.

use super::{Fetching, arriving, now};
use crate::features::accounts::AccountsPage;
use crate::features::consolidation;
use crate::features::desk::DeskPage;
use crate::features::finance;
use crate::features::invitation::InvitationPage;
use crate::features::renewal::Renewal;
use crate::features::request::{self, review};
use crate::features::request::{
    Ask, Changes, HandOver, ImportDialog, ProblemList, Record, RequestContext, ReturnForm, Selected,
};
use crate::features::separate;
use crate::features::sign_in::SignInPage;
use crate::sync_client::Opened;
use gloo_timers::callback::Timeout;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use shared::cases::kernel::Verb;
use shared::engine::plan::TableIx;
use shared::kernel::ids::AccountId;

split! {
    desk / fetch_desk / build_desk => desk_page() view! { <DeskPage/> };
    office / fetch_consolidation / build_consolidation => consolidation_page() consolidation::consolidation_page();
    office / fetch_plan / build_plan => plan_page() consolidation::plan_page();
    office / fetch_finance / build_finance => finance_page() finance::finance_page();
    office / fetch_batch / build_batch => batch_page() finance::batch_page();
    office / fetch_result / build_result => result_page() finance::result_page();
    desk / fetch_sign_in / build_sign_in => sign_in() view! { <SignInPage/> };
    desk / fetch_renewal / build_renewal => renewal(account: StoredValue<AccountId>) view! { <Renewal account/> };
    desk / fetch_leaving / build_leaving =>
        leaving(owed: RwSignal<usize>, asking: RwSignal<bool>, leave: Callback<()>) crate::kernel::leaving::leaving(owed, asking, leave);
    desk / fetch_bell / build_bell => bell() crate::features::bell::bell();
    office / fetch_separates / build_separates => separates_page() separate::separates_page();
    office / fetch_separate / build_separate => separate_page() separate::separate_page();
    accounts / fetch_accounts / build_accounts => accounts_page() view! { <AccountsPage/> };
    accounts / fetch_invitation / build_invitation => invitation_page() view! { <InvitationPage/> };
    request / fetch_import / build_import =>
        import_dialog(work: RequestContext, table: TableIx, open: RwSignal<bool>) view! { <ImportDialog work table open/> };
    request / fetch_hand_over / build_hand_over => hand_over(work: RequestContext) view! { <HandOver work/> };
    request / fetch_changes / build_changes => changes(work: RequestContext) view! { <Changes work/> };
    request / fetch_record / build_record => record(work: RequestContext) view! { <Record work/> };
    request / fetch_files / build_files => files(work: RequestContext, version: Option<u32>) request::files(work, version);
    request / fetch_approved / build_approved => approved(work: RequestContext) request::approved(work);
    request / fetch_returned / build_returned => returned(work: RequestContext) request::returned(work);
    request / fetch_ask / build_ask => ask(work: RequestContext, verb: Verb) view! { <Ask work verb/> };
    request / fetch_conflicts / build_conflicts =>
        conflicts(work: RequestContext, live: Opened) request::conflicts(work, live);
    review / fetch_review / build_review => review_panel(work: RequestContext) review::panel(work);
    review / fetch_kept / build_kept => review_kept(work: RequestContext) review::kept(work);
    side / fetch_selected / build_selected => selected(work: RequestContext) view! { <Selected work/> };
    side / fetch_problems / build_problems => problems(work: RequestContext) view! { <ProblemList work/> };
    request / fetch_return / build_return => return_form(work: RequestContext) view! { <ReturnForm work/> };
}

/// How long a page is left alone before the parts it may need are fetched, in milliseconds.
const QUIET_MS: u32 = 1_500;

/// Says when the page has been left alone for a while: what it does not need at once comes then.
pub fn rested() -> RwSignal<bool> {
    let rested = RwSignal::new(false);
    Timeout::new(QUIET_MS, move || {
        // The page may have been left meanwhile; and who was told already is not told again.
        if rested.try_get_untracked() == Some(false) {
            rested.set(true);
        }
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
