//! 校验说明: one finding with its rule and article, the values the rule looked at, and the nearest value that passes.

use super::justify::Justify;
use super::trace::trace;
use crate::features::request::context::RequestContext;
use crate::form_ui::sheet::follow::rests;
use crate::form_ui::sheet::words;
use leptos::prelude::*;
use shared::engine::definition::FieldKind;
use shared::kernel::citation::grounds;
use shared::kernel::finding::{Finding, Severity};

/// Pause after the last change before the values are read again, in milliseconds.
const BEHIND_MS: u32 = 250;

#[component]
pub fn FindingCard(work: RequestContext, finding: Finding) -> impl IntoView {
    let sheet = work.sheet;
    let cell = sheet.read(|session| session.place_cell(&finding.place));
    let judged = StoredValue::new(finding.clone());
    let why = move || sheet.read(|session| judged.with_value(|finding| session.why(finding)));
    let title = why().map(|reason| reason.title).unwrap_or_default();
    let open = why().is_some_and(|reason| !reason.values.is_empty() && reason.values.len() <= 4);
    let rested = rests(sheet, BEHIND_MS);
    // Values change while the sentence stays the same: they are read again with every pause.
    let reason = Memo::new(move |_| {
        rested.track();
        why()
    });
    let values = move || reason.get().map(|reason| reason.values).unwrap_or_default();
    let correction = move || {
        let (cell, nearest) = (cell?, reason.get()?.nearest?);
        let kind = sheet.read(|session| session.plan().tables[cell.table].field(cell.field).kind.clone());
        let shown = match kind {
            FieldKind::RowOf { .. } => sheet.read(|session| session.row_label(cell, &nearest)),
            kind => words::stored(&kind, &nearest),
        };
        Some(view! {
            <button type="button" class="rq-correct" disabled=move || !sheet.editable.get()
                on:click=move |_| sheet.type_text(cell, &nearest)>
                {format!("改为 {shown}")}
            </button>
        })
    };
    let warning = finding.severity == Severity::Warning;
    view! {
        <article class="rq-finding" data-severity=finding.severity.word() data-rule=finding.rule.clone()>
            <p class="rq-finding-message">{finding.message.clone()}</p>
            <p class="rq-finding-rule">
                <b>{words::severity(finding.severity)}" "{finding.rule.clone()}</b>
                " · "{grounds(finding.article)}
                {(!title.is_empty()).then(|| format!("：{title}"))}
            </p>
            <Show when=move || !values().is_empty()>
                <details class="rq-values" open=open>
                    <summary>"校验取值"</summary>
                    {move || values().into_iter().map(|value| trace(work, value, false)).collect_view()}
                </details>
            </Show>
            {correction}
            {warning.then(|| view! { <Justify work finding=finding.clone()/> })}
        </article>
    }
}
