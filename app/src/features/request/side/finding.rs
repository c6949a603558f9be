//! 为什么标红: one finding with its rule and article, the values the rule looked at, and the nearest value that passes.

use super::justify::Justify;
use super::trace::trace;
use crate::features::request::context::RequestContext;
use crate::form_ui::sheet::words;
use leptos::prelude::*;
use shared::engine::definition::FieldKind;
use shared::kernel::finding::{Finding, Severity};

#[component]
pub fn FindingCard(work: RequestContext, finding: Finding) -> impl IntoView {
    let sheet = work.sheet;
    let reason = sheet.read(|session| session.why(&finding));
    let cell = sheet.read(|session| session.place_cell(&finding.place));
    let (title, values, nearest) = match reason {
        Some(reason) => (reason.title, reason.values, reason.nearest),
        None => (String::new(), Vec::new(), None),
    };
    let correction = nearest.zip(cell).map(|(nearest, cell)| {
        let kind = sheet.read(|session| session.plan().tables[cell.table].field(cell.field).kind.clone());
        let shown = match kind {
            FieldKind::RowOf { .. } => sheet.read(|session| session.row_label(cell, &nearest)),
            kind => words::stored(&kind, &nearest),
        };
        view! {
            <button type="button" class="rq-correct" disabled=move || !sheet.editable.get()
                on:click=move |_| sheet.type_text(cell, &nearest)>
                {format!("改为 {shown}")}
            </button>
        }
    });
    let warning = finding.severity == Severity::Warning;
    let open = !values.is_empty() && values.len() <= 4;
    view! {
        <article class="rq-finding" data-severity=finding.severity.word() data-rule=finding.rule.clone()>
            <p class="rq-finding-message">{finding.message.clone()}</p>
            <p class="rq-finding-rule">
                <b>{words::severity(finding.severity)}" "{finding.rule.clone()}</b>
                " · 依据"{words::article(finding.article)}
                {(!title.is_empty()).then(|| format!("：{title}"))}
            </p>
            {(!values.is_empty()).then(|| view! {
                <details class="rq-values" open=open>
                    <summary>"规则看到的值"</summary>
                    {values.into_iter().map(|value| trace(work, value, false)).collect_view()}
                </details>
            })}
            {correction}
            {warning.then(|| view! { <Justify work finding=finding.clone()/> })}
        </article>
    }
}
