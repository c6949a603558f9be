//! 路由: every page of the app with its address.

use crate::pages::accounts::AccountsPage;
use crate::pages::consolidation::consolidation_page;
use crate::pages::desk::DeskPage;
use crate::pages::finance::{batch_page, finance_page, result_page};
use crate::pages::invitation::InvitationPage;
use crate::pages::not_found::NotFoundPage;
use crate::pages::request::RequestPage;
use crate::shell::Shell;
use leptos::prelude::*;
use leptos_router::components::{Redirect, Route, Router, Routes};
use leptos_router::hooks::use_location;
use leptos_router::path;

/// The one page that is open to people without an account in use.
const INVITATION: &str = "/invitation";

#[component]
pub fn Pages() -> impl IntoView {
    view! { <Router><Placed/></Router> }
}

#[component]
fn Placed() -> impl IntoView {
    let path = use_location().pathname;
    let invited = Memo::new(move |_| path.with(|path| path == INVITATION));
    Effect::new(move |_| document().set_title(&path.with(|path| title(path))));
    view! {
        <Show when=move || invited.get() fallback=|| view! { <Shell><Inside/></Shell> }>
            <InvitationPage/>
        </Show>
    }
}

/// What the window and the history call a page.
fn title(path: &str) -> String {
    let page = match path {
        "/" => "待办",
        "/accounts" => "账号管理",
        INVITATION => "激活账号",
        path if path.ends_with("/result") => "批复结果",
        path if path.starts_with("/requests/") => "运维服务申请",
        path if path.starts_with("/consolidation") => "整体预算",
        path if path.starts_with("/finance") || path.starts_with("/batches/") => "财政审核与批复",
        _ => return "运维资金管理系统".to_string(),
    };
    format!("{page} · 运维资金管理系统")
}

/// For whoever is signed in; others find the sign-in in the place of any of these.
#[component]
fn Inside() -> impl IntoView {
    view! {
        <Routes fallback=NotFoundPage>
            <Route path=path!("/") view=DeskPage/>
            <Route path=path!("/sign-in") view=|| view! { <Redirect path="/"/> }/>
            <Route path=path!("/requests/:id") view=RequestPage/>
            <Route path=path!("/requests/:id/result") view=result_page/>
            <Route path=path!("/consolidation/:year?") view=consolidation_page/>
            <Route path=path!("/finance/:year?") view=finance_page/>
            <Route path=path!("/batches/:id") view=batch_page/>
            <Route path=path!("/accounts") view=AccountsPage/>
        </Routes>
    }
}
