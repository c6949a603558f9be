//! 提示: a problem, shown where it happened. The alert element exists before its text, so that screen readers announce
//! the text when it comes.

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
