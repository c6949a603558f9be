//! 事前绩效评估 the request needs before it can be reported (Art. 10), as the server reads it of what is saved.

use crate::features::request::context::RequestContext;
use crate::form_ui::sheet::follow::rests;
use crate::kernel::api;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::performance::{EvaluationNeed, ReadExAnte};

/// Delay after the last change before the server is asked again, in milliseconds: what was typed is saved by then.
const BEHIND_MS: u32 = 2_000;

#[component]
pub fn EvaluationNeeds(work: RequestContext) -> impl IntoView {
    let (request, year) = (work.view().case.id.clone(), work.view().case.fiscal_year.0);
    let needs = RwSignal::new(Vec::new());
    let rested = rests(work.sheet, BEHIND_MS);
    Effect::new(move |_| {
        rested.track();
        let request = request.clone();
        spawn_local(async move {
            // Without an answer the report itself names what is missing.
            if let Ok(read) = api::call(ReadExAnte { request }).await
                && needs.try_with_untracked(|known| *known != read.needs).unwrap_or(false)
            {
                needs.set(read.needs);
            }
        });
    });
    view! {
        <Show when=move || !needs.with(Vec::is_empty)>
            <section data-ex-ante="true">
                <h3 class="rq-subheading">"事前绩效评估（第十条）"</h3>
                <ul class="rq-problems">
                    {move || needs.get().into_iter().map(|need| view! { <li>{line(need, year)}</li> }).collect_view()}
                </ul>
            </section>
        </Show>
    }
}

fn line(need: EvaluationNeed, year: i32) -> impl IntoView {
    let EvaluationNeed { kind, system, amount, evaluation, refusal } = need;
    let object = system.unwrap_or_else(|| kind.clone());
    let state = match &refusal {
        Some(refusal) => refusal.message.clone(),
        None => format!("{kind}“{object}”申报 {amount} 元，评估已予支持"),
    };
    let severity = refusal.as_ref().map(|_| "error");
    let (to, label) = match evaluation {
        Some(case) => (format!("/money-cases/{case}"), "查看评估"),
        None => (format!("/cases?kind=ex_ante&year={year}"), "发起评估"),
    };
    view! {
        <p class="rq-problem" data-need=object data-severity=severity>
            <span>{state}" "<a href=to>{label}</a></span>
        </p>
    }
}
