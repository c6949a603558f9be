//! 表头: a form's header as a dense two-column form.

mod computed;
mod entry;
mod text;

pub use computed::Computed;
pub use text::TextEntry;

use super::follow::{cell_findings, finding_key};
use super::store::FormSheet;
use leptos::prelude::*;
use shared::engine::definition::{FieldKind, Measure};
use shared::engine::plan::TableIx;
use shared::engine::session::{Cell, Session};
use shared::kernel::citation::article;

/// Element id of a header field's entry.
pub fn field_id(session: &Session, cell: Cell) -> String {
    let plan = &session.plan().tables[cell.table];
    format!("rq-{}-{}", plan.table.key, plan.field(cell.field).key)
}

/// The header of a form: what is typed, with computed figures where they belong in the order of the form, and, with
/// `sums`, those at its end.
#[component]
pub fn HeaderForm(sheet: FormSheet, table: TableIx, sums: bool) -> impl IntoView {
    let (fields, sums) = sheet.read(|session| {
        let plan = &session.plan().tables[table];
        let slot = session.rows(table).first().copied().unwrap_or(0);
        let last_typed = plan.table.fields.iter().rposition(|f| f.formula.is_none()).unwrap_or(0);
        let cell = |field| Cell { table, slot, field };
        let fields: Vec<Cell> = (0..=last_typed).map(cell).collect();
        let sums: Vec<Cell> = (last_typed + 1..plan.width()).filter(|_| sums).map(cell).collect();
        (fields, sums)
    });
    view! {
        <div class="rq-fields">
            {fields.into_iter().map(|cell| view! { <Field sheet cell/> }).collect_view()}
        </div>
        {(!sums.is_empty()).then(|| view! {
            <h3 class="rq-subheading">"汇总"</h3>
            <div class="rq-sums">
                {sums.into_iter().map(|cell| view! { <Field sheet cell/> }).collect_view()}
            </div>
        })}
    }
}

/// One field: label, entry, help and what is wrong with it, in room that is always there.
#[component]
pub fn Field(sheet: FormSheet, cell: Cell) -> impl IntoView {
    let (id, field) = sheet.read(|session| {
        (field_id(session, cell), session.plan().tables[cell.table].field(cell.field).clone())
    });
    let findings = cell_findings(sheet, cell);
    let wide = matches!(field.kind, FieldKind::Text { lines: true, .. });
    let help_id = format!("{id}-help");
    let findings_id = format!("{id}-findings");
    let described = format!("{help_id} {findings_id}");
    let computed = field.formula.is_some();
    let entry = if computed {
        view! { <Computed sheet cell id=id.clone() total=None/> }.into_any()
    } else {
        entry::entry(sheet, cell, &field, id.clone(), described, findings)
    };
    let unit = match field.kind {
        FieldKind::Number { measure: Measure::Money, .. } if !field.label.contains('元') => Some("元"),
        _ => None,
    };
    let help = field.help.clone();
    view! {
        <div class="rq-field" class:rq-wide=wide class:rq-computed=computed>
            <label class="rq-label" for=id>
                {field.label.clone()}
                {unit.map(|unit| view! { <span class="rq-unit">{unit}</span> })}
                {field.required.then(|| view! { <span class="rq-required" aria-hidden="true">"必填"</span> })}
            </label>
            {entry}
            {(!computed).then(|| view! {
                <div class="rq-under">
                    <ul class="rq-field-findings" id=findings_id>
                        <For each=move || findings.get() key=finding_key children=move |finding| view! {
                            <li data-severity=finding.severity.word()>
                                <span>{finding.message.clone()}</span>
                                // Tab goes on to the next field; the same words are in the panel.
                                <button type="button" class="rq-link" tabindex="-1" on:click=move |_| sheet.asked.set(Some(cell))>
                                    {format!("{} {}", finding.rule, article(finding.article))}
                                </button>
                            </li>
                        }/>
                    </ul>
                    <p class="rq-help" id=help_id>{help}</p>
                </div>
            })}
        </div>
    }
}
