//! 校验依据: the rule behind the findings of the field asked about, and the nearest value that passes.

use crate::form_ui::sheet::follow::{cell_findings, finding_key};
use crate::form_ui::sheet::store::FormSheet;
use crate::form_ui::sheet::words;
use leptos::prelude::*;
use shared::engine::session::Cell;
use shared::kernel::citation::article;
use shared::kernel::finding::Finding;

/// Shown once a finding's rule was pressed; follows the field until another is asked about.
#[component]
pub fn Explained(sheet: FormSheet) -> impl IntoView {
    let cell = RwSignal::new(None::<Cell>);
    Effect::new(move |_| {
        if let Some(asked) = sheet.asked.get() {
            sheet.asked.set(None);
            cell.set(Some(asked));
        }
    });
    move || cell.get().map(|cell| view! { <Findings sheet cell/> })
}

#[component]
fn Findings(sheet: FormSheet, cell: Cell) -> impl IntoView {
    let findings = cell_findings(sheet, cell);
    view! {
        <Show when=move || !findings.with(Vec::is_empty)>
            <section class="card" aria-labelledby="explained-title">
                <h2 id="explained-title">"校验依据"</h2>
                <For each=move || findings.get() key=finding_key
                    children=move |finding| view! { <Reason sheet cell finding/> }/>
            </section>
        </Show>
    }
}

#[component]
fn Reason(sheet: FormSheet, cell: Cell, finding: Finding) -> impl IntoView {
    let why = sheet.read(|session| session.why(&finding));
    let (title, nearest) = why.map(|why| (why.title, why.nearest)).unwrap_or_default();
    let correction = nearest.map(|nearest| {
        let kind = sheet.read(|session| session.plan().tables[cell.table].field(cell.field).kind.clone());
        let label = format!("改为 {}", words::stored(&kind, &nearest));
        view! {
            <button type="button" class="rq-correct" on:click=move |_| sheet.type_text(cell, &nearest)>{label}</button>
        }
    });
    view! {
        <p data-rule=finding.rule.clone()>
            <b>{finding.rule.clone()}" "{article(finding.article)}"："</b>{title}" "{correction}
        </p>
    }
}
