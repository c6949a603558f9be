//! 没有这个页面.

use leptos::prelude::*;

#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <main class="page">
            <div class="page-head"><h1>"没有这个页面"</h1></div>
            <p>"链接可能不完整或已失效。"<a href="/">"回到待办"</a></p>
        </main>
    }
}
