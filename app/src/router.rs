//! 路由: every page of the app with its address, and who may open it.

use crate::pages::request::RequestPage;
use crate::pages::sign_in::SignInPage;
use crate::session::Signed;
use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

#[component]
pub fn Pages() -> impl IntoView {
    let signed = expect_context::<Signed>();
    view! {
        <Router>
            <Show when=move || signed.me.with(Option::is_some) fallback=SignInPage>
                <Routes fallback=|| view! { <p>"没有这个页面"</p> }>
                    <Route path=path!("/requests/:id") view=RequestPage/>
                </Routes>
            </Show>
        </Router>
    }
}
