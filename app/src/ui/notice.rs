//! 提示: a problem of the server or of the page, told where it happened. The place stands before the words, so that
//! they are read aloud when they come.

use leptos::prelude::*;
use shared::api::problem::Problem;

#[component]
pub fn Notice(problem: RwSignal<Option<Problem>>) -> impl IntoView {
    view! {
        <div role="alert">
            {move || match problem.get() {
                None => ().into_any(),
                Some(problem) => view! {
                    <p class="notice bad" data-problem=problem.code><b>{problem.title}</b>{problem.detail}</p>
                }.into_any(),
            }}
        </div>
    }
}
