//! 文书: the official documents of a case, each a file to save.

use leptos::prelude::*;
use shared::api::cases::PaperLink;

#[component]
pub fn Papers(papers: Vec<PaperLink>) -> impl IntoView {
    let paper = |PaperLink { key, label, path }: PaperLink| {
        view! { <li><a href=path data-file=key download="">{label}</a></li> }
    };
    (!papers.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="papers-title">
                <h2 id="papers-title">"文书"</h2>
                <ul>{papers.into_iter().map(paper).collect_view()}</ul>
            </section>
        }
    })
}
