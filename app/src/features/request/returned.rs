//! 退回理由: the reasons of a return until it is answered. A chunk of its own: a first form has none.

use super::context::RequestContext;
use super::section::Section;
use leptos::prelude::*;
use shared::api::requests::{HistoryLine, RequestView};
use shared::cases::kernel::Stage;
use shared::cases::kernel::Verb;

/// The return that waits for an answer: until the next submit, while the case is with whom it was returned to.
fn latest_return(view: &RequestView) -> Option<&HistoryLine> {
    let open = matches!(
        view.case.stage,
        Stage::Draft | Stage::Returned | Stage::BureauReview | Stage::FinanceReturned
    );
    let line = view.history.iter().rev().find(|line| {
        matches!(
            line.verb,
            Verb::Submit
                | Verb::DepartmentReturn
                | Verb::BureauReturn
                | Verb::LeaderReturn
                | Verb::FinanceReturn
                | Verb::BureauPass
        )
    })?;
    (open && !line.reasons.is_empty()).then_some(line)
}

/// 退回理由 at the top, each leading to its place.
pub fn returned(work: RequestContext) -> AnyView {
    let Some(line) = latest_return(&work.view()).cloned() else { return ().into_any() };
    let count = line.reasons.len();
    let compared = work.view().versions.last().is_some();
    view! {
        <details class="rq-banner rq-returned" open=true>
            <summary>
                <b>{format!("{}：{count} 条理由", line.verb.label())}</b>
                <span class="rq-quiet">{format!("{} {} · {}", line.role.label(), line.by, line.at)}</span>
            </summary>
            <ol>
                {line.reasons.into_iter().map(|reason| view! {
                    <li>
                        <span>{reason.text}</span>
                        {reason.place.map(|place| {
                            let words = work.words_of(&place);
                            view! {
                                <button type="button" class="rq-link" on:click=move |_| work.go_to(&place)>
                                    {words}
                                </button>
                            }
                        })}
                    </li>
                }).collect_view()}
            </ol>
            {compared.then(|| view! {
                <button type="button" class="rq-link" on:click=move |_| work.open(Section::Changes)>
                    "查看退回后修改了什么"
                </button>
            })}
        </details>
    }
    .into_any()
}
