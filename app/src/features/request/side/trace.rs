//! 计算过程: the way from a computed figure back to what was typed, opened level by level.

use crate::features::request::context::RequestContext;
use leptos::prelude::*;
use shared::engine::explain::Trace;

/// A figure with its formula and the figures it is made of; each part leads to its cell.
pub fn trace(work: RequestContext, trace: Trace, open: bool) -> AnyView {
    let Trace { label, value, formula, cell, parts } = trace;
    let shown = if value.is_empty() { "（空）".to_string() } else { value };
    let jump = cell.map(|cell| {
        view! {
            <button type="button" class="rq-link" title="转到这一格" on:click=move |_| work.go_to_cell(cell)>
                "转到"
            </button>
        }
    });
    if parts.is_empty() && formula.is_none() {
        return view! {
            <div class="rq-trace-leaf">
                <span class="rq-trace-label">{label}</span>
                <span class="rq-trace-value">{shown}</span>
                {jump}
            </div>
        }
        .into_any();
    }
    view! {
        <details class="rq-trace" open=open>
            <summary>
                <span class="rq-trace-label">{label}</span>
                <span class="rq-trace-value">{shown}</span>
            </summary>
            <div class="rq-trace-parts">
                {formula.map(|formula| view! { <p class="rq-formula">"＝ "{formula}</p> })}
                {jump}
                {parts.into_iter().map(|part| self::trace(work, part, false)).collect_view()}
            </div>
        </details>
    }
    .into_any()
}
