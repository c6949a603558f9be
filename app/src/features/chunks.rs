//! 页面的分块: the pages and the parts of the frame that come when they are first needed. The parts of the request page
//! are in `request::chunks`.

// The split points are foreign imports and exports; the macro writes them.
#![allow(unsafe_code)]

use super::accounts::AccountsPage;
use super::desk::DeskPage;
use super::invitation::InvitationPage;
use super::lock::Lock;
use super::nudges::NudgesPage;
use super::own_account::OwnAccountPage;
use super::renewal::Renewal;
use super::sign_in::SignInPage;
use super::sso::SsoPage;
use super::{
    account_import, audit, bell, case, checker, consolidation, editions, evaluators, finance, leaving, money,
    posts, setup,
};
use crate::kernel::chunks::{Fetching, split};
use leptos::prelude::*;
use shared::api::posts::PostLine;
use shared::kernel::ids::AccountId;

split! {
    desk / fetch_desk / build_desk => desk_page() view! { <DeskPage/> };
    office / fetch_consolidation / build_consolidation => consolidation_page() consolidation::consolidation_page();
    office / fetch_plan / build_plan => plan_page() consolidation::plan_page();
    office / fetch_finance / build_finance => finance_page() finance::finance_page();
    office / fetch_batch / build_batch => batch_page() finance::batch_page();
    office / fetch_result / build_result => result_page() finance::result_page();
    cases / fetch_case / build_case => case_page() case::case_page();
    cases / fetch_judgement / build_judgement => judgement_page() case::judgement_page();
    cases / fetch_cases / build_cases => cases_page() case::cases_page();
    cases / fetch_money / build_money => money_year_page() money::money_year_page();
    cases / fetch_money_case / build_money_case => money_case_page() money::money_case_page();
    cases / fetch_statements / build_statements => statements_page() money::statements_page();
    cases / fetch_performance / build_performance => performance_page() money::performance_page();
    cases / fetch_survey / build_survey => survey_page() money::survey_page();
    accounts / fetch_accounts / build_accounts => accounts_page() view! { <AccountsPage/> };
    accounts / fetch_editions / build_editions => editions_page() editions::editions_page();
    accounts / fetch_setup / build_setup => setup_page() setup::setup_page();
    checker / fetch_checker / build_checker => checker_page() checker::checker_page();
    checker / fetch_public_checker / build_public_checker => public_checker_page() checker::public_checker_page();
    evaluators / fetch_evaluators / build_evaluators => evaluators_page() evaluators::evaluators_page();
    nudges / fetch_nudges / build_nudges => nudges_page() view! { <NudgesPage/> };
    audit / fetch_audit / build_audit => audit_page() audit::audit_page();
    account_import / fetch_import / build_import => import_page() account_import::import_page();
    accounts / fetch_invitation / build_invitation => invitation_page() view! { <InvitationPage/> };
    accounts / fetch_own_account / build_own_account => own_account_page() view! { <OwnAccountPage/> };
    desk / fetch_lock / build_lock => lock(account: StoredValue<AccountId>) view! { <Lock account/> };
    desk / fetch_sso / build_sso => sso_page() view! { <SsoPage/> };
    desk / fetch_sign_in / build_sign_in => sign_in() view! { <SignInPage/> };
    desk / fetch_renewal / build_renewal => renewal(account: StoredValue<AccountId>) view! { <Renewal account/> };
    desk / fetch_leaving / build_leaving =>
        leaving_dialog(owed: RwSignal<usize>, asking: RwSignal<bool>, leave: Callback<()>) leaving::leaving(owed, asking, leave);
    desk / fetch_posts / build_posts => post_choice(posts: StoredValue<Vec<PostLine>>) posts::post_choice(posts);
    desk / fetch_bell / build_bell => bell_button() bell::bell();
}

/// Downloads the desk, where most pages lead back to.
pub fn desk_ahead() -> Fetching {
    Box::pin(fetch_desk())
}
