//! 办理记录 of a case: who did what and when, with what they wrote.

use leptos::prelude::*;
use shared::api::requests::HistoryLine;

#[component]
pub fn History(lines: Vec<HistoryLine>) -> impl IntoView {
    if lines.is_empty() {
        return ().into_any();
    }
    let line = |line: HistoryLine| {
        let reasons = line.reasons.into_iter().map(|reason| view! { <p>{reason.text}</p> }).collect_view();
        view! {
            <li data-step=line.verb.word()>
                <b>{line.verb.label()}</b>
                <span class="quiet">{format!("{} {} · {}", line.role.label(), line.by, line.at)}</span>
                {reasons}
            </li>
        }
    };
    view! {
        <section class="card" aria-labelledby="history-title">
            <h2 id="history-title">"办理记录"</h2>
            <ol class="of-history">{lines.into_iter().rev().map(line).collect_view()}</ol>
        </section>
    }
    .into_any()
}
